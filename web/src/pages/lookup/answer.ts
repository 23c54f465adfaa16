import type { BatchAnswer, ItemAnswer, Match, MatchAnswer, MatchJob, Verdict } from "$/api/schema";
import type { Origin } from "$/hash/signals";

/** A match as it is shown: with what the hash that met stands for, where hashes were sent. */
export interface ShownMatch extends Match {
  origin?: Origin;
}

/** An answer as it is shown, whether it came in one piece or in several. */
export interface Shown {
  verdict: Verdict | undefined;
  matches: ShownMatch[];
  reasons: string[];
  failures: string[];
  media: ItemAnswer["media"];
  observed: boolean;
  request_id: string;
  list_version: number;
}

const order: readonly Verdict[] = ["block", "review", "allow"];

export function strongest(verdicts: readonly Verdict[]): Verdict | undefined {
  return order.find((one) => verdicts.includes(one));
}

/** The matches that the verdict follows from: those in force whose action it is. */
export function grounds(shown: Shown): ShownMatch[] {
  return shown.matches.filter((one) => one.standing === "enforced" && one.action === shown.verdict);
}

/**
 * Puts the parts of an answer together. `origin` says of a match of part `item` what its `frame`, the place among the hashes
 * that were sent, stands for. An entry that several parts met stands once, by its nearest signal.
 */
export function shown_of(
  answer: MatchAnswer | BatchAnswer | MatchJob,
  origin?: (item: number, place: number) => Origin | undefined,
): Shown {
  const whole = "answer" in answer || "state" in answer ? (answer as MatchJob).answer : (answer as MatchAnswer);
  if (!whole) throw new Error("the answer is not there yet");
  const parts = "answers" in whole ? whole.answers : [whole];
  const matches: ShownMatch[] = [];
  const shown: Shown = {
    verdict: whole.verdict,
    matches,
    reasons: [],
    failures: [],
    media: undefined,
    observed: false,
    request_id: whole.request_id,
    list_version: whole.list_version.number,
  };
  parts.forEach((part, item) => {
    if ("error" in part) shown.failures.push(part.error.message);
    else add_part(shown, part, (place) => origin?.(item, place));
  });
  return shown;
}

function add_part(shown: Shown, part: ItemAnswer, origin: (place: number) => Origin | undefined): void {
  if (part.failed) shown.failures.push(part.failed.error.message);
  shown.reasons.push(...part.reasons.filter((one) => !shown.reasons.includes(one)));
  shown.media ??= part.media;
  shown.observed ||= part.observed;
  for (const match of part.matches) {
    const from = match.signal === "pdq" && match.frame !== undefined ? origin(match.frame) : undefined;
    const one: ShownMatch = from ? { ...match, origin: from } : match;
    const at = shown.matches.findIndex((known) => known.entry === match.entry);
    if (at < 0) shown.matches.push(one);
    else if (one.distance < shown.matches[at]!.distance) shown.matches[at] = one;
  }
}
