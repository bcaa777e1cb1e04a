/** The browser's own offer to install the app, kept until somebody wants it: a settings screen is not there when it comes. */
import { createSubscriber } from 'svelte/reactivity';

/** Of Chromium alone; its type is in no library. Source: https://wicg.github.io/manifest-incubations/#beforeinstallpromptevent-interface */
interface Offer extends Event {
  prompt(): Promise<unknown>;
}

let offer: Offer | undefined;
let changed = (): void => {};
const follow = createSubscriber((update) => {
  changed = update;
});

addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault(); // not in the middle of a talk
  offer = event as Offer;
  changed();
});
addEventListener('appinstalled', () => {
  offer = undefined;
  changed();
});

/** Whether the browser would install the app; changes are followed. */
export function mayInstall(): boolean {
  follow();
  return offer !== undefined;
}

/** Asks the person, in the browser's words; an offer can be taken once. */
export async function install(): Promise<void> {
  const taken = offer;
  offer = undefined;
  changed();
  await taken?.prompt();
}
