/** What was touched may go with its screen, or with what it did: whoever works by keyboard or by ear goes on at a title, and hears it. */
import { untrack } from 'svelte';

/** Follows a path from screen to screen; a screen that is loaded first has its title later. Whatever took the focus keeps it. */
export function followTitle(path: () => string): void {
  let shown = untrack(path);
  $effect(() => {
    if (path() === shown) return;
    shown = path();
    const watch = new MutationObserver(find);
    if (!find()) watch.observe(document.body, { childList: true, subtree: true });
    return () => watch.disconnect();

    function find(): boolean {
      const title = document.querySelector<HTMLElement>('main h1');
      if (!title) return false;
      watch.disconnect();
      goTo(title);
      return true;
    }
  });
  $effect(followNearest);
}

/** Goes to the title that was nearest to what was touched last, where that is not there any more. */
function followNearest(): () => void {
  let touched: Element[] = []; // and all that it lay in
  const note = ({ target }: FocusEvent): void => {
    touched = [];
    for (let one = target instanceof Element ? target : null; one; one = one.parentElement) touched.push(one);
  };
  const watch = new MutationObserver(() => {
    if (touched[0]?.isConnected !== false || document.activeElement !== document.body) return;
    const titles = touched.filter((one) => one.isConnected).map((one) => one.querySelector<HTMLElement>('h1, h2, h3'));
    const title = titles.find((one) => one !== null);
    touched = [];
    if (title) goTo(title);
  });
  document.addEventListener('focusin', note);
  watch.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener('focusin', note);
    watch.disconnect();
  };
}

function goTo(title: HTMLElement): void {
  title.setAttribute('tabindex', '-1');
  if (document.activeElement === document.body) title.focus({ preventScroll: true });
}
