/** What the server answers itself; every other address of ours is the app, with a network or without. */

export const SERVED = ['/api/', '/health/', '/calendar/'] as const;
