/** What every field for a card says and can do: typed from its front, or its back before the camera, which needs no network either. */
import type { Device } from '../device/types.ts';
import { isCardNumber } from '../sync/ids.ts';
import { maybe, t } from '../text/text.svelte.ts';
import { ANIMALS, cardBehind, type Face, faceOf } from './cards.ts';

const nameOf = (face: Face): string => `${maybe(`animal-${face.animal}`)} ${face.number}`;

/** Which card a code is, or why it is none of this event's. */
async function read(device: Device, event: string, text: string): Promise<Face | string> {
  const card = await cardBehind(device.records, text);
  const face = faceOf(device.records, card?.id);
  if (!card || !face) return t('card-scan-unknown');
  return card.event === event ? face : t('card-scan-elsewhere');
}

export const cardField = (device: Device, event: string) => ({
  animals: ANIMALS.map((value) => ({ value, label: maybe(`animal-${value}`) })),
  numberLabel: t('three-digits'),
  wrong: t('digits-wrong'),
  isNumber: isCardNumber,
  scan: {
    look: device.scan,
    read: (text: string) => read(device, event, text),
    failed: (code: string) => t(code === 'no_camera' ? 'card-scan-no-camera' : 'error-internal'),
    seen: (face: Face) => t('card-scanned', { card: nameOf(face) }),
    words: { begin: t('card-scan'), hint: t('card-scan-hint'), stop: t('card-scan-stop') },
  },
});
