/** Whether somebody's own words may be quoted. What was allowed, was allowed of the words that stood there then. */
import type { Shown } from '../device/types.ts';
import type { Value } from '../sync/edits.ts';

/** What was answered of these very words: `no`, `anonymous`, `agreed_text`; `earlier` where it was of other words, '' where nobody asked. */
export function quoteOf(issue: Shown): string {
  const answer = issue.view.quote_consent;
  if (typeof answer !== 'string') return '';
  // A text that was agreed on has words of its own; and who said no need not be asked again.
  return answer === 'anonymous' && issue.at('quote_consent') < issue.at('own_words') ? 'earlier' : answer;
}

/** What may be quoted, for who reads it: as `quoteOf`, or `unwritten` where it is a text that nobody wrote yet. */
export function quotable(issue: Shown): string {
  const answer = quoteOf(issue);
  return answer === 'agreed_text' && !issue.view.agreed_text ? 'unwritten' : answer;
}

/** What other words do to what was said of the earlier ones: nobody has read them back, and nobody has said that they may be quoted. */
export const unsaid = (issue: Shown): Record<string, Value> => ({
  wording_confirmed: false,
  ...(issue.view.quote_consent === 'anonymous' ? { quote_consent: null } : {}),
});
