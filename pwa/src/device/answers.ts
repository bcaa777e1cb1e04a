/** What an answer of the server has to be before anything here relies on it; the shapes come from its own description of its API. */
import { fits } from '../sync/shapes.ts';
import { ANSWERS, SHAPES } from './answers.tables.ts';

/** Whether this is what the server answers to such a call where all is well; anything else is no answer of our server's. */
export function isAnswer(method: string, path: string, body: unknown): boolean {
  const shape = ANSWERS[routeOf(method, path)];
  return shape !== undefined && fits(body, shape, SHAPES);
}

/** The call as its description names it: what stands in the place of an id does not matter. */
function routeOf(method: string, path: string): string {
  const parts = path.split('?', 1)[0]?.split('/') ?? [];
  const isOf = (route: string): boolean => {
    const names = route.split('/');
    return names.length === parts.length && names.every((name, i) => name === parts[i] || (name === '{}' && parts[i] !== ''));
  };
  // A path that is called by its own name before one that has an id in that place.
  const routes = Object.keys(ANSWERS).filter((one) => one.startsWith(`${method} `) && isOf(one.slice(method.length + 1)));
  return routes.toSorted((a, b) => a.split('{}').length - b.split('{}').length)[0] ?? '';
}
