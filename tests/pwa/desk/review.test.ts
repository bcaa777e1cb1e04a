import { describe, expect, test } from 'vitest';
import type { Shown } from '../../../pwa/src/device/types.ts';
import { writtenOnDeleted } from '../../../pwa/src/features/desk/deleted.ts';
import {
  beside,
  type Case,
  casesOf,
  conflictsOf,
  countsOf,
  EVERYTHING,
  fitting,
  hashOf,
  leftThirds,
  rootOf,
  sayingOf,
  setsAside,
  threadOf,
  toldOf,
  toReview,
  wantedIn,
} from '../../../pwa/src/features/desk/review.ts';
import { waitingOf } from '../../../pwa/src/features/desk/waiting.ts';
import type { Version } from '../../../pwa/src/sync/edits.ts';
import { Day, EVENT } from '../support/day.ts';

const EVENING = Date.parse('2026-09-19T20:00:00+02:00');
const MORNING = Date.parse('2026-09-21T08:30:00+02:00');
const COORDINATOR = 'w8';
const whole = new Day();
const before_review = new Day('2026-09-21');
const cases = casesOf(before_review.records, EVENT, EVENING);
const caseOf = (key: string): Case => cases.find((one) => one.key === key) as Case;

describe('the list of all that came in', () => {
  test('holds every issue of the event exactly once', () => {
    const listed = cases.flatMap((one) => one.issues.map((issue) => issue.id));
    expect(listed.length).toBe(before_review.records.all('issue').length);
    expect(new Set(listed).size).toBe(listed.length);
  });

  test('brings together what hangs on one card, remarks about its hand-overs included', () => {
    expect(caseOf('card-002').by).toBe('card');
    expect(caseOf('card-002').face).toEqual({ animal: 'turtle', number: '068' });
    expect(caseOf('card-002').records.map((one) => one.kind)).toEqual(expect.arrayContaining(['visit', 'issue', 'consent', 'follow_up']));
    const remark = before_review.records.get('remark-003');
    expect(remark && rootOf(before_review.records, remark)).toBe(before_review.records.get('referral-032')?.view.card);
  });

  test('falls back on the talk where there is no card, and never shows residence on one', () => {
    expect(caseOf('visit-007')).toMatchObject({ by: 'talk', themes: ['RES'], face: undefined });
  });

  test('groups what a wall said under its talk', () => {
    expect(cases.filter((one) => one.by === 'wall').length).toBe(1);
  });

  test('keeps a promise about a shared issue with that issue, by its title', () => {
    const topics = casesOf(whole.records, EVENT, EVENING).filter((one) => one.by === 'topic');
    expect(topics.length).toBeGreaterThan(0);
    expect(topics.every((one) => one.title !== '')).toBe(true);
  });

  test('shows everything as new on the evening, and only what nobody looked at after the review', () => {
    expect(countsOf(cases).new).toBe(cases.filter((one) => one.issues.length > 0).length);
    const after = casesOf(whole.records, EVENT, EVENING).filter((one) => one.isNew);
    expect(after.length).toBeGreaterThan(0);
    expect(after.length).toBeLessThan(30);
  });

  test('counts for each filter what that filter shows', () => {
    const counts = countsOf(cases);
    for (const filter of ['all', 'new', 'question', 'waits', 'conflict'] as const)
      expect(fitting(cases, { ...EVERYTHING, filter }).length).toBe(counts[filter]);
  });

  test('finds words whatever their case and accents, and a card by the name people read', () => {
    const found = (search: string) => fitting(cases, { ...EVERYTHING, search }, { turtle: 'schildpad' }).map((one) => one.key);
    expect(found('ITSME vraagt')).toEqual(['card-002']);
    expect(found('depose ma demande')).toEqual(['card-001']);
    for (const card of ['schildpad 068', 'schildpad068', 'Schild', '068']) expect(found(card)).toContain('card-002');
    expect(found('schildpad068')).toEqual(['card-002']);
    expect(found('no such words')).toEqual([]);
  });

  test('is looked for in the address of the page, but for the words that are searched', () => {
    const wanted = { ...EVERYTHING, filter: 'new', theme: 'ENE', worker: 'w2', order: 'oldest', search: 'itsme' } as const;
    expect(hashOf(wanted)).toBe('#filter=new&theme=ENE&worker=w2&order=oldest');
    expect(wantedIn(hashOf(wanted))).toEqual({ ...wanted, search: '' });
    expect([hashOf(EVERYTHING), wantedIn(''), wantedIn('#filter=x&order=y&lang=nl')]).toEqual(['', EVERYTHING, EVERYTHING]);
  });

  test('narrows by theme, worker and channel at once', () => {
    const wanted = { ...EVERYTHING, theme: 'ENE', worker: 'w2', channel: 'tent' };
    const found = fitting(cases, wanted);
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) {
      expect(one.themes).toContain('ENE');
      expect(one.workers).toContain('w2');
      expect(one.channels).toContain('tent');
    }
    expect(fitting(cases, { ...wanted, channel: 'wall' })).toEqual([]);
  });

  test('orders by time both ways, or what waits first', () => {
    const latest = fitting(cases, EVERYTHING).map((one) => one.latest);
    expect(latest).toEqual(latest.toSorted((one, two) => two - one));
    expect(fitting(cases, { ...EVERYTHING, order: 'oldest' }).map((one) => one.latest)).toEqual(latest.toReversed());
    const byWaiting = fitting(cases, { ...EVERYTHING, order: 'waiting' });
    const waiting = byWaiting.map((one) => one.waits);
    expect(waiting).toEqual(waiting.toSorted((one, two) => Number(two) - Number(one)));
    const since = byWaiting.filter((one) => one.waits).map((one) => one.waitsSince);
    expect(since.length).toBeGreaterThan(1);
    expect(since).toEqual(since.toSorted((one, two) => one - two));
  });

  test('knows the neighbours of a case in the list it was opened from', () => {
    expect(beside(['a', 'b', 'c'], 'b')).toEqual({ before: 'a', after: 'c', place: 2 });
    expect(beside(['a', 'b'], 'a')).toEqual({ before: undefined, after: 'b', place: 1 });
    expect(beside(['a'], 'elsewhere')).toEqual({ before: undefined, after: undefined, place: 0 });
  });
});

describe('one case', () => {
  test('tells its thread in the order things were made', () => {
    const made = threadOf(whole.records, 'card-002').map((one) => one.made);
    expect(made.length).toBeGreaterThan(3);
    expect(made).toEqual(made.toSorted((one, two) => one - two));
  });

  test('says what waits, on whom, and what is late', () => {
    const day = new Day('2026-09-19T13:45');
    const handed = threadOf(day.records, 'card-001');
    expect(waitingOf(day.records, handed, EVENING)).toMatchObject([
      { what: 'referral', on: 's01', sinceMs: Date.parse('2026-09-19T13:39:16+02:00') },
    ]);
    const promised = threadOf(new Day('2026-09-19T14:00').records, 'card-002');
    const due = (nowMs: number) => waitingOf(day.records, promised, nowMs).map((one) => [one.on, one.due]);
    expect(due(EVENING)).toEqual([['w4', 'week']]);
    expect(due(Date.parse('2026-09-22T12:00:00+02:00'))).toEqual([['w4', 'late']]);
  });

  test('waits for its sender where a table did not take somebody, until they are sent on or the event is over', () => {
    const day = new Day('2026-09-19T13:45');
    const thread = () => threadOf(day.records, 'card-001');
    const [sent] = thread().filter((one) => one.kind === 'referral') as [Shown];
    const line = () => casesOf(day.records, EVENT, EVENING).find((one) => one.key === 'card-001');
    const waits = () => [line()?.waits, line()?.waitsSince, waitingOf(day.records, thread(), EVENING).map((one) => [one.what, one.on])];
    const now = { at: '2026-09-19T13:50:00+02:00', worker: 'w5', record: sent.id, kind: 'referral' };
    day.write({ ...now, set: { state: 'rejected', state_reason: 'no_capacity' } });
    expect(waits()).toEqual([true, Date.parse(now.at), [['sender', sent.author]]]);

    const again = { ...sent.view, state: 'requested' } as Record<string, string>;
    day.write({ at: '2026-09-19T13:55:00+02:00', worker: sent.author, record: 'referral-again', kind: 'referral', set: again });
    expect(waits()).toEqual([true, Date.parse('2026-09-19T13:55:00+02:00'), [['referral', 's01']]]);
    day.write({ ...now, at: '2026-09-19T13:58:00+02:00', record: 'referral-again', set: { state: 'rejected', state_reason: 'language' } });
    expect(waits()[2]).toEqual([['sender', sent.author]]);
    day.write({ at: '2026-09-19T19:30:00+02:00', worker: 'w8', record: EVENT, kind: 'event', set: { state: 'closed' } });
    expect(waits()).toEqual([false, 0, []]);
  });

  test('waits for an answer until somebody else answers', () => {
    const asked = new Day('2026-09-21T10:30');
    const waits = () => waitingOf(asked.records, threadOf(asked.records, 'card-081'), MORNING).filter((one) => one.what === 'answer');
    expect(waits()).toMatchObject([{ on: 'w6' }]);
    const answer = { about: 'issue-081', text: 'Ja, per telefoon.' };
    asked.write({ at: '2026-09-21T10:55:00+02:00', worker: 'w6', record: 'remark-x', kind: 'remark', set: answer });
    expect(waits()).toEqual([]);
  });

  test('is to be looked at again once its question is answered, and says so on its line', () => {
    const asked = new Day('2026-09-21T10:30');
    const line = () => casesOf(asked.records, EVENT, MORNING).find((one) => one.key === 'card-081');
    const unseen = () => toReview(asked.records, threadOf(asked.records, 'card-081')).map((one) => one.id);
    expect([line()?.asks, line()?.answered, unseen()]).toEqual([true, false, []]);
    const answer = { about: 'issue-081', text: 'Ja, per telefoon.' };
    asked.write({ at: '2026-09-21T10:55:00+02:00', worker: 'w6', record: 'remark-x', kind: 'remark', set: answer });
    expect([line()?.asks, line()?.answered, unseen()]).toEqual([true, true, ['issue-081']]);
  });

  test('is to be looked at again where workers went on with it since, and not for what the desk itself wrote', () => {
    const day = new Day('2026-09-21T10:30');
    const line = () => casesOf(day.records, EVENT, MORNING).find((one) => one.key === key) as Case;
    const reviewed = casesOf(day.records, EVENT, MORNING).find(
      (one) => !one.isNew && !one.asks && one.issues.length > 0 && one.records.some(({ kind }) => kind === 'follow_up'),
    ) as Case;
    const key = reviewed.key;
    const promise = reviewed.records.find(({ kind }) => kind === 'follow_up') as Shown;
    const writes = (at: string, worker: string, record: string, kind: string, set: Record<string, string>) =>
      day.write({ at: `2026-09-21T${at}:00+02:00`, worker, record, kind, set });
    const unseen = () => toReview(day.records, threadOf(day.records, key)).map((one) => one.id);
    expect([line().isChanged, unseen()]).toEqual([false, []]);

    writes('10:50', COORDINATOR, promise.id, 'follow_up', { place: 'aan het loket' });
    expect([line().isChanged, unseen()]).toEqual([false, []]);
    writes('10:55', promise.author, promise.id, 'follow_up', { state: 'done' });
    expect([line().isChanged, line().isNew]).toEqual([true, false]);
    expect(fitting([line()], { ...EVERYTHING, filter: 'new' })).toHaveLength(1);
    expect(unseen()).toEqual(line().issues.map(({ id }) => id));
    for (const id of unseen()) writes('11:00', COORDINATOR, id, 'issue', { review: 'seen' });
    expect([line().isChanged, unseen()]).toEqual([false, []]);
  });

  test('tells a question and its answer under the issue they are about', () => {
    const asked = new Day('2026-09-21T10:30');
    const answer = { about: 'issue-081', text: 'Ja, per telefoon.' };
    asked.write({ at: '2026-09-21T10:55:00+02:00', worker: 'w6', record: 'remark-x', kind: 'remark', set: answer });
    const thread = threadOf(asked.records, 'card-081');
    const told = toldOf(thread);

    expect(told.map(({ one }) => one.kind)).not.toContain('remark');
    expect(told.flatMap(({ one, remarks }) => [one.id, ...remarks.map((remark) => remark.id)]).toSorted()).toEqual(
      thread.map(({ id }) => id).toSorted(),
    );
    const { one, remarks } = told.find((each) => each.one.id === 'issue-081') as (typeof told)[number];
    expect(remarks.map((remark) => sayingOf(asked.records, one, remarks, remark))).toEqual(['question', 'answer']);
  });

  test('says of two questions that one is answered and the other is not', () => {
    const asked = new Day('2026-09-21T10:30');
    const other = { card: 'card-081', visit: 'visit-081', source: 'person', theme: 'HOU', review: 'new' };
    asked.write({ at: '2026-09-21T10:31:00+02:00', worker: 'w6', record: 'issue-x', kind: 'issue', set: other });
    asked.write({ at: '2026-09-21T10:32:00+02:00', worker: 'w8', record: 'issue-x', kind: 'issue', set: { review: 'question' } });
    asked.write({
      at: '2026-09-21T10:55:00+02:00',
      worker: 'w6',
      record: 'remark-x',
      kind: 'remark',
      set: { about: 'issue-x', text: 'Ja.' },
    });

    const line = casesOf(asked.records, EVENT, MORNING).find((one) => one.key === 'card-081');
    expect([line?.asks, line?.answered, line?.unanswered]).toEqual([true, true, true]);
  });

  test('waits for nothing of what was erased', () => {
    const erased = whole.records.get('issue-044');
    expect(erased?.erased).toBe(true);
    expect(waitingOf(whole.records, erased ? [erased] : [], MORNING)).toEqual([]);
  });
});

describe('two versions and things taken away', () => {
  test('lists exactly the conflicts that the day left, with all versions', () => {
    const expected = whole.file.expected.conflicts.map((one) => `${one.record} ${one.field}`);
    const found = conflictsOf(whole.records, EVENT);
    expect(found.map(({ one, field }) => `${one.id} ${field}`).toSorted()).toEqual(expected.toSorted());
    for (const { versions } of found) expect(versions.length).toBe(2);
  });

  test('knows which version would set aside that the person withdrew', () => {
    const [atTable, withdrawn] = [{ value: 'in_progress' } as Version, { value: 'withdrawn' } as Version];
    const both = [atTable, withdrawn];
    expect([setsAside('state', both, atTable), setsAside('state', both, withdrawn), setsAside('place', both, atTable)]).toEqual([
      withdrawn,
      undefined,
      undefined,
    ]);
  });

  test('keeps a third text to be read when somebody else has settled its conflict', () => {
    const { one, field } = conflictsOf(whole.records, EVENT)[0] as { one: Shown; field: string };
    const drafts = [
      [`third/${one.id} ${field}`, 'Een derde.'],
      ['third/issue-001 own_words', 'Nog een derde.'],
      ['third/issue-002 own_words', ' '],
    ] as const;

    expect(leftThirds(whole.records, drafts)).toEqual([['issue-001 own_words', 'Nog een derde.']]);
  });

  test('lists those of what belongs to every event, such as a service, at each of them', () => {
    const day = new Day();
    const service = day.records.all('service')[0] as Shown;
    const twice = { ...service, event: '', conflicts: new Map([['url', []]]) };
    const records = { all: (kind: string) => (kind === 'service' ? [twice] : []) } as unknown as Day['records'];

    for (const event of [EVENT, 'another', ''])
      expect(conflictsOf(records, event).map(({ one, field }) => [one.id, field])).toEqual([[service.id, 'url']]);
  });

  test('lists what somebody wrote on an issue that had been taken away', () => {
    const day = new Day('2026-09-19T14:00');
    expect(writtenOnDeleted(day.records, EVENT)).toEqual([]);
    day.write({ at: '2026-09-19T14:05:00+02:00', worker: 'w1', record: 'issue-001', kind: 'issue', set: { deleted: true } });
    expect(writtenOnDeleted(day.records, EVENT)).toEqual([]);
    day.write({ at: '2026-09-19T14:09:00+02:00', worker: 'w6', record: 'issue-001', kind: 'issue', set: { ask: 'Wanneer?' } });
    expect(writtenOnDeleted(day.records, EVENT).map(({ one, fields }) => [one.id, fields])).toEqual([['issue-001', ['ask']]]);
  });
});
