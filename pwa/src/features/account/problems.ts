/** What went wrong, as the server's code and in words. */
import { maybe, t } from '../../text/text.svelte.ts';

export const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? '';

export const wordsOf = (error: unknown): string => maybe(`error-${codeOf(error)}`) || t('error-internal');

export type Api = <T>(method: 'GET' | 'POST', path: string, body?: unknown) => Promise<T>;
