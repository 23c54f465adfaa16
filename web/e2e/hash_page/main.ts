// What hash.test.ts asks for in a page of the real service, under its content security policy.
import { generate_picture, type Recipe } from "$/hash/generated_picture";
import { hash_file, load_hasher } from "$/hash/hash";
import { Hasher } from "$/hash/module";

async function hash_recipes(recipes: Recipe[]): Promise<{ pdq: string; quality: number }[]> {
  const hasher = new Hasher(await load_hasher());
  return recipes.map((recipe) => {
    const { pdq, quality } = hasher.hash(generate_picture(recipe), "none");
    return { pdq, quality };
  });
}

/** A generated picture as a file that this browser writes, in base64. */
async function file_of(recipe: Recipe, type: string): Promise<string> {
  const { data, width, height } = generate_picture(recipe);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")!.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type, quality: 0.8 })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const hash_bytes = (base64: string) => hash_file(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]));
const tools = { hash_recipes, file_of, hash_bytes };
export type Tools = typeof tools;
Object.assign(window, { tools });
