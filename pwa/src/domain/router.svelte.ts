/** Where one is. Paths are ours alone: no server knows them, and every one works without a network. */
const EVENT = 'onthaal.event';

export class Router {
  path = $state(location.pathname);
  event = $state(localStorage.getItem(EVENT) ?? '');

  constructor() {
    addEventListener('popstate', () => {
      leaveField();
      this.path = location.pathname;
    });
  }

  /** The parts of the path. */
  get place(): string[] {
    return this.path.split('/').filter((part) => part !== '');
  }

  go(path: string): void {
    leaveField();
    if (path !== this.path) history.pushState(null, '', path);
    this.path = path;
    scrollTo(0, 0);
  }

  back(): void {
    if (history.length > 1) history.back();
    else this.go('/');
  }

  choose(event: string): void {
    this.event = event;
    localStorage.setItem(EVENT, event);
  }
}

/** Leaves the field that somebody types in while its screen is still there, so that it is kept as when they leave it themselves. */
function leaveField(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
