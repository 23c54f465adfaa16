import type {
  BatchAnswer, ItemAnswer, ListVersion, Match, MatchAnswer, MediaInfo, OnError, Timings, Verdict,
} from "./contract.js";
import { SeawallError } from "./errors.js";

/** Who made a verdict: `client` where the service gave no answer and `onError` says what it is then. */
export type DecidedBy = "service" | "client";

export interface MatchResult {
  verdict: Verdict;
  matches: Match[];
  /** For people; one a match that counted. */
  reasons: string[];
  id?: string;
  /** What was fetched and decoded. Missing in hash-only mode. */
  media?: MediaInfo;
  observed: boolean;
  /** A part of the work failed. A verdict without a match is never grounds for a report. */
  failed?: NonNullable<ItemAnswer["failed"]>;
  /** Empty where the client decided. */
  requestId: string;
  listVersion?: ListVersion;
  timings?: Timings;
  decidedBy: DecidedBy;
}

/** An item of a batch: its result, or why there is none. */
export type ItemResult = { id?: string; result: MatchResult; error?: never } | { id?: string; result?: never; error: SeawallError };

export interface BatchResult {
  /** The strongest of the items; missing where an item has none and no other says block or review. */
  verdict?: Verdict;
  items: ItemResult[];
  requestId: string;
  listVersion?: ListVersion;
  timings?: Timings;
  decidedBy: DecidedBy;
}

type Whole = Pick<MatchAnswer, "request_id" | "list_version" | "timings">;

/** Only what is there: with exactOptionalPropertyTypes a member is missing, never undefined. */
function present<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

export function matchResult(item: ItemAnswer, whole: Whole): MatchResult {
  const optional = present({ id: item.id, media: item.media, failed: item.failed, timings: whole.timings });
  return {
    ...(optional as Partial<MatchResult>), verdict: item.verdict, matches: item.matches, reasons: item.reasons,
    observed: item.observed, requestId: whole.request_id, listVersion: whole.list_version, decidedBy: "service",
  };
}

export function batchResult(answer: BatchAnswer): BatchResult {
  const items = answer.answers.map((item): ItemResult => {
    const id = item.id === undefined ? {} : { id: item.id };
    if ("verdict" in item) return { ...id, result: matchResult(item, answer) };
    return { ...id, error: new SeawallError(item.error.code, item.error.message) };
  });
  const optional = present({ verdict: answer.verdict, timings: answer.timings });
  return {
    ...(optional as Partial<BatchResult>), items, requestId: answer.request_id, listVersion: answer.list_version,
    decidedBy: "service",
  };
}

/** The verdict where the service gave none; throws `error` where the caller did not say. */
export function decidedHere(id: string | undefined, onError: OnError | undefined, error: unknown): MatchResult {
  if (onError === undefined || !(error instanceof SeawallError) || !error.isNoAnswer) throw error;
  const verdict: Verdict = onError === "fail_closed" ? "block" : "allow";
  const code = error.code === "rate_limited" ? "rate_limited" : "unavailable";
  return {
    ...(id === undefined ? {} : { id }), verdict, matches: [], observed: false, requestId: "", decidedBy: "client",
    reasons: [`The service gave no verdict; the caller asked for ${verdict} then.`],
    failed: { mode: onError, error: { code, message: error.detail } },
  };
}
