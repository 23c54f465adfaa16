/** What a file is by its first bytes, as far as a browser's hashing cares (module media tells more). */
export type FileKind = "jpeg" | "png" | "webp" | "gif" | "avif" | "bmp" | "other-picture" | "video" | "other";

const text_at = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

const starts = (bytes: Uint8Array, ...first: number[]): boolean => first.every((byte, i) => bytes[i] === byte);

function kind_of_iso_file(bytes: Uint8Array): FileKind {
  for (let at = 8; at + 4 <= bytes.length; at += at === 8 ? 8 : 4) {
    const brand = text_at(bytes, at, 4);
    if (brand === "avif" || brand === "avis") return "avif";
    if (/^(hei[cxms]|hev[cx])$/.test(brand)) return "other-picture";
  }
  return /^(mif1|msf1)$/.test(text_at(bytes, 8, 4)) ? "other-picture" : "video";
}

/** `bytes`: the first 64 of the file, or more. */
export function kind_of(bytes: Uint8Array): FileKind {
  const head = bytes.subarray(0, 64);
  if (starts(head, 0xff, 0xd8, 0xff)) return "jpeg";
  if (starts(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png";
  if (text_at(head, 0, 3) === "GIF") return "gif";
  if (text_at(head, 0, 4) === "RIFF") return text_at(head, 8, 4) === "WEBP" ? "webp" : text_at(head, 8, 3) === "AVI" ? "video" : "other";
  if (text_at(head, 4, 4) === "ftyp") return kind_of_iso_file(head);
  if (text_at(head, 0, 2) === "BM" && head.length >= 18 && head[15] === 0) return "bmp";
  if (/^(II\*\0|MM\0\*|P[1-7]\s)/.test(text_at(head, 0, 4)) || starts(head, 0xff, 0x0a) || text_at(head, 4, 4) === "JXL ")
    return "other-picture";
  const is_matroska = starts(head, 0x1a, 0x45, 0xdf, 0xa3);
  return is_matroska || starts(head, 0, 0, 1, 0xba) || text_at(head, 0, 3) === "FLV" || starts(head, 0x47) ? "video" : "other";
}

/** Whether a JPEG or PNG has one channel, as its header says; false for everything else. */
export function is_gray(bytes: Uint8Array): boolean {
  const kind = kind_of(bytes);
  if (kind === "png") return bytes[25] === 0;
  return kind === "jpeg" && jpeg_channels(bytes) === 1;
}

/** The number of components in the frame's header; 0 if it is not in `bytes`. */
function jpeg_channels(bytes: Uint8Array): number {
  for (let at = 2; at + 10 < bytes.length; ) {
    if (bytes[at] !== 0xff) return 0;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      ++at;
      continue;
    }
    const is_frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (is_frame) return bytes[at + 9]!;
    const is_bare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += is_bare ? 2 : 2 + (bytes[at + 2]! << 8) + bytes[at + 3]!;
  }
  return 0;
}

/** How the picture lies in the file, 1..8 as EXIF says; 1 where it does not. PNG (`eXIf`) and WebP (`EXIF`) only. */
export function stored_orientation(bytes: Uint8Array): number {
  const exif = exif_of(bytes);
  if (!exif) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  if (exif.length < 14) return 1;
  const little = text_at(exif, 0, 2) === "II";
  if (!little && text_at(exif, 0, 2) !== "MM") return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > exif.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; ++i) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > exif.length) return 1;
    if (view.getUint16(at, little) !== 0x0112 || view.getUint16(at + 2, little) !== 3) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

function exif_of(bytes: Uint8Array): Uint8Array | undefined {
  const kind = kind_of(bytes);
  if (kind !== "png" && kind !== "webp") return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const png = kind === "png";
  for (let at = png ? 8 : 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(png ? at : at + 4, !png);
    const name = text_at(bytes, png ? at + 4 : at, 4);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === (png ? "eXIf" : "EXIF")) return text_at(body, 0, 6) === "Exif\0\0" ? body.subarray(6) : body;
    at += 8 + length + (png ? 4 : length % 2);
  }
  return undefined;
}
