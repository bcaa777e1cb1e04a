/** The app's version, as tablets report it. */
export const APP = '0.1.0';
