import type { Hashed } from "./hash";

/** The most hashes that one item of a look-up may have (docs/openapi.yaml, Signals). */
const hashes_of_item_max = 256;

/** Signals as POST /v1/match takes them. */
export interface Signals {
  pdq?: string[];
  quality?: number[];
  md5?: string;
  sha1?: string;
  sha256?: string;
}

/** Where a hash that was sent came from. */
export interface Origin {
  frame: number;
  variant: string;
}

export interface Question {
  /** One after the other; more than one only where there are over 256 hashes. */
  items: { id: string; signals: Signals }[];
  /** Of a match in the answer to item `item`: what its `frame`, the place among the hashes sent, stands for. */
  origin(item: number, place: number): Origin | undefined;
}

/** What is sent of a file that was hashed here: signals only, never its name. */
export function question_of(hashed: Hashed): Question {
  const sent = hashed.frames.flatMap((frame) => frame.variants.map(({ variant, quality, pdq }) => ({ frame: frame.index, variant, quality, pdq })));
  const { md5, sha1, sha256 } = hashed;
  const items = [];
  for (let from = 0; from === 0 || from < sent.length; from += hashes_of_item_max) {
    const part = sent.slice(from, from + hashes_of_item_max);
    const pdq = part.length > 0 ? { pdq: part.map((one) => one.pdq), quality: part.map((one) => one.quality) } : {};
    items.push({ id: `part-${items.length + 1}`, signals: { ...(from === 0 ? { md5, sha1, sha256 } : {}), ...pdq } });
  }
  return {
    items,
    origin: (item, place) => {
      const one = sent[item * hashes_of_item_max + place];
      return one && { frame: one.frame, variant: one.variant };
    },
  };
}
