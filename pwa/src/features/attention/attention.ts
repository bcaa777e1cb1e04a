/** What wants somebody on this device, in what order. Pure: tested without a screen. */
import type { Attention, Status } from '../../device/types.ts';

export type Trouble = 'too-old' | 'storage-full' | 'clock-off' | 'others-wait';

/** What is wrong with this device itself; each has words for what to do: `trouble-too-old`. */
export const troubles = (status: Pick<Status, 'tooOld' | 'storage' | 'clockOffMin' | 'others'>): Trouble[] => [
  ...(status.tooOld ? (['too-old'] as const) : []),
  ...(status.storage === 'full' ? (['storage-full'] as const) : []),
  ...(status.clockOffMin ? (['clock-off'] as const) : []),
  ...(status.others > 0 ? (['others-wait'] as const) : []),
];

/** What somebody wrote, and would have to write again. Codes and ids tell nobody anything. */
const WRITTEN: ReadonlySet<string> = new Set([
  ...[
    'own_words',
    'ask',
    'offer_text',
    'agreed_text',
    'shared_note',
    'promised',
    'place',
    'text',
    'title',
    'call_me',
    'value',
    'safe_rules',
  ],
  ...['name', 'organization_name', 'table_label', 'municipality', 'requested_by', 'start_problem', 'question_of_the_day', 'description'],
]);

export const written = ({ set }: Attention): string[] =>
  Object.entries(set).flatMap(([name, value]) => (WRITTEN.has(name) && typeof value === 'string' ? [value] : []));
