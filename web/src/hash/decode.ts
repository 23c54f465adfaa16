import type { Pixels } from "./module";
import { is_gray, kind_of, stored_orientation, type FileKind } from "./sniff";

/** One picture of a file, upright, on white. */
export interface DecodedFrame extends Pixels {
  /** Its place in the file, from 0. */
  index: number;
}

/** As media decoders take: more frames are sampled evenly, larger pictures refused. */
export const frames_max = 64;
export const pixels_max = 100_000_000;
export const file_bytes_max = 256 * 1024 * 1024;

/** Why a picture was not decoded here. The words are for people and have no dot. */
export class NotDecoded extends Error {}

/** Which of `total` frames are looked at: DecodeJob::wants_frame. */
export function wanted_frames(total: number): number[] {
  if (total <= frames_max) return Array.from({ length: total }, (_, i) => i);
  return Array.from({ length: frames_max }, (_, k) => Math.floor((k * total) / frames_max));
}

/**
 * The pictures of a file as the browser decodes them: colour profiles left alone, orientation applied, alpha on white,
 * animations of GIF and WebP frame by frame. Only in a worker. Errors: NotDecoded.
 */
export async function* frames_of(bytes: Uint8Array<ArrayBuffer>): AsyncGenerator<DecodedFrame> {
  const kind = kind_of(bytes);
  if (await canvas_lies()) throw new NotDecoded("this browser alters pictures that a page reads");
  const animation = await animation_of(kind, bytes);
  if (animation) yield* frames_of_animation(animation);
  else yield { ...(await still_of(kind, bytes)), index: 0 };
}

async function still_of(kind: FileKind, bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const bitmap = await bitmap_of(new Blob([bytes], { type: type_of(kind) }));
  try {
    const pixels = pixels_of(bitmap, bitmap.width, bitmap.height);
    const turned = (await applies_orientation(kind)) ? pixels : upright(pixels, stored_orientation(bytes));
    return { ...turned, gray: is_gray(bytes) };
  } finally {
    bitmap.close();
  }
}

const type_of = (kind: FileKind): string => `image/${kind === "other-picture" ? "x-unknown" : kind}`;

async function bitmap_of(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, { colorSpaceConversion: "none", imageOrientation: "from-image" });
  } catch {
    throw new NotDecoded("this browser cannot read a picture of this kind, or it is damaged");
  }
}

function pixels_of(image: CanvasImageSource, width: number, height: number): Pixels {
  if (width * height > pixels_max) throw new NotDecoded("the picture has more than 100 million pixels");
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new NotDecoded("this browser has no canvas for a picture of this size");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0);
  return { data: context.getImageData(0, 0, width, height).data, width, height };
}

async function animation_of(kind: FileKind, bytes: Uint8Array<ArrayBuffer>): Promise<ImageDecoder | undefined> {
  if ((kind !== "gif" && kind !== "webp") || typeof ImageDecoder === "undefined") return undefined;
  const decoder = new ImageDecoder({ data: bytes, type: type_of(kind), colorSpaceConversion: "none" });
  try {
    await Promise.all([decoder.tracks.ready, decoder.completed]);
    if ((decoder.tracks.selectedTrack?.frameCount ?? 0) > 1) return decoder;
  } catch {
    // A still decode says what is wrong.
  }
  decoder.close();
  return undefined;
}

async function* frames_of_animation(decoder: ImageDecoder): AsyncGenerator<DecodedFrame> {
  try {
    for (const index of wanted_frames(decoder.tracks.selectedTrack!.frameCount)) {
      const { image } = await decoder.decode({ frameIndex: index });
      try {
        yield { ...pixels_of(image, image.displayWidth, image.displayHeight), index };
      } finally {
        image.close();
      }
    }
  } catch (thrown) {
    throw thrown instanceof NotDecoded ? thrown : new NotDecoded("the animation is damaged");
  } finally {
    decoder.close();
  }
}

/** The picture turned as EXIF's orientation 1..8 says. */
export function upright(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) return pixels;
  const { width, height } = pixels;
  const swaps = orientation >= 5;
  const from = words_of(pixels.data);
  const to = new Uint32Array(width * height);
  const columns = swaps ? height : width;
  for (let y = 0, at = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x, ++at) {
      const [u, v] = place_of(orientation, x, y, width - 1, height - 1);
      to[v * columns + u] = from[at]!;
    }
  }
  return { ...pixels, data: new Uint8Array(to.buffer), width: columns, height: swaps ? width : height };
}

function place_of(orientation: number, x: number, y: number, right: number, bottom: number): [number, number] {
  switch (orientation) {
    case 2: return [right - x, y];
    case 3: return [right - x, bottom - y];
    case 4: return [x, bottom - y];
    case 5: return [y, x];
    case 6: return [bottom - y, x];
    case 7: return [bottom - y, right - x];
    case 8: return [y, right - x];
    default: return [x, y];
  }
}

const words_of = (data: Uint8Array | Uint8ClampedArray): Uint32Array =>
  data.byteOffset % 4 === 0 ? new Uint32Array(data.buffer, data.byteOffset, data.length / 4) : new Uint32Array(data.slice().buffer);

/** Pictures of 4 x 2 pixels that say that they lie on their side. */
const turned_samples: Partial<Record<FileKind, string>> = {
  png: "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAAAAABawyK/AAAAGmVYSWZNTQAqAAAACAABARIAAwAAAAEABgAAAAAAANZnS2kAAAAOSURBVHjaY2D4D4QgAgAR+AP9+MwtyQAAAABJRU5ErkJggg==",
  webp: "UklGRk4AAABXRUJQVlA4WAoAAAAIAAAAAwAAAQAAVlA4TA4AAAAvA0AAAAcQEf0PRET/A0VYSUYaAAAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAA=",
};
const applied = new Map<FileKind, boolean>();

/** Whether this browser's decoder turns pictures of this kind itself; tried once, on a sample. */
async function applies_orientation(kind: FileKind): Promise<boolean> {
  const sample = turned_samples[kind];
  if (!sample) return true;
  let does = applied.get(kind);
  if (does === undefined) {
    const bytes = Uint8Array.from(atob(sample), (letter) => letter.charCodeAt(0));
    const bitmap = await bitmap_of(new Blob([bytes], { type: type_of(kind) }));
    does = bitmap.height > bitmap.width;
    applied.set(kind, does);
    bitmap.close();
  }
  return does;
}

let lies: boolean | undefined;

/** Some browsers return other pixels than were drawn, so that pages cannot tell devices apart; hashes would be wrong. */
async function canvas_lies(): Promise<boolean> {
  if (lies !== undefined) return lies;
  const side = 64;
  const drawn = new ImageData(side, side);
  for (let i = 0; i < drawn.data.length; ++i) drawn.data[i] = i % 4 === 3 ? 255 : (i * 2654435761) >>> 24;
  const bitmap = await createImageBitmap(drawn, { colorSpaceConversion: "none" });
  const read = pixels_of(bitmap, side, side).data;
  bitmap.close();
  lies = read.some((value, i) => value !== drawn.data[i]);
  return lies;
}
