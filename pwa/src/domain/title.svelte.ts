/** What was touched went with its screen: whoever works by keyboard or by ear goes on at the new one's title, and hears it. */
import { untrack } from 'svelte';
import { goTo } from './nearest.ts';

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
}
