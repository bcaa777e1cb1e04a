/** What a push shows and where it leads, whatever is in it. */
import { describe, expect, test } from 'vitest';
import { noticeOf, pathWith } from '../../../pwa/src/device/notice.ts';

const ORIGIN = 'https://onthaal.example';
const ID = 'Cm9vU3pYc2FtcGxlaWQwMA';
const SHOWN = { title: 'Onthaal', body: '2 afspraken', lang: 'nl', tag: ID, navigate: `${ORIGIN}/reminder/${ID}` };
const push = (shown: Record<string, unknown>, others: Record<string, unknown> = {}) =>
  noticeOf(JSON.stringify({ web_push: 8030, notification: { ...SHOWN, ...shown }, ...others }), ORIGIN);

test('a declarative push message is shown as it is', () => {
  expect(push({ actions: [{ action: 'done', title: 'Gedaan', navigate: 'x' }] }, { app_badge: 2 })).toEqual({
    title: 'Onthaal',
    body: '2 afspraken',
    lang: 'nl',
    path: `/reminder/${ID}`,
    tag: ID,
    badge: 2,
    actions: [{ action: 'done', title: 'Gedaan' }],
  });
});

describe('something is shown whatever comes, and it leads home', () => {
  test.each(['', '{', 'null', '[]', '"x"', '{"web_push": 8030}', '{"web_push": 1, "notification": {"title": "x"}}'])('%s', (payload) => {
    expect(noticeOf(payload, ORIGIN)).toMatchObject({ title: 'Onthaal', body: '', path: '/', badge: null, actions: [] });
  });
});

describe('a push leads nowhere but to its reminder', () => {
  test.each([
    'https://evil.example/reminder/Cm9vU3pYc2FtcGxlaWQwMA',
    '//evil.example/',
    'javascript:alert(1)',
    `${ORIGIN}/promise/1`,
    `${ORIGIN}/reminder/short`,
    `${ORIGIN}/reminder/${ID}/erase`,
    'http://[',
    42,
  ])('%s', (navigate) => expect(push({ navigate }).path).toBe('/'));

  test('or to the desk', () => expect(push({ navigate: `${ORIGIN}/desk` }).path).toBe('/desk'));
});

test('long words are cut, unknown actions and numbers that are none are left out', () => {
  const notice = push({ title: 'x'.repeat(500), body: 7, actions: [{ action: 'erase', title: 'Wis' }, 3, null] }, { app_badge: -1 });

  expect([notice.title.length, notice.body, notice.actions, notice.badge]).toEqual([60, '', [], null]);
});

test('what was chosen goes along, of what can be chosen', () => {
  const path = `/reminder/${ID}`;

  expect([
    pathWith(path, 'later'),
    pathWith(path, ''),
    pathWith(path, 'erase'),
    pathWith('/', 'done'),
    pathWith(`${path}/call`, 'done'),
  ]).toEqual([`${path}/later`, path, path, '/', `${path}/done`]);
});
