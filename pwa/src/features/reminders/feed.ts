/** A worker's private calendar feed, as the server tells of it. */
import type { Device } from '../../device/types.ts';

export interface FeedState {
  readonly made_at: number | null;
  readonly shows: string;
  /** Told once, when it is made. */
  readonly link: string;
}
export const FEED = '/api/reminders/calendar';

/** Makes the link, and speaks the language of the screen there: who never turned reminders on has told the server of none. */
export async function makeFeed(device: Pick<Device, 'api' | 'reminders'>, shows: string, language: string): Promise<FeedState> {
  await device.reminders.speak(language);
  return device.api<FeedState>('POST', FEED, { shows });
}
