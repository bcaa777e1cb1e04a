/** The numbers of a day, from the desk's own records. */
import type { Records } from '../../device/types.ts';

export interface Figures {
  readonly talks: number;
  readonly issues: number;
  readonly referrals: number;
  readonly promises: number;
  readonly tallies: Readonly<Record<string, number>>;
  /** Theme ('' for none) and how many issues, most first. */
  readonly themes: readonly (readonly [string, number])[];
}

export function figuresOf(records: Records, event: string): Figures {
  const of = (kind: string) => records.all(kind).filter((one) => one.event === event);
  const tallies: Record<string, number> = { coffee: 0, meal: 0, talk: 0, child: 0 };
  for (const one of of('tally')) tallies[String(one.view.what)] = (tallies[String(one.view.what)] ?? 0) + Number(one.view.n ?? 0);
  const themes = new Map<string, number>();
  const issues = of('issue');
  for (const one of issues) themes.set(String(one.view.theme ?? ''), (themes.get(String(one.view.theme ?? '')) ?? 0) + 1);
  return {
    talks: of('visit').length,
    issues: issues.length,
    referrals: of('referral').length,
    promises: of('follow_up').length,
    tallies,
    themes: [...themes].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)),
  };
}
