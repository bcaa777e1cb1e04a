/**
 * A sign that somebody worked in this browser, kept where the browser does not clear it with the rest: a cookie that says
 * nothing else. Where it is there and all else is gone, the browser threw away what was written here, and that is said.
 */
const NAME = 'onthaal_used';
const KEPT_S = 400 * 86_400; // as long as browsers keep a cookie

const write = (doc: Pick<Document, 'cookie'>, forS: number): void => {
  doc.cookie = `${NAME}=1; max-age=${forS}; path=/; samesite=strict`;
};

/** Somebody works here. */
export const leaveSign = (doc: Pick<Document, 'cookie'> = document): void => write(doc, KEPT_S);

/** All of it was taken off here in order. */
export const takeSign = (doc: Pick<Document, 'cookie'> = document): void => write(doc, 0);

export const hasSign = (doc: Pick<Document, 'cookie'> = document): boolean => doc.cookie.split('; ').includes(`${NAME}=1`);
