/**
 * Reads a QR from the camera: by the browser where it can (Android, ChromeOS, macOS), else by a library, loaded when somebody scans.
 */
import { ApiError } from './http.ts';

const EVERY_MS = 150;
const WIDTH_MAX = 800; // a link's QR is read well below this, and a slow tablet reads a large picture slowly

type Read = (video: HTMLVideoElement) => Promise<string | null>;
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** What the first QR says that the camera sees. Throws `ApiError` no_camera; the camera is off again in any case. */
export async function scanned(video: HTMLVideoElement, signal: AbortSignal): Promise<string | null> {
  const [stream, read] = await Promise.all([camera(), reader()]);
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const found = video.videoWidth > 0 ? await read(video) : null;
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    return null;
  } catch (error) {
    if (signal.aborted) return null; // the picture went while it began to play
    throw error;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function camera(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } }, audio: false });
  } catch {
    // Somebody said no, there is none, or another app has it: browsers differ in what they call it.
    throw new ApiError('no_camera', 0);
  }
}

async function reader(): Promise<Read> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  if (BarcodeDetector && (await BarcodeDetector.getSupportedFormats().catch((): readonly string[] => [])).includes('qr_code')) {
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue ?? null;
  }
  const { default: decode } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, WIDTH_MAX / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context?.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = context?.getImageData(0, 0, canvas.width, canvas.height);
    try {
      return picture ? decode(picture) : null;
    } catch {
      return null; // no QR in this picture
    }
  };
}
