import { expect, it } from 'vitest';
import { PARKED_CODES, REFUSED_CODES, SyncError } from './errors.ts';
import { decodeReply, fromWire, parseAck } from './wire.ts';

const reply = { protocol: 1, epoch: 'k3f9Q1', call: 812, now: 1795322414900, acks: [['ok']], streams: {}, closed: [], wipe: false };

it('reads every answer that the server may give', () => {
  for (const kind of ['ok', 'repeat', 'erased']) expect(parseAck([kind])).toEqual({ kind });
  for (const code of PARKED_CODES) expect(parseAck(['parked', code])).toEqual({ kind: 'parked', code });
  for (const code of REFUSED_CODES) expect(parseAck(['refused', code])).toEqual({ kind: 'refused', code });
});

it('takes no answer that the protocol does not know', () => {
  for (const parts of [[], ['fine'], ['parked'], ['refused'], ['parked', 'bad_value'], ['refused', 'clone'], ['constructor']]) {
    expect(() => parseAck(parts)).toThrow(SyncError);
  }
});

it('takes a reply, and one with names it does not know yet', () => {
  expect(decodeReply(reply)).toEqual(reply);
  expect(decodeReply({ ...reply, weather: 'dry' })).toMatchObject(reply);
});

it('throws a reply away that is not whole', () => {
  for (const name of ['epoch', 'call', 'now', 'acks', 'streams', 'closed', 'wipe']) {
    expect(() => decodeReply({ ...reply, [name]: undefined }), name).toThrow(SyncError);
  }
  for (const body of [
    null,
    undefined,
    'text',
    5,
    [],
    { ...reply, call: '812' },
    { ...reply, acks: [['fine']] },
    { ...reply, streams: null },
  ]) {
    expect(() => decodeReply(body)).toThrow(SyncError);
  }
});

it('gathers live parts by field, private and coded ones with the same dot', () => {
  const part = { a: 'AminaTablet', n: 1, by: 'm-1', e: '0000000000000001' };
  const live = [
    { ...part, set: { theme: 'ENE' } },
    { ...part, set: { own_words: 'koud' } },
  ];
  const record = fromWire({ kind: 'issue', id: 'issue-1', event: 'event-1', author: 'm-1', past: {}, live });
  expect([...record.live.keys()]).toEqual(['theme', 'own_words']);
  expect(record.live.get('own_words')).toEqual([{ ...part, value: 'koud' }]);
});
