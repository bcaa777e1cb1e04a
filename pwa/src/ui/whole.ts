/** Marks the fields that the act at the bottom would cut, so that each is seen wholly or not at all (Act.svelte hides them). */
const FIELDS = 'fieldset, .field';

/** Keeps the marks true while one scrolls, the screen turns, or a question comes; for as long as the act is there. */
export function wholeFields(act: HTMLElement): () => void {
  const form = act.parentElement ?? act;
  const look = (): void => mark(form, act.getBoundingClientRect().top);
  const sizes = new ResizeObserver(look);
  sizes.observe(form);
  addEventListener('scroll', look, { passive: true });
  addEventListener('resize', look);
  return () => {
    sizes.disconnect();
    removeEventListener('scroll', look);
    removeEventListener('resize', look);
  };
}

function mark(form: HTMLElement, edge: number): void {
  for (const field of form.querySelectorAll<HTMLElement>(FIELDS)) {
    const { top, bottom, height } = field.getBoundingClientRect();
    // With large letters a field may be higher than what is left of the screen: it would never come.
    field.toggleAttribute('data-cut', top < edge && bottom > edge && height < edge / 2);
  }
}
