/**
 * A sign that somebody worked in this browser, kept where the browser does not clear it with the rest: a cookie that says
 * nothing else. Where it is there and all else is gone, the browser threw away what was written here, and that is said.
 */
const NAME = 'onthaal_used';
const [USED, LEFT] = ['1', 'left'];
const KEPT_S = 400 * 86_400; // as long as browsers keep a cookie

const write = (doc: Pick<Document, 'cookie'>, value: string, forS: number): void => {
  doc.cookie = `${NAME}=${value}; max-age=${forS}; path=/; samesite=strict`;
};
const says = (doc: Pick<Document, 'cookie'>, value: string): boolean => doc.cookie.split('; ').includes(`${NAME}=${value}`);

/** Somebody works here. */
export const leaveSign = (doc: Pick<Document, 'cookie'> = document): void => write(doc, USED, KEPT_S);

/** The last one was taken off here in order; the browser is still to be asked to clear what it keeps. */
export const signLeft = (doc: Pick<Document, 'cookie'> = document): void => write(doc, LEFT, KEPT_S);

/** The browser cleared what it kept. */
export const takeSign = (doc: Pick<Document, 'cookie'> = document): void => write(doc, USED, 0);

export const hasSign = (doc: Pick<Document, 'cookie'> = document): boolean => says(doc, USED);
export const isLeft = (doc: Pick<Document, 'cookie'> = document): boolean => says(doc, LEFT);
