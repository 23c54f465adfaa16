/** A still as the service gives it: grey bytes, row by row from the top, 0 black to 255 white. */
export interface Still {
  width: number;
  height: number;
  grey: Uint8Array;
  /** How long it may be unblurred in all. */
  reveal_left_ms: number;
}

const side_max = 256;

/** The still in an answer of GET /v1/review/items/{item}/stills/{still}; undefined where it is of another form. */
export async function still_in(answer: Response): Promise<Still | undefined> {
  const number = (name: string): number => Number(answer.headers.get(name) ?? Number.NaN);
  const [width, height, left] = [number("Still-Width"), number("Still-Height"), number("Reveal-Left-Ms")];
  const grey = new Uint8Array(await answer.arrayBuffer());
  const is_side = (one: number): boolean => Number.isInteger(one) && one >= 1 && one <= side_max;
  if (!is_side(width) || !is_side(height) || grey.length !== width * height || !(left >= 0)) return undefined;
  return { width, height, grey, reveal_left_ms: left };
}

/** How far each side of a picture is averaged over so that it says light and dark only: a tenth of the longer side. */
export function blur_radius(width: number, height: number): number {
  return Math.max(2, Math.round(Math.max(width, height) / 10));
}

/** Three passes of a box, both ways: close to a Gaussian blur of `radius`. The picture itself is left as it is. */
export function blurred(still: Pick<Still, "width" | "height" | "grey">, radius: number): Uint8Array {
  let picture = still.grey;
  for (let pass = 0; pass < 3; ++pass) {
    picture = averaged(picture, still.height, still.width, still.width, 1, radius);
    picture = averaged(picture, still.width, still.height, 1, still.width, radius);
  }
  return picture;
}

/** Each of `lines` lines of `count` pixels that are `step` apart, the lines `line_step`: the mean around each pixel. */
function averaged(
  from: Uint8Array,
  lines: number,
  count: number,
  line_step: number,
  step: number,
  radius: number,
): Uint8Array {
  const to = new Uint8Array(from.length);
  for (let line = 0; line < lines; ++line) {
    const at = (i: number): number => line * line_step + i * step;
    let sum = 0;
    let held = 0;
    for (let i = 0; i < Math.min(radius, count); ++i) {
      sum += from[at(i)]!;
      ++held;
    }
    for (let i = 0; i < count; ++i) {
      if (i + radius < count) {
        sum += from[at(i + radius)]!;
        ++held;
      }
      if (i - radius - 1 >= 0) {
        sum -= from[at(i - radius - 1)]!;
        --held;
      }
      to[at(i)] = Math.round(sum / held);
    }
  }
  return to;
}

/** As a canvas takes it. */
export function image_of(grey: Uint8Array, width: number, height: number): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < grey.length; ++i) {
    image.data.fill(grey[i]!, 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  return image;
}
