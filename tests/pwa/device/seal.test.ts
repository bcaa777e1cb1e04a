/** Sealing on the tablet. What the server makes of it is tested from Python: tests/server/test_sealed_twin.py. */
import { Aes128Gcm, Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../../pwa/src/device/base64.ts';
import { openSession, type SealKeys, type Session, sealEdit, sessionOf } from '../../../pwa/src/device/seal.ts';
import { makeMemberKey, publicText } from '../../../pwa/src/device/vault/memberkey.ts';
import { checkSealed } from '../../../pwa/src/sync/checks.ts';
import type { Edit } from '../../../pwa/src/sync/edits.ts';
import { bound, SESSION, type SealedEdit, signedSession } from '../../../pwa/src/sync/sealed.ts';

const SUITE = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const utf8 = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;
const hex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'hex'));

const EDIT: Edit = {
  a: 'Qm3sXw1pT0k',
  n: 41,
  h: '01a2027f2ef90003',
  kind: 'issue',
  id: 'issue-1',
  event: 'event-1',
  set: { own_words: 'il fait “froid” 😀' },
  over: {},
  u: 0,
};

async function keysOf(server: CryptoKeyPair): Promise<{ keys: SealKeys; member: CryptoKeyPair }> {
  const publicKey = new Uint8Array(await SUITE.kem.serializePublicKey(server.publicKey));
  const member = await makeMemberKey();
  const transport = { id: 'Zk3fQ9a_-0x', public: toBase64(publicKey) };
  return { keys: { transport, member: 'm-amina', signing: member.privateKey }, member };
}

const sessionTo = async (server: CryptoKeyPair): Promise<Session> => sessionOf(await openSession((await keysOf(server)).keys));

/** What the server does. */
async function opened(sealed: SealedEdit, server: CryptoKeyPair): Promise<{ edit: string; member: string; sig: string }> {
  const [enc = '', content = ''] = sealed.box.split('.');
  const recipient = await SUITE.createRecipientContext({ recipientKey: server, enc: fromBase64(enc).buffer, info: utf8(SESSION) });
  const secret = await recipient.export(utf8(SESSION), 32);
  const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['decrypt']);
  const box = fromBase64(content);
  const how = { name: 'AES-GCM', iv: box.slice(0, 12), additionalData: utf8(bound(sealed)) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, box.slice(12))));
}

describe('sealing an edit', () => {
  test('shows what it is and nothing of what it says', async () => {
    const sealed = await sealEdit(EDIT, await sessionTo(await SUITE.kem.generateKeyPair()));

    expect({ ...sealed, box: '' }).toEqual({ a: EDIT.a, n: 41, event: 'event-1', id: 'issue-1', key: 'Zk3fQ9a_-0x', box: '' });
    expect(checkSealed(sealed)).toBeUndefined();
    const parts = sealed.box.split('.').map((part) => Buffer.from(fromBase64(part)).toString('latin1'));
    expect([parts.length, parts.join()]).toEqual([2, expect.not.stringMatching(/froid|amina/)]);
  });

  test('holds the edit as it would travel, in a session that its member signed', async () => {
    const server = await SUITE.kem.generateKeyPair();
    const { keys, member } = await keysOf(server);

    const sealed = await sealEdit(EDIT, await sessionOf(await openSession(keys)));
    const letter = await opened(sealed, server);

    const { over: _over, u: _u, ...travels } = EDIT;
    expect([letter.member, JSON.parse(letter.edit)]).toEqual(['m-amina', travels]);
    const ecdsa = { name: 'ECDSA', hash: 'SHA-256' };
    const content = utf8(signedSession(sealed.key, sealed.box.split('.')[0] ?? ''));
    const verified = await crypto.subtle.verify(ecdsa, member.publicKey, fromBase64(letter.sig), content);
    expect(verified).toBe(true);
    expect(fromBase64(await publicText(member))).toHaveLength(65);
  });

  test('makes another box of the same edit each time', async () => {
    const session = await sessionTo(await SUITE.kem.generateKeyPair());
    const [one, two] = [await sealEdit(EDIT, session), await sealEdit(EDIT, session)];
    expect(one.box).not.toBe(two.box);
  });

  test('opens another session each time; from the key that it seals with nobody reads the secret', async () => {
    const { keys } = await keysOf(await SUITE.kem.generateKeyPair());
    const [one, two] = [await openSession(keys), await openSession(keys)];
    expect(one.enc).not.toBe(two.enc);
    await expect(crypto.subtle.exportKey('raw', (await sessionOf(one)).key)).rejects.toThrow();
  });

  test('leaves the event out where there is none, and binds an empty one', async () => {
    const server = await SUITE.kem.generateKeyPair();

    const sealed = await sealEdit({ ...EDIT, kind: 'service', event: '' }, await sessionTo(server));

    expect(Object.keys(sealed)).not.toContain('event');
    expect(JSON.parse((await opened(sealed, server)).edit)).not.toHaveProperty('event');
  });

  test('opens under no other name', async () => {
    const server = await SUITE.kem.generateKeyPair();
    const sealed = await sealEdit(EDIT, await sessionTo(server));
    for (const other of [{ n: 42 }, { a: 'Qm3sXw1pT0l' }, { id: 'issue-2' }, { event: 'event-2' }, { key: 'Zk3fQ9a_-0y' }]) {
      await expect(opened({ ...sealed, ...other }, server), JSON.stringify(other)).rejects.toThrow();
    }
  });

  test('fits an edit of 32 KiB that is all quotes', async () => {
    const session = await sessionTo(await SUITE.kem.generateKeyPair());
    const set = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`criteria/${i}`, '"'.repeat(2000)]));
    const edit = { ...EDIT, set };
    expect(JSON.stringify(edit).length).toBeGreaterThan(32_000);
    expect(checkSealed(await sealEdit(edit, session))).toBeUndefined();
  });
});

// RFC 9180, A.1.1: the same KEM and KDF, with AES-128-GCM; the ephemeral key is made from ikmE instead of chance.
test('the library seals as RFC 9180 says', async () => {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
  const pkR = hex('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d');
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(pkR.buffer),
    info: hex('4f6465206f6e2061204772656369616e2055726e').buffer,
    ekm: await suite.kem.deriveKeyPair(hex('7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234').buffer),
  });
  const plain = hex('4265617574792069732074727574682c20747275746820626561757479');
  const content = await sender.seal(plain.buffer, hex('436f756e742d30').buffer);
  expect(Buffer.from(sender.enc).toString('hex')).toBe('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431');
  expect(Buffer.from(content).toString('hex')).toBe(
    'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
  );
});
