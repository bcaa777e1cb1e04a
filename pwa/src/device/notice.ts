/**
 * What a push says, and where a touch on it leads. Pure; used by the service worker.
 *
 * The payload is a declarative push message, so that a system that knows those shows it without any script of ours
 * (docs/reminders.md). It holds a count and an opaque id; whatever else may stand there is not shown.
 */

export interface Notice {
  readonly title: string;
  readonly body: string;
  readonly lang: string;
  /** Where a touch leads: a path of ours. */
  readonly path: string;
  /** A later one of the same takes its place. */
  readonly tag: string;
  /** `null`: the icon's number stays as it is. */
  readonly badge: number | null;
  readonly actions: readonly Action[];
}

export interface Action {
  readonly action: string;
  readonly title: string;
}

const HOME = '/';
const REMINDER = /^\/reminder\/([A-Za-z0-9_-]{22})(?:\/(?:done|later|call))?$/;
const CHOICES: readonly string[] = ['done', 'later', 'call'];
// A browser that is told of a push and shows nothing takes the right to push away.
const UNREAD: Notice = { title: 'Onthaal', body: '', lang: '', path: HOME, tag: 'onthaal', badge: null, actions: [] };

/** The notice of a payload; one without words where it cannot be read. */
export function noticeOf(payload: string, origin: string): Notice {
  const message = parsed(payload);
  const shown = objectOf(message.notification);
  if (message.web_push !== 8030 || typeof shown.title !== 'string') return UNREAD;
  const path = pathOf(shown.navigate, origin);
  return {
    title: shown.title.slice(0, 60),
    body: textOf(shown.body, 120),
    lang: textOf(shown.lang, 5),
    path,
    tag: REMINDER.exec(path)?.[1] ?? UNREAD.tag,
    badge: numberOf(message.app_badge ?? shown.app_badge),
    actions: Array.isArray(shown.actions) ? shown.actions.flatMap(actionOf) : [],
  };
}

/** Where the choice of an action leads: to the same reminder, with what was chosen. */
export const pathWith = (path: string, action: string): string =>
  CHOICES.includes(action) && REMINDER.test(path) ? `${path.split('/').slice(0, 3).join('/')}/${action}` : path;

/** A path of ours in an address, or home: a push leads nowhere else. */
function pathOf(address: unknown, origin: string): string {
  try {
    const url = new URL(String(address ?? HOME), origin);
    return url.origin === origin && (REMINDER.test(url.pathname) || url.pathname === '/desk') ? url.pathname : HOME;
  } catch {
    return HOME;
  }
}

function actionOf(one: unknown): Action[] {
  const { action, title } = objectOf(one);
  return typeof action === 'string' && CHOICES.includes(action) && typeof title === 'string' ? [{ action, title: title.slice(0, 30) }] : [];
}

function numberOf(value: unknown): number | null {
  const number = Number(value ?? Number.NaN);
  return Number.isInteger(number) && number >= 0 && number < 10_000 ? number : null;
}

const textOf = (value: unknown, limit: number): string => (typeof value === 'string' ? value.slice(0, limit) : '');

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function parsed(payload: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(payload));
  } catch {
    return {};
  }
}
