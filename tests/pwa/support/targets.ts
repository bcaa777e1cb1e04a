/**
 * What the tablet takes from outside, each as a target of `make fuzz`: a text goes in, and what comes out is what is promised, or an
 * error with a code. Nothing that was written here is lost by either, and nothing that was read is left half changed.
 */
import 'fake-indexeddb/auto';
import { ANSWERS, SHAPES } from '../../../pwa/src/device/answers.tables.ts';
import { plain } from '../../../pwa/src/device/codec.ts';
import { make, sign } from '../../../pwa/src/device/credentials.ts';
import { call } from '../../../pwa/src/device/http.ts';
import { codeInLink, offersPin } from '../../../pwa/src/device/identity.ts';
import { lookAt } from '../../../pwa/src/device/linklook.ts';
import { noticeOf, pathWith } from '../../../pwa/src/device/notice.ts';
import { isNews, listen, type Positions } from '../../../pwa/src/device/poke.ts';
import { DeviceReminders } from '../../../pwa/src/device/reminders.ts';
import { standing } from '../../../pwa/src/device/standing.ts';
import { inClear } from '../../../pwa/src/device/vault/clear.ts';
import { deskCopy } from '../../../pwa/src/device/vault/desk.ts';
import { membershipIn } from '../../../pwa/src/device/vault/membership.ts';
import { fits } from '../../../pwa/src/sync/shapes.ts';
import { vaultRow } from '../device/rows.ts';
import { answers, claim, coded, inDatabase } from './promised.ts';
import { anyOf, honest, type Random } from './spoiling.ts';
import { box, boxes, carried, file, hears, lockedReply, reply } from './trips.ts';

export interface Target {
  /** Honest text to begin with. */
  readonly honest: (random: Random) => string;
  /** Throws where something comes out that is not promised. */
  readonly take: (text: string) => Promise<void>;
}

const answerTo =
  (route: string) =>
  (random: Random): string =>
    JSON.stringify(honest(ANSWERS[route] ?? {}, SHAPES, random));

const STANDINGS: readonly unknown[] = ['waiting', 'confirmed', 'refused', 'stopped', 'late', 'unknown'];

async function stands(text: string): Promise<void> {
  await inClear((clear) => clear.vaults.clear());
  await inClear((clear) => clear.vaults.put(vaultRow({ id: 'v', stage: 'waiting', words: ['a'] })));
  answers(text);
  await coded(standing, (state) => claim(STANDINGS.includes(state), String(state)));
  claim((await inClear((clear) => clear.vaults.count())) === 1, 'the vault that waited is gone');
}

async function looks(text: string): Promise<void> {
  answers(text);
  await coded(
    () => lookAt('code'),
    (looked) => claim(['works', 'not', 'away'].includes(looked), looked),
  );
}

const whose = (text: string): Promise<void> =>
  inDatabase(async (db) => {
    answers(text);
    await coded(
      () => membershipIn(db, plain, 't'),
      ({ me }) =>
        claim(
          [me.member, me.role, me.display_name, me.device].every((one) => typeof one === 'string'),
          JSON.stringify(me),
        ),
    );
  });

const wishes = (text: string): Promise<void> =>
  inDatabase(async (db) => {
    answers(text);
    const reminders = await DeviceReminders.open({ db, codec: plain, owner: 'v', device: 'd', token: () => 't' });
    await coded(() => reminders.preferences());
    const { before, evening_at } = reminders.moments;
    claim(before.every((one) => typeof one === 'string') && typeof evening_at === 'string', JSON.stringify(reminders.moments));
  });

async function desk(text: string): Promise<void> {
  answers(text);
  await coded(
    () => deskCopy('m1'),
    ({ db }) => db.close(),
  );
}

const ORIGIN = 'https://onthaal.example';
const PATH = /^\/(?:desk|reminder\/[\w-]{22}(?:\/\w+)?)?$/;
const PUSH = {
  web_push: 8030,
  notification: { title: 'Onthaal', body: '3', lang: 'nl', navigate: `${ORIGIN}/reminder/AAAAAAAAAAAAAAAAAAAAAA`, app_badge: '3' },
};
const ACTIONS = [{ action: 'done', title: 'Gedaan' }];

async function push(text: string): Promise<void> {
  const { path, title, body, badge, actions } = noticeOf(text, ORIGIN);
  claim(PATH.test(path) && actions.every(({ action }) => PATH.test(pathWith(path, action))), path);
  claim(title.length <= 60 && body.length <= 120 && (badge === null || (badge >= 0 && badge < 10_000)), title);
}

async function poke(text: string): Promise<void> {
  const over = new AbortController();
  let asked = 0;
  globalThis.fetch = async () => {
    asked += 1;
    if (asked > 1) over.abort();
    return new Response(text);
  };
  const told: (Positions | null)[] = [];
  const network = new EventTarget();
  const listening = listen({
    token: () => 't',
    signal: over.signal,
    network,
    random: () => 0,
    onpoke: (positions) => void told.push(positions),
    onlost: () => void setTimeout(() => over.abort()), // while it pauses before it asks again
  });
  await listening;
  for (const positions of told) claim(typeof isNews(positions, new Map([['org', { cursor: 1 }]])) === 'boolean', 'news or none');
  claim(
    told.every((one) => one === null || Object.values(one).every(Number.isSafeInteger)),
    JSON.stringify(told),
  );
}

async function link(text: string): Promise<void> {
  const code = codeInLink('enrol', text);
  claim(code === null || /^[\w-]{20,100}$/.test(code), String(code));
  claim(typeof offersPin(text) === 'boolean', 'a word on PINs');
}

const KEYS = [{ id: 'AAAA' }];
const OPTIONS = {
  ...{ challenge: 'Y2hhbGxlbmdl', rpId: 'localhost', timeout: 60_000, allowCredentials: KEYS, excludeCredentials: KEYS },
  ...{ rp: { id: 'localhost', name: 'Onthaal' }, user: { id: 'bTE', name: 'griet', displayName: 'Griet' } },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
};

/** A browser whose owner says no each time: what is asked of it is sound, or is not asked. */
async function passkey(text: string): Promise<void> {
  const asked = async ({ publicKey }: CredentialCreationOptions & CredentialRequestOptions): Promise<null> => {
    claim(publicKey?.challenge instanceof Uint8Array, 'a challenge of bytes');
    return null;
  };
  globalThis.PublicKeyCredential ??= class {} as typeof PublicKeyCredential;
  Object.defineProperty(navigator, 'credentials', { configurable: true, value: { get: asked, create: asked } });
  answers(text);
  await coded(async () => sign(await call('POST', '/api/passkey/options', {}, null)));
  await coded(async () => make(await call('POST', '/api/passkeys/options', {}, null)));
}

/** A good call to each route that the screens ask, in turn. */
let turn = 0;
const ROUTES = Object.keys(ANSWERS);
async function api(text: string): Promise<void> {
  const route = ROUTES[turn % ROUTES.length] ?? '';
  turn += 1;
  const [method = '', path = ''] = route.split(' ');
  answers(text);
  await coded(
    () => call(method, path.replaceAll('{}', 'x'), undefined, null),
    (got) => claim(fits(got, ANSWERS[route] ?? {}, SHAPES), `${route} ${text.slice(0, 200)}`),
  );
}

export const TARGETS: Readonly<Record<string, Target>> = {
  reply: { honest: reply, take: hears },
  'reply, locked': { honest: lockedReply, take: boxes },
  'unsent file': {
    honest: (random) => JSON.stringify({ kinds: 1, edits: [box(1), { ...box(2), event: anyOf(random, ['', 'e']) }] }),
    take: file,
  },
  'answer to file': { honest: () => '{"acks":[["ok"]]}', take: carried },
  'whose vault': { honest: answerTo('GET /api/me'), take: whose },
  'enrol state': { honest: answerTo('POST /api/enrol/state'), take: stands },
  'link, looked at': { honest: answerTo('POST /api/enrol/look'), take: looks },
  preferences: { honest: answerTo('GET /api/reminders/preferences'), take: wishes },
  'key of a desk': { honest: () => `{"key":"${'A'.repeat(43)}"}`, take: desk },
  'passkey options': { honest: () => JSON.stringify(OPTIONS), take: passkey },
  push: {
    honest: (random) => JSON.stringify({ ...PUSH, notification: { ...PUSH.notification, actions: random() < 0.5 ? ACTIONS : [] } }),
    take: push,
  },
  poke: { honest: () => 'event: changed\ndata: {"org":7}\n\n: still here\n\nevent: changed\ndata: {"event:x/desk":0}\n\n', take: poke },
  'link in a QR': { honest: () => '#enrol=P41K-leTl9JJFrPMyWq2HezuLJOAfH1ifltERqOvpyE&pin', take: link },
  'any answer': { honest: (random) => answerTo(ROUTES[turn % ROUTES.length] ?? '')(random), take: api },
};
