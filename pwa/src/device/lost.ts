/** Boxes of edits that this tablet cannot read any more: they leave like those that were brought here in a file (carrying.ts). */
import type { Box } from './schema.ts';
import { inClear } from './vault/clear.ts';

export async function carry(boxes: readonly Box[]): Promise<void> {
  if (boxes.length === 0) return;
  await inClear((clear) => clear.carried.bulkPut(boxes.map((box) => ({ name: `${box.a}:${box.n}`, box, ack: '' }))));
}
