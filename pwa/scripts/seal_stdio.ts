/**
 * Seals what Python asks for, with the tablet's own code: a line of JSON in, a line of JSON out.
 *
 *     {"do":"key"}                                        → {"public","signing"}   a new member key; `signing` is its JWK
 *     {"do":"seal","edit","transport","member","signing"}  → the sealed edit; alike asked for again: in the same session
 */
import { createInterface } from 'node:readline';
import { openSession, type Session, sealEdit, sessionOf } from '../src/device/seal.ts';
import { makeMemberKey, publicText } from '../src/device/vault/memberkey.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const sessions = new Map<string, Session>();

for await (const line of createInterface({ input: process.stdin })) {
  const { do: act, edit, transport, member, signing } = JSON.parse(line);
  if (act === 'key') {
    const pair = await makeMemberKey();
    const jwk = await crypto.subtle.exportKey('jwk', pair.privateKey);
    console.log(JSON.stringify({ public: await publicText(pair), signing: jwk }));
  } else {
    const by = JSON.stringify([transport, member, signing]);
    const key = await crypto.subtle.importKey('jwk', signing, P256, false, ['sign']);
    const session = sessions.get(by) ?? (await sessionOf(await openSession({ transport, member, signing: key })));
    sessions.set(by, session);
    const whole = { event: '', over: {}, u: 0, ...edit };
    console.log(JSON.stringify(await sealEdit(whole, session)));
  }
}
