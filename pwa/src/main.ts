/** Starts the app: who is signed in here, their device, then the screens. Without a network like with one. */
import './ui/app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { OpenDevice } from './device/device.svelte.ts';
import { codeInLink, enrol, entryBy, rememberedIdentity } from './device/identity.ts';
import { preferredLanguage, setLanguage } from './text/text.svelte.ts';

const RESTARTED = 'onthaal.restarted';

// A lazy part of an older version is gone: start the newer one. Once in a while only, or without a network it would never end.
addEventListener('vite:preloadError', () => {
  if (Date.now() - Number(sessionStorage.getItem(RESTARTED)) < 60_000) return;
  sessionStorage.setItem(RESTARTED, String(Date.now()));
  location.reload();
});

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

const entry = entryBy(codeInLink('in', location.hash));

/** What the start screen can do while nobody is signed in. */
const start = {
  entry,
  code: codeInLink('enrol', location.hash),
  enrol: async (code: string, label: string): Promise<void> => {
    await enrol(code, label);
    location.replace('/');
  },
  enter: async (): Promise<void> => {
    await entry.enter();
    location.replace(location.pathname);
  },
};

// Both wait for the disk: asked for before the language, whose memory holds up the page.
const remembered = rememberedIdentity();
const words = setLanguage(preferredLanguage());
const identity = await remembered;
// A link that is opened on a tablet somebody already uses is shown, not followed.
const [device] = await Promise.all([identity && !start.code ? OpenDevice.open(identity) : null, words]);

mount(App, { target, props: { device, start, me: identity?.me ?? null } });
