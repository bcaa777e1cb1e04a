/** What others get of a promise: the file for a calendar, read by Thunderbird's parser, and the code, as a telephone's camera sees it. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import ICAL from 'ical.js';
import decodeQR from 'qr/decode.js';

interface Entry {
  readonly summary: string;
  /** In UTC. */
  readonly start: string;
  readonly place: string;
  /** How long before it rings. */
  readonly rings: readonly string[];
  /** As it travels. */
  readonly text: string;
}

function entryOf(text: string): Entry {
  const event = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent');
  if (!event) throw new Error(`nothing in ${text}`);
  const value = (name: string, of = event): string => String(of.getFirstPropertyValue(name) ?? '');
  const rings = event.getAllSubcomponents('valarm').map((one) => value('trigger', one));
  return { summary: value('summary'), start: value('dtstart'), place: value('location'), rings, text };
}

/** What a calendar reads at an address. */
export async function reads(link: string): Promise<Entry> {
  const answer = await fetch(link);
  if (!/^text\/calendar/.test(answer.headers.get('content-type') ?? '')) throw new Error(`${link}: ${answer.status}`);
  return entryOf(await answer.text());
}

/** What a touch downloads. */
export async function downloads(page: Page, button: Locator): Promise<Entry> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return entryOf(await readFile(await download.path(), 'utf8'));
}

/** What a camera reads from a picture on the screen. */
export async function scans(picture: Locator): Promise<Entry> {
  const { size, greys } = await picture.evaluate(async (shown) => {
    const image = shown as HTMLImageElement;
    await image.decode();
    const size = 480;
    const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0, size, size);
    const pixels = context?.getImageData(0, 0, size, size).data ?? [];
    return { size, greys: Array.from({ length: size * size }, (_, n) => pixels[n * 4] ?? 0) };
  });
  const data = Uint8Array.from(greys.flatMap((grey) => [grey, grey, grey, 255]));
  return entryOf(decodeQR({ width: size, height: size, data }));
}
