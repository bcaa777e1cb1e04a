/** The same words in every text field that there is of every kind, and wherever else a person types: of a worker, of a coordinator. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { newAuthor, newId } from '../../../pwa/src/device/ids.ts';
import { cardId } from '../../../pwa/src/sync/ids.ts';
import { KINDS } from '../../../pwa/src/sync/kinds.tables.ts';
import { fromMs } from '../../../pwa/src/sync/stamp.ts';
import { eventOf } from './before.ts';
import { type Demo, ROOT } from './demo.ts';

interface Corpus {
  readonly programs: readonly string[];
  readonly formulas: readonly string[];
}
/** What looks like a program, and what a spreadsheet would take for a formula: the server's tests read them too. */
export const { programs: PROGRAMS, formulas: FORMULAS } = JSON.parse(
  readFileSync(path.join(ROOT, 'tests/support/corpus.json'), 'utf8'),
) as Corpus;

type Set = Readonly<Record<string, unknown>>;
interface Call {
  readonly protocol: number;
  readonly edits: readonly object[];
}

// Written by the app, not by a person: a code of a language, a number, a hash.
const NO_WORDS = ['number', 'back_code_hash', 'slot', 'device', 'language', 'words_language', 'text_version', 'url', 'email', 'postal_code'];

/** The text fields of a kind, with these words in each, as long as it may be. */
function textsOf(kind: string, words: string): Set {
  const fields = Object.entries(KINDS[kind]?.fields ?? {});
  const texts = fields.filter(([name, field]) => field.type === 'text' && !field.keyed && !NO_WORDS.includes(name));
  return Object.fromEntries(texts.map(([name, field]) => [name, words.slice(0, field.limit)]));
}

/** Gives back how many fields have the words now. */
export async function tellsEverywhere(demo: Demo, name: string, words: string): Promise<number> {
  const member = await demo.memberId(name);
  const code = new URL(await demo.linkFor(name)).hash.replace('#enrol=', '');
  const { token } = await demo.asNobody<{ token: string }>('POST', '/api/enrol', { code, label: words.slice(0, 100) });
  const event = await eventOf(demo, token);
  const now = Date.now();
  const id = (): string => newId(now);
  const [service, table, visit, issue, consent, topic] = [id(), id(), id(), id(), id(), id()];
  const card = cardId(event, 'swan', '794');
  let count = 0;
  const edits = (all: readonly (readonly [kind: string, id: string, set: Set])[]): Call & object => {
    const a = newAuthor();
    const made = all.map(([kind, record, set], i) => {
      const texts = textsOf(kind, words);
      count += Object.keys(texts).length;
      const scope = kind === 'service' || kind === 'organisation' ? '' : event;
      return { a, n: i + 1, h: fromMs(now + i), kind, id: record, event: scope, set: { ...set, ...texts } };
    });
    return { protocol: 1, kinds: 1, epoch: '', call: 1, now, cursors: {}, edits: made, limit: 1 } as Call;
  };
  const taken = ({ acks }: { acks: readonly (readonly string[])[] }, answers: readonly string[]): void => {
    const odd = acks.filter(([ack = '']) => !answers.includes(ack));
    if (odd.length > 0) throw new Error(`not taken: ${JSON.stringify(acks)}`);
  };

  const office = edits([
    ['service', service, { status: 'active' }],
    ['presence', table, { service, state: 'free' }],
    ['event', event, {}], // a second version of each of its names: it stands among those to choose from
  ]);
  taken(await demo.asCoordinator('POST', '/api/sync', office), ['ok']);
  const square = edits([
    ['card', card, { animal: 'swan', number: '794', state: 'given' }],
    ['visit', visit, { card, channel: 'tent', outcome: 'not_possible' }],
    ['issue', issue, { card, visit, theme: 'HOU', offer: true, quote_consent: 'agreed_text' }],
    ['consent', consent, { card, given_how: 'spoken', 'purposes/call_back': 'given', [`purposes/refer_to:${service}`]: 'given' }],
    ['contact', id(), { card, channel: 'phone', consent }],
    ['referral', id(), { card, issue, to_table: table, mode: 'walked_over', state: 'requested', consent, 'shared_fields/own_words': true }],
    ['follow_up', id(), { card, what: 'meeting', who_acts: 'member', assignee: `member:${member}`, at: isoOf(now + 3_600_000), state: 'planned' }],
    ['presence', table, {}], // a table's name is not theirs: it is set aside
  ]);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const sent = await fetch(`${demo.url()}/api/sync`, { method: 'POST', headers, body: JSON.stringify(square) });
  taken((await sent.json()) as { acks: string[][] }, ['ok', 'parked']);
  const after = edits([
    ['remark', id(), { about: issue }],
    ['topic', topic, { state: 'heard' }],
    ['demand', id(), { topic, state: 'asked' }],
  ]);
  taken(await demo.asCoordinator('POST', '/api/sync', after), ['ok']);
  await demo.asCoordinator('POST', '/api/policy/pin-alone', { accepted: true, words: words.slice(0, 500) });
  await demo.asCoordinator('PATCH', `/api/members/${member}`, { display_name: words.slice(0, 200), areas: [words.slice(0, 34)] });
  return count + 4;
}

const isoOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
