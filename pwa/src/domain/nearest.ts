/** What was touched may go with what it did: whoever works by keyboard or by ear goes on at the title nearest to it, and hears it. */

/** Follows the focus as long as the page lives; a screen that is loaded first has its title later. Whatever took the focus keeps it. */
export function followNearest(): void {
  let touched: Element[] = []; // and all that it lay in
  document.addEventListener('focusin', ({ target }) => {
    touched = [];
    for (let one = target instanceof Element ? target : null; one; one = one.parentElement) touched.push(one);
  });
  const isGone = (one: Element | undefined): boolean => one !== undefined && (!one.isConnected || one.matches(':disabled'));
  const isLost = (): boolean => isGone(touched[0]) && document.activeElement === document.body;
  new MutationObserver(() => {
    // A screen that knows better where to go on does so before the next frame.
    if (isLost()) requestAnimationFrame(find);
  }).observe(document.body, { childList: true, subtree: true });

  function find(): void {
    for (const one of isLost() ? touched : []) {
      const title = !isGone(one) && one.querySelector<HTMLElement>('h1, h2, h3');
      if (!title) continue;
      touched = [];
      goTo(title);
      return;
    }
  }
}

/** Puts the focus on a title, where nothing has it. */
export function goTo(title: HTMLElement): void {
  title.setAttribute('tabindex', '-1');
  if (document.activeElement === document.body) title.focus({ preventScroll: true });
}
