/** A browser that has the app opens in it whatever is the app's, and asks the server for the rest. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SERVED } from '../../../pwa/src/device/served.ts';

const SERVER = path.join(import.meta.dirname, '../../../server');
const isServed = (address: string): boolean => SERVED.some((one) => address.startsWith(one));

/** The addresses that stand over the server's handlers; `/` and `/{path:path}` are the app's files. */
function routes(): string[] {
  const files = readdirSync(SERVER, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.py'));
  const found = files.flatMap((file) => [
    ...readFileSync(path.join(SERVER, file), 'utf8').matchAll(/^@(?:get|post|put|patch|delete|websocket)\(\s*"(\/[^"]+)"/gm),
  ]);
  return found.map(([, address = '']) => address);
}

test('every route of the server is asked of the server', () => {
  expect(routes()).toContain('/calendar/{name:str}');
  expect(routes().filter((address) => !isServed(address))).toEqual([]);
});

test('a screen of the app is not', () => {
  expect(['/', '/promises', '/desk/reminders', '/reminder/Cm9vU3pYc2FtcGxlaWQwMA'].filter(isServed)).toEqual([]);
});
