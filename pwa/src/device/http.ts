/** Calls to the server (station 4). Offline is a state, not an error: `fetch` that fails is `offline`, nothing is thrown for it. */
import { isAnswer } from './answers.ts';

/** An answer with a code of the server's table of errors. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

export type Reply =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown; readonly retryAfterS: number }
  | { readonly kind: 'offline' };

const COMPRESS_FROM = 8 * 1024;
const GIVE_UP_MS = 120_000; // a hotspot that lost its network holds a call for ever

/**
 * By what a call is known: a token; or the session's cookie, which has to be of this member, since another window of the browser
 * may have signed somebody else in meanwhile; `null`: whoever the cookie is of, or nobody yet.
 */
export type Pass = string | { readonly member: string } | null;

export function authorised(pass: Pass): Record<string, string> {
  if (typeof pass === 'string') return pass ? { authorization: `Bearer ${pass}` } : {};
  return pass ? { 'onthaal-member': pass.member } : {};
}

/** One request with a JSON body; large ones are compressed, since a hall's network is slow. Throws where there is no network. */
async function request(method: string, path: string, body: unknown, pass: Pass): Promise<Response> {
  const headers: Record<string, string> = { ...authorised(pass) };
  let content: BodyInit | null = null;
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    const text = JSON.stringify(body);
    content = text;
    if (path === '/api/sync' && text.length > COMPRESS_FROM) {
      content = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
      headers['content-encoding'] = 'gzip';
    }
  }
  const signal = AbortSignal.timeout(GIVE_UP_MS);
  return fetch(path, { method, headers, body: content, signal, cache: 'no-store', credentials: 'same-origin' });
}

/** One request, answered in JSON. */
export async function send(method: string, path: string, body: unknown, pass: Pass): Promise<Reply> {
  try {
    const response = await request(method, path, body, pass);
    const text = await response.text();
    const retryAfterS = Number(response.headers.get('retry-after'));
    return { kind: 'answered', status: response.status, body: parsed(text), retryAfterS: Number.isFinite(retryAfterS) ? retryAfterS : 0 };
  } catch {
    return { kind: 'offline' };
  }
}

// A page of a proxy or of a hall's network, where the server's JSON should be.
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The code of an answer that our server gave; '' where something in between answered. */
export function codeOf({ body }: { readonly body: unknown }): string {
  const code = (body as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** What was asked for, where it was answered well and by our server; `undefined` for anything else. */
export function answerIn<T>(reply: Reply, method: string, path: string): T | undefined {
  if (reply.kind === 'offline' || reply.status >= 300 || !isAnswer(method, path, reply.body)) return undefined;
  return reply.body as T;
}

/** A call whose answer a screen needs. Throws `ApiError`; code `offline` without a network, `bad_reply` where something else answered. */
export async function call<T>(method: string, path: string, body: unknown, pass: Pass): Promise<T> {
  const reply = await send(method, path, body, pass);
  if (reply.kind === 'offline') throw new ApiError('offline', 0);
  if (reply.status >= 400) throw new ApiError(codeOf(reply) || 'internal', reply.status);
  const answer = answerIn<T>(reply, method, path);
  // A page of a hall's network, or of another version: nothing of it is kept, and the call may be made again.
  if (answer === undefined) throw new ApiError('bad_reply', reply.status);
  return answer;
}

const DOCUMENT = /^attachment; filename="(onthaal[\w.-]{0,40}\.(?:csv|xlsx))"$/;

/** A document that the server makes of what is asked; nothing reads it here. Throws `ApiError` as `call` does. */
export async function callForDocument(path: string, body: unknown, pass: Pass): Promise<File> {
  const answer = await request('POST', path, body, pass)
    .then(async (response) => ({ response, content: await response.blob() }))
    .catch(() => null);
  if (!answer) throw new ApiError('offline', 0);
  const { response, content } = answer;
  if (response.status >= 400) throw new ApiError(codeOf({ body: parsed(await content.text()) }) || 'internal', response.status);
  const name = DOCUMENT.exec(response.headers.get('content-disposition') ?? '')?.[1];
  // A page of a hall's network must not be kept under the name of an export.
  if (!name) throw new ApiError('bad_reply', response.status);
  return new File([content], name, { type: content.type });
}

/** A call that the server may want its person to prove to be there for: asked once, then called once more. */
async function whenVerified<T>(ask: () => Promise<T>, verifier: (() => Promise<boolean>) | null): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if ((error as ApiError).code !== 'verify' || !(await verifier?.())) throw error;
    return ask();
  }
}

/** A call by the pass of now, for which its person may be asked to prove to be there. */
export async function asked<T>(
  by: { readonly settle?: (() => Promise<void>) | undefined; readonly token: () => Pass },
  verifier: (() => Promise<boolean>) | null,
  ask: (pass: Pass) => Promise<T>,
): Promise<T> {
  await by.settle?.(); // or the token may be one that another tab has replaced
  return whenVerified(() => ask(by.token()), verifier);
}
