/** What the form of a look-up of observations holds, as typed. */
export interface Typed {
  order: string;
  by: "entry" | "release";
  entry: string;
  release: string;
  radius: string;
  days: string;
}

export interface Asked {
  params: { entry?: string; release?: number; radius?: number; days?: number; limit: number };
  /** Names of the fields that are wrong or missing. */
  wrong: (keyof Typed)[];
}

export const radius_max = 64;
export const days_max = 3650;
const page_size = 100;

/** A whole number from `from` to `to`; NaN else. */
function whole(text: string, from: number, to: number): number {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return value >= from && value <= to ? value : Number.NaN;
}

/** The parameters of GET /v1/observations, and what is wrong with what was typed. */
export function read(typed: Typed): Asked {
  const asked: Asked = { params: { limit: page_size }, wrong: [] };
  if (typed.order.trim() === "") asked.wrong.push("order");
  if (typed.by === "entry") {
    if (/^[\w.-]+$/.test(typed.entry.trim())) asked.params.entry = typed.entry.trim();
    else asked.wrong.push("entry");
  } else {
    const release = whole(typed.release, 1, 999_999_999);
    if (Number.isNaN(release)) asked.wrong.push("release");
    else asked.params.release = release;
  }
  for (const [name, from, to] of [["radius", 0, radius_max], ["days", 1, days_max]] as const) {
    if (typed[name].trim() === "" || (name === "radius" && typed.by === "release")) continue;
    const value = whole(typed[name], from, to);
    if (Number.isNaN(value)) asked.wrong.push(name);
    else asked.params[name] = value;
  }
  return asked;
}
