/** A document of the server, such as an export: what is taken for one, and how a call for it goes on after its person was asked. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { asked, callForDocument } from '../../../pwa/src/device/http.ts';

const NAMED = { 'content-disposition': 'attachment; filename="onthaal-2026-09-19.csv"', 'content-type': 'text/csv; charset=utf-8' };

const refused = (status: number, code: string): Response => Response.json({ code, detail: code }, { status });

/** Answers calls in turn; gives back what was sent with each. */
function answering(...answers: (Response | Error)[]): { path: string; body: unknown; pass: unknown }[] {
  const calls: { path: string; body: unknown; pass: unknown }[] = [];
  vi.stubGlobal('fetch', async (path: string, init: { body: string; headers: Record<string, string> }) => {
    calls.push({ path, body: JSON.parse(init.body), pass: init.headers['onthaal-member'] });
    const answer = answers.shift();
    if (!(answer instanceof Response)) throw answer;
    return answer;
  });
  return calls;
}

const code = (made: Promise<unknown>): Promise<string> =>
  made.then(
    () => 'made',
    (error: { code: string }) => error.code,
  );

afterEach(() => vi.unstubAllGlobals());

describe('a document of the server', () => {
  test('comes with its name and its bytes', async () => {
    const calls = answering(new Response('\ufeff"a";1\r\n', { headers: NAMED }));

    const file = await callForDocument('/api/exports', { event: 'e' }, { member: 'griet' });

    expect([file.name, await file.bytes()]).toEqual(['onthaal-2026-09-19.csv', new TextEncoder().encode('\ufeff"a";1\r\n')]);
    expect(calls).toEqual([{ path: '/api/exports', body: { event: 'e' }, pass: 'griet' }]);
  });

  test.each([
    ['a page of a hall’s network', new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['another name', new Response('x', { headers: { 'content-disposition': 'attachment; filename="onthaal.exe"' } })],
    [
      'a name that leads elsewhere',
      new Response('x', { headers: { 'content-disposition': 'attachment; filename="onthaal/../../x.csv"' } }),
    ],
  ])('is not kept where %s came instead', async (_, answer) => {
    answering(answer);

    expect(await code(callForDocument('/api/exports', {}, null))).toBe('bad_reply');
  });

  test.each([
    ['too_many', refused(429, 'too_many')],
    ['not_found', refused(404, 'not_found')],
    ['internal', new Response('<html>', { status: 502 })],
    ['offline', new TypeError('no network')],
  ])('is not made: %s', async (expected, answer) => {
    answering(answer);

    expect(await code(callForDocument('/api/exports', {}, null))).toBe(expected);
  });
});

describe('a call for which its person has to be there', () => {
  const by = { token: () => ({ member: 'griet' }) };
  const ask = () =>
    asked(
      by,
      async () => true,
      (pass) => callForDocument('/api/exports', {}, pass),
    );

  test('goes on by itself once they proved it', async () => {
    const calls = answering(refused(403, 'verify'), new Response('x', { headers: NAMED }));

    expect((await ask()).name).toBe('onthaal-2026-09-19.csv');
    expect(calls.length).toBe(2);
  });

  test('is made once, and not again where they did not', async () => {
    const calls = answering(refused(403, 'verify'));

    expect(
      await code(
        asked(
          by,
          async () => false,
          (pass) => callForDocument('/api/exports', {}, pass),
        ),
      ),
    ).toBe('verify');
    expect(calls.length).toBe(1);
  });

  test('waits for what the server must hear first', async () => {
    const calls = answering(new Response('x', { headers: NAMED }));
    let heard = 0;
    const settle = async (): Promise<void> => {
      heard = calls.length + 1;
    };

    await asked({ ...by, settle }, null, (pass) => callForDocument('/api/exports', {}, pass));

    expect(heard).toBe(1);
  });
});
