/** Starts the app: whose device this is, then the screens. Without a network like with one. */
import './ui/app.css';
import { mount } from 'svelte';
import { isLeft } from './device/canary.ts';
import { followReminders } from './device/following.ts';
import { isToldGone, languageBefore } from './device/gone.ts';
import { codeInLink, entryBy, offersPin } from './device/identity.ts';
import { begin } from './device/start.ts';
import { mayHavePasskey } from './device/vault/passkey.ts';
import { waysFor } from './device/ways.ts';
import { followNearest } from './domain/nearest.ts';
import type { Judging } from './features/vaults/choose.ts';
import Gate from './Gate.svelte';
import { preferredLanguage, setLanguage } from './text/text.svelte.ts';

const RESTARTED = 'onthaal.restarted';
const AFTER_MS = 200;

// A lazy part did not come. Of an older version it is gone: start the newer one. Once in a while only, or it would never end.
addEventListener('vite:preloadError', () => {
  if (Date.now() - Number(sessionStorage.getItem(RESTARTED)) < 60_000) return;
  void isOlder().then((is) => {
    if (!is) return; // the network went, or comes: to load again would take the page away, and what is on it
    sessionStorage.setItem(RESTARTED, String(Date.now()));
    location.reload();
  });
});

/** Whether there is another version by now than this one: the page would begin with another file. */
async function isOlder(): Promise<boolean> {
  const page = await fetch('/index.html', { cache: 'no-store' }).then(
    (answer) => (answer.ok ? answer.text() : ''),
    () => '',
  );
  return page.includes('/assets/') && ![...document.scripts].some(({ src }) => src && page.includes(new URL(src).pathname));
}

async function judges(): Promise<Judging> {
  const { isGoodPin, offered, tidied } = await import('./device/vault/secrets.ts');
  return { isGoodPin, tidied, offered: (language) => offered(language as 'nl') };
}

/** Shows the first screen. Not awaited at the top: parts that are loaded later would wait for this file, and it for them. */
async function start(target: HTMLElement): Promise<void> {
  const gone = isToldGone();
  // What waits for the disk is asked for before the language, whose memory holds up the page.
  const beginning = begin(Date.now());
  const words = setLanguage(preferredLanguage(languageBefore()));
  const { identity, vaults, waits, lost } = await beginning;
  const code = codeInLink('enrol', location.hash);
  const entry = entryBy(codeInLink('in', location.hash));
  const isDesk = identity !== null && identity.token === null;
  const begins = identity?.token ? 'move' : isDesk ? null : waits ? 'wait' : code ? 'link' : null;
  const [here, canPasskey] = await Promise.all([
    identity && isDesk && !code ? import('./device/entry.ts').then(({ deskHere }) => deskHere(identity)) : null,
    begins ? mayHavePasskey() : false,
    words,
  ]);

  followNearest();
  mount(Gate, {
    target,
    props: {
      desk: here?.desk ?? null,
      shut: here?.shut ?? null,
      begins,
      gone,
      lost,
      waits,
      vaults,
      canPasskey,
      canPin: offersPin(location.hash),
      judges,
      ways: waysFor({ code, identity }),
      entry,
      enter: async () => {
        await entry.enter();
        location.replace(location.pathname);
      },
      // A link that is opened on a desk somebody uses is shown, not followed.
      taken: isDesk && code ? identity.me.display_name : '',
    },
  });
  setTimeout(loadRest, AFTER_MS);
  if (isLeft()) void import('./device/vault/leaving.ts').then(({ clearUp }) => clearUp());
}

/** What this browser keeps cannot be opened: words, and never an empty page. */
async function showBroken(target: HTMLElement, error: unknown): Promise<void> {
  console.error('start', error);
  const [{ default: Broken }] = await Promise.all([import('./features/start/Broken.svelte'), setLanguage(preferredLanguage(''))]);
  mount(Broken, { target });
}

/** What comes after the first screen is here before somebody has typed their secret, and after it is painted. */
function loadRest(): void {
  void Promise.all([import('./device/entry.ts'), import('./App.svelte'), import('./domain/installing.ts')]).catch(() => undefined);
}

followReminders();
const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
start(target).catch((error: unknown) => showBroken(target, error));
