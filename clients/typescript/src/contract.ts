// The shapes of the service's requests and answers.
// Made by tools/openapi_types from docs/openapi.yaml. Change that, then run it again.

/** 1 to 200 of letters, digits and . _ ~ - /, no part of it empty, `.` or `..`. */
export type StreamName = string;

export type ClipTier = "single-frame" | "two-aligned" | "three-aligned";

export type Time = string;

export type Hex256 = string;

export type RequestId = string;

/** Release and place, as people type it. */
export type EntryName = string;

export type ReleaseId = number;

export type ChangeRequestId = number;

export type KeyId = string;

/** 1 to 200 bytes of UTF-8 without '/'; no '#' at its beginning, no blank at either end. */
export type BankName = string;

/** Only these banks. Unknown names are refused (404), so that a misspelt bank is no silent gap. */
export type BankNames = BankName[];

/** Printable ASCII, not only blanks. */
export type Account = string;

export type Role = "viewer" | "reviewer" | "list_manager" | "administrator" | "overseer";

/** The reason; kept with the change, for good. At most 2,000 bytes. */
export type Why = string;

export type OrderReference = string;

/** Give it as `after` for the next page; null at the end. */
export type Next = string | null;

/** The caller's own name for the item; comes back, and names its matches. */
export type ItemId = string;

/**
 * Where it was seen, as an opaque reference such as a post's id, never a person: kept with the observation
 * where the operator has switched that on. Unless given, `id`. At most 128 bytes.
 */
export type Place = string;

/** The file's bytes. */
export type MediaBytes = string;

/**
 * Fetched by Seawall: at most 256 MiB, 20 s and five redirects. Private, loopback, link-local and metadata
 * addresses are refused when connecting, after each redirect too.
 */
export type Url = string;

/**
 * Where the answer goes; only with `mode` async, and with a key, whose webhook secret signs it (a session:
 * 400). No user or password; port 443 or from 1024.
 */
export type WebhookUrl = string;

/** Narrows the look-up to this distance in bits, inclusive. It never widens what people set for the lists. */
export type Radius = number;

/** How many ways of altering a picture are looked for (`--variants`). Costs time; docs/robustness.md. */
export type Profile = "none" | "default" | "thorough";

/**
 * The verdict where a part of the work failed. fail_closed: block. fail_open: that of the matches there are,
 * allow without any. The answer is then 200, and `failed` says so. Unless given: that of the matches, and
 * without any the failure as a problem document (of a batch: the item's `error`). Covers what went wrong with
 * media, decoders, a URL's host and lists. Never a wrong request, a missing key, 429, or 503 because the
 * queues are full: whoever cannot reach this service decides alone.
 */
export type OnError = "fail_closed" | "fail_open";

/** async: 202 now, the answer later. */
export type Mode = "sync" | "async";

/**
 * Also name matches that do not count: staged, quarantined, overruled, expired, of a bank that is off. A key
 * needs the scope `entries:read` for it.
 */
export type IncludeSilent = boolean;

/** Say how long each stage took. */
export type WantTimings = boolean;

/** What to do. The strongest action of the matches that count. */
export type Verdict = "block" | "review" | "allow";

export type SignalType = "pdq" | "md5" | "sha1" | "sha256";

export interface By {
  who: Account;
  why: Why;
  when: Time;
}

/** A body's decision under its own scheme; docs/classifications.md. */
export interface Classification {
  scheme: "ncmec" | "uk" | "interpol" | "iccam" | "gifct" | "other";
  value: string;
}

export type ReviewItemName = string;

/** By the entry's classification; what nobody classified is `high`. */
export type ReviewSeverity = "high" | "medium" | "low";

export type ReviewGradeWord = "confirmed" | "not-a-match" | "unsure";

export interface ReviewItem {
  item: ReviewItemName;
  state: "open" | "waiting" | "decided";
  severity: ReviewSeverity;
  kind: "picture" | "video";
  entry: EntryName;
  /** Of the strongest match, as it was called then. */
  bank: string;
  /** How often the same file came. */
  seen: number;
  first_seen: string;
  last_seen: string;
  /** Near-duplicates that met the same entry. */
  cluster: {
    cluster: ReviewItemName;
    /** How many of it are not decided, this one too. */
    open: number;
    /** In bits, to the cluster's first. */
    distance: number;
  };
  stills: Array<{
    still: number;
    width: number;
    height: number;
    frame: number;
    /** Of a video: from its start. */
    at_ms: number;
  }>;
  /** It had stills; they and their key are gone. */
  stills_erased: boolean;
  lease: null | {
    mine: boolean;
    until: string;
  };
  /** Of a `waiting` item your own grade. */
  decision: null | {
    grade: ReviewGradeWord | null;
    classification: Classification | null;
    /** `known`: its digest is the entry's, nobody looked. `expired`: nobody did in time, so no grade. */
    how: "person" | "known" | "agreed" | "third" | "expired" | null;
    at: string | null;
  };
  undo_until: string | null;
  matches: Array<{
    entry: EntryName;
    bank: string;
    source: string;
    signal: MetBy;
    distance: number;
    radius: number;
    variant: string;
    frame: number;
    classification: Classification | null;
    series: string;
  }>;
  signals: {
    md5: string;
    sha1: string;
    sha256: string;
    pdq: string | null;
  };
  media: {
    type: string;
    size: number;
    width: number;
    height: number;
    /** Of a video. */
    length_ms?: number;
  };
}

export interface ReviewGrading {
  grade: ReviewGradeWord;
  classification?: Classification;
  /** Needed with `quarantine`. */
  why?: string;
  scope?: "cluster" | "item";
  second_opinion?: boolean;
  /** With not-a-match alone. */
  quarantine?: boolean;
}

export interface ReviewGraded {
  item: ReviewItem;
  items: ReviewItemName[];
  undo_until: string | null;
}

export interface ReviewViewing {
  still: number;
  /** It was drawn, blurred or not. */
  rendered: boolean;
  /** On the screen, blurred or not. */
  shown_ms?: number;
  /** Unblurred. */
  revealed_ms?: number;
}

/** In any 24 hours, or in any hour. */
export interface ExposureLimits {
  stills: number;
  /** Of high severity. */
  stills_high: number;
  stills_hour: number;
  /** Unblurred. */
  reveal_s: number;
  reveal_high_s: number;
  reveal_hour_s: number;
}

export interface ExposureLimitsAsk {
  stills?: number;
  stills_high?: number;
  stills_hour?: number;
  reveal_s?: number;
  reveal_high_s?: number;
  reveal_hour_s?: number;
}

export interface ReviewSettingsAsk {
  stills?: number;
  stills_high?: number;
  stills_hour?: number;
  reveal_s?: number;
  reveal_high_s?: number;
  reveal_hour_s?: number;
  why: Why;
}

export interface ExposureUse {
  stills: number;
  stills_high: number;
  stills_hour: number;
  reveal_ms: number;
  reveal_high_ms: number;
  reveal_hour_ms: number;
}

export interface MyReview {
  limits: ExposureLimits;
  own_limits: ExposureLimits;
  used: ExposureUse;
  /** When you may be given one more still of high severity; null: never. */
  high_from: string | null;
  /** The same of the other severities. */
  low_from: string | null;
  leases: number;
  last_7_days: {
    graded: number;
    confirmed: number;
    not_a_match: number;
    unsure: number;
    undone: number;
  };
  /** Of your decisions that another person was shown, blind. */
  samples: {
    agreed: number;
    differed: number;
  };
}

export interface ReviewSettings {
  floor: ExposureLimits;
  limits: ExposureLimits;
  /** Of an item that nobody decides. */
  keep_days: number;
  undo_s: number;
  sample_permille: number;
}

export interface ReviewTotals {
  by_severity: Array<{
    severity: ReviewSeverity;
    open: number;
    waiting: number;
    decided_7d: number;
    oldest: string | null;
  }>;
  stills_bytes: number;
  /** Since the start, for want of room. */
  not_kept: number;
  work: null | {
    people: number;
    graded_7d: number;
    undone_7d: number;
    stills_7d: number;
    reveal_s_7d: number;
    samples_agreed: number;
    samples_differed: number;
  };
}

export type ReportName = string;

export interface PublicReport {
  report: ReportName;
  state: "received" | "looked-at" | "passed-on" | "not-illegal" | "not-found" | "not-ours";
  category: "child" | "pressure" | "intimate" | "violence" | "other";
  language: "en" | "de";
  /** How often that address was reported while it was open. */
  count: number;
  first: string;
  last: string;
  claimed_by: string | null;
  claimed_until: string | null;
  decided_by: string | null;
  decided: string | null;
  erase_after: string;
}

export interface WholeReport {
  report: ReportName;
  state: "received" | "looked-at" | "passed-on" | "not-illegal" | "not-found" | "not-ours";
  category: "child" | "pressure" | "intimate" | "violence" | "other";
  language: "en" | "de";
  /** How often that address was reported while it was open. */
  count: number;
  first: string;
  last: string;
  claimed_by: string | null;
  claimed_until: string | null;
  decided_by: string | null;
  decided: string | null;
  erase_after: string;
  url: string;
  texts: string[];
  notes: Array<{
    by: string;
    at: string;
    text: string;
  }>;
}

export interface ReportDecision {
  outcome: "passed-on" | "not-illegal" | "not-found" | "not-ours";
}

export interface ReportNote {
  /** 2,000 bytes at most. */
  text: string;
}

/** Where the lists stood. Who holds the same chain has seen the same changes. */
export interface ListVersion {
  number: number;
  chain: Hex256;
}

/** docs/errors.md. New with this service are unauthenticated, forbidden and rate_limited. */
export type Code = "invalid_input" | "unauthenticated" | "forbidden" | "not_found" | "conflict" | "limit_exceeded" | "unsupported" | "decoder_crashed" | "rate_limited" | "corrupt" | "unavailable";

export interface ItemError {
  code: Code;
  /** One sentence that says what to do. */
  message: string;
}

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  /** What to do. Never bytes of media, a secret, or a URL. */
  detail: string;
  code: Code;
  request_id: RequestId;
  /** Each fault of the request. */
  errors?: Array<{
    /** A JSON pointer into the body, or `?name`, or the header's name. */
    at: string;
    detail: string;
  }>;
}

export type PdqText = string;

export type Quality = number;

/**
 * The signals of one piece of media, as a row of docs/formats/signals.md. PDQ hashes are looked up by
 * distance, unless their quality is stated and under 50; digests when equal.
 */
export interface Signals {
  pdq?: PdqText | PdqText[];
  /** One for each hash, in order; null where unknown. */
  quality?: Quality | (Quality | null)[];
  md5?: string;
  sha1?: string;
  sha256?: string;
}

/**
 * The signals of one piece of media, as a row of docs/formats/signals.md. PDQ hashes are looked up by
 * distance, unless their quality is stated and under 50; digests when equal. `tmk` is of a whole video and is
 * compared with listed ones by both of TMK+PDQF's levels; it is not observed.
 */
export interface MatchSignals {
  pdq?: PdqText | PdqText[];
  /** One for each hash, in order; null where unknown. */
  quality?: Quality | (Quality | null)[];
  md5?: string;
  sha1?: string;
  sha256?: string;
  /** A .tmk file of Meta's form. */
  tmk?: string;
}

export interface MatchItem {
  id?: ItemId;
  place?: Place;
  signals?: MatchSignals;
  url?: Url;
}

export interface MatchRequest {
  id?: ItemId;
  place?: Place;
  signals?: MatchSignals;
  url?: Url;
  /** A batch. At most 16 of them may be URLs, and all together have at most 65,536 PDQ hashes (413). */
  items?: MatchItem[];
  banks?: BankNames;
  radius?: Radius;
  profile?: Profile;
  on_error?: OnError;
  mode?: Mode;
  webhook?: WebhookUrl;
  include_silent?: IncludeSilent;
  timings?: WantTimings;
}

/** One `file` is answered alone; `items` are a batch, and a part's file name is its `id`. */
export interface MatchForm {
  file?: MediaBytes;
  items?: MediaBytes[];
}

/** One entry that the media meets, by its nearest signal. */
export interface Match {
  /** Its name, for `POST /v1/feedback`: entry@id. */
  match: string;
  entry: EntryName;
  bank: BankName;
  /** Who listed it: an exchange, or `manual`. */
  source: string;
  signal: MetBy;
  /** In bits; 0 for digests. Of a video that of its nearest frame. */
  distance: number;
  /** That counted, inclusive; 0 for digests and videos. */
  radius: number;
  /** How the media was turned or cut to meet it; `original`: not at all. */
  variant?: string;
  /** Position in the file. In hash-only mode the place of the hash among those given; 0 for digests. */
  frame?: number;
  /** Of the hash that met; null: digest. */
  quality?: number | null;
  standing: "enforced" | "overruled" | "staged" | "quarantined" | "expired" | "bank_off";
  action: Verdict;
  classification?: Classification | null;
  series?: string;
  /** The list version that made the entry as it is. */
  list_version: number;
  /**
   * Only of a video that shows parts of the entry's, whatever else met it: where it shows what, the strongest
   * part first. How strong a tier is: docs/video-matching.md.
   */
  parts?: ClipPart[];
}

/**
 * `video`: a part of the media shows a part of the listed video. `tmk`: the whole is the listed one by
 * TMK+PDQF.
 */
export type MetBy = "pdq" | "md5" | "sha1" | "sha256" | "video" | "tmk";

/** A part of a video that shows a part of a listed one. Times from each one's start. */
export interface ClipPart {
  tier: "single-frame" | "two-aligned" | "three-aligned";
  /** In what was sent. */
  begin_ms: number;
  /** As finely as frames were looked at: 0.1 to 0.5 s. */
  end_ms: number;
  /** In the listed video. */
  listed_begin_ms: number;
  listed_end_ms: number;
  /** Listed time that passes in a second of what was sent. */
  speed: number;
  /** Distinct frames that say so. */
  frames: number;
  /** Of the nearest of them, in bits. */
  distance: number;
  /** How the frames were turned or cut to meet: `flip_y`, `trim, listed original`. */
  variant: string;
}

/** What was fetched and decoded. Missing in hash-only mode. */
export interface MediaInfo {
  /** Told from the first bytes. */
  type: string;
  /** Upright. */
  width?: number;
  height?: number;
  /** In the file. */
  frames?: number;
  /** Looked at. Of a picture evenly spaced, at most 64. */
  frames_decoded?: number;
  /** Of a video. */
  length_ms?: number;
  /** Of a video: which frames. `closely`: something was near, so five a second after the first look. */
  looked_at?: "keyframes" | "interval" | "closely";
  /** Damaged or cut off; what could be decoded was used. */
  truncated: boolean;
  /** false: looked up by its digests alone. */
  decoded: boolean;
  size_bytes: number;
  /** Under 50 matches by digests alone. */
  pdq_quality?: number;
  /** Of a URL. */
  redirects?: number;
}

/** Microseconds. */
export interface Timings {
  total_us?: number;
  queue_us?: number;
  fetch_us?: number;
  decode_us?: number;
  hash_us?: number;
  /** Kept in the log, and the lists up to date after it. */
  observe_us?: number;
  search_us?: number;
}

export interface ItemAnswer {
  id?: ItemId;
  verdict: Verdict;
  /** Digests first, then videos, then nearest first. */
  matches: Match[];
  /** For people; one a match that counts. With `include_silent` also of those that were overruled. */
  reasons: string[];
  media?: MediaInfo;
  /** Kept in the log of observations before it was answered. */
  observed: boolean;
  /**
   * A part of the work failed; `mode` is the request's `on_error`, if it had one. A verdict with no match is
   * never grounds for a report.
   */
  failed?: {
    mode?: OnError;
    error: ItemError;
  };
}

export interface MatchAnswer {
  id?: ItemId;
  verdict: Verdict;
  /** Digests first, then videos, then nearest first. */
  matches: Match[];
  /** For people; one a match that counts. With `include_silent` also of those that were overruled. */
  reasons: string[];
  media?: MediaInfo;
  /** Kept in the log of observations before it was answered. */
  observed: boolean;
  /**
   * A part of the work failed; `mode` is the request's `on_error`, if it had one. A verdict with no match is
   * never grounds for a report.
   */
  failed?: {
    mode?: OnError;
    error: ItemError;
  };
  request_id: RequestId;
  list_version: ListVersion;
  timings?: Timings;
}

/**
 * `verdict` is the strongest of the items: block, then review, then allow. It is missing where an item has
 * none and no other says block or review: what could not be looked up must not read as harmless. An item
 * without a verdict never hides one that says block or review.
 */
export interface BatchAnswer {
  request_id: RequestId;
  verdict?: Verdict;
  list_version: ListVersion;
  /** One an item, in order; those without a verdict have `error`. */
  answers: Array<ItemAnswer | {
    id?: ItemId;
    error: ItemError;
  }>;
  timings?: Timings;
}

export interface MatchJob {
  request_id: RequestId;
  state: "pending" | "done" | "failed";
  asked: Time;
  done?: Time;
  /** Once done. */
  answer?: MatchAnswer | BatchAnswer;
  problem?: Problem;
  webhook?: {
    state: "waiting" | "delivered" | "held";
    attempts: number;
    next?: Time;
    /** What the receiver answered last; null: nothing. */
    last_status?: number | null;
  };
}

/** The body of the webhook. */
export interface MatchDone {
  type: "match.done";
  time: Time;
  job: MatchJob;
}

/** As `seawall hash --json`, without `path`. */
export interface MediaHashes {
  type: string;
  width: number | null;
  height: number | null;
  pdq: string | null;
  pdq_quality: number | null;
  md5: string;
  sha1: string;
  sha256: string;
  size_bytes: number;
  frames: number;
  truncated: boolean;
  /** Says so when it is no picture. */
  note?: string;
  frame_hashes?: Array<{
    index: number;
    time_ms: number;
    pdq: Hex256;
    pdq_quality: Quality;
  }>;
  dihedral?: Record<string, Hex256>;
}

/** A PDQ hash, or a URL to fetch. */
export interface CompareSide {
  pdq?: PdqText;
  url?: Url;
}

export interface CompareRequest {
  a: CompareSide;
  b: CompareSide;
  radius?: Radius;
  profile?: Profile;
}

export interface ExplanationSide {
  pdq: string | null;
  pdq_quality: number | null;
  variant: string;
  frame: number;
}

/** As `seawall explain --json`. */
export interface Explanation {
  match: boolean;
  same_bytes: boolean;
  radius: number;
  /** null: too little detail. */
  distance: number | null;
  /** Between the whole pictures. */
  plain_distance: number;
  a: ExplanationSide;
  b: ExplanationSide;
  words: string;
}

export interface Bank {
  bank: BankName;
  id?: number;
  /** harmless: its matches overrule others. */
  kind: "listed" | "harmless";
  purpose: string;
  owner: string;
  action: Verdict;
  radius: number;
  two_person: boolean;
  /** false: none of it is enforced. */
  active: boolean;
  expires?: Time;
  /** The list version that made it as it is. */
  version: number;
  /** How many in each state. Of one bank only. */
  entries?: Record<string, number>;
}

export interface NewBank {
  bank: BankName;
  kind?: "listed" | "harmless";
  purpose: string;
  owner: string;
  action?: Verdict;
  radius?: number;
  two_person?: boolean;
  expires?: Time;
  why: Why;
}

export interface BankSettings {
  /** As read; another is `/problems/stale`. */
  version: number;
  bank?: BankName;
  purpose?: string;
  owner?: string;
  action?: Verdict;
  radius?: number;
  two_person?: boolean;
  active?: boolean;
  expires?: Time | null;
  why: Why;
}

export type Tags = string[];

export interface NewEntry {
  /** The proposer's own name for it, unique among those proposed by hand. Else made from the signals. */
  key?: string;
  signals: Signals;
  classification?: Classification;
  series?: string;
  tags?: Tags;
  media_type?: string;
  size_bytes?: number;
  why: Why;
}

export interface Entry {
  entry: EntryName;
  bank: BankName;
  source: string;
  /** The source's own name for it. */
  key: string;
  state: "proposed" | "staged" | "active" | "quarantined" | "withdrawn";
  state_reason?: string;
  signals: {
    pdq?: Array<{
      pdq: Hex256;
      quality?: Quality;
    }>;
    md5?: string;
    sha1?: string;
    sha256?: string;
    /** Types that are carried, never matched. */
    carried?: string[];
  };
  classification?: Classification;
  series?: string;
  tags?: Tags;
  /** Its own; else the bank's. */
  radius?: number;
  action?: Verdict;
  review?: Time;
  expires?: Time;
  /** The list version that made it as it is. */
  version: number;
}

export interface EntrySettings {
  radius?: number | null;
  action?: Verdict | null;
  expires?: Time | null;
  review?: Time | null;
  tags?: Tags;
  why: Why;
}

export interface EntryChange {
  version: number;
  what: string;
  by: By;
  /** Member of the entry to its value before and after. */
  changed: Record<string, {
    from?: unknown;
    to?: unknown;
  }>;
  previous?: Entry | null;
}

export interface Feedback {
  /** The match's name from its answer, or the entry alone, `12.345`, whatever met it. */
  match: string;
  verdict: "confirmed" | "false-match";
  signal?: SignalType;
  /** One of the reasons of the source's body. */
  reason?: string;
  /** Tell the source, if it takes feedback. */
  send_back?: boolean;
  why: Why;
}

export interface Finding {
  entry: EntryName;
  match: string;
  verdict: "confirmed" | "false-match";
  signal: "pdq" | "md5" | "sha1" | "sha256" | "";
  reason?: string;
  by: By;
  source: string;
  /** It waits to be told to the source. */
  waits: boolean;
}

export interface Release {
  release: ReleaseId;
  bank: BankName;
  source: string;
  state: "loading" | "proposed" | "staged" | "active" | "rejected";
  proposed: By;
  approvals: By[];
  approvals_needed: number;
  approvals_missing: number;
  counts: {
    added: number;
    updated: number;
    withdrawn: number;
    unchanged: number;
    quarantined: number;
    refused: number;
  };
  /** How often it was met while staged, by this server. */
  silent_matches?: number;
  /** Of a release of one entry, that one; in an answer of one release, not in a page of them. */
  entries?: EntryName[];
  digest?: Hex256;
  version: number;
}

export interface ChangeOutcome {
  done: boolean;
  request?: ChangeRequestId;
  approvals_missing: number;
  /** The list version, once done. */
  version?: number;
}

export interface Request {
  request: ChangeRequestId;
  bank: BankName;
  about: string;
  changes: Array<{
    what: string;
    from?: string;
    to: string;
  }>;
  /** true: what it is about has changed; drop it and ask anew. */
  stale?: boolean;
  state: "open" | "done" | "dropped";
  proposed: By;
  approvals: By[];
  approvals_missing?: number;
  closed?: By;
}

export interface Sighting {
  entry: EntryName;
  bank: BankName;
  source: string;
  state: "proposed" | "staged" | "active" | "quarantined" | "withdrawn";
  list_version: number;
  signal: SignalType;
  distance: number;
  radius: number;
  place: Place;
  time: Time;
}

export interface LogTrust {
  origin: string;
  log_keys: string[];
  witness_keys: string[];
  /** Witnesses that must have cosigned. */
  quorum: number;
}

export interface OrderClocks {
  order: OrderReference;
  state: "applied" | "reviewed" | "refused" | "waiting" | "in-force" | "expired" | "cancelled" | "void";
  urgent: boolean;
  actions: string[];
  not_before: Time;
  not_after: Time;
  ends: Time | null;
  records_max: number;
  /** Records, each time counted. */
  used: number;
  /** Of the statement that granted it, in the log. */
  leaf: number | null;
  /** When its first statement came. */
  received: Time | null;
  /** Of an urgent one that is not confirmed. */
  confirm_by: Time | null;
  /** When those concerned are to be told. */
  opening_due: Time | null;
  /** Those concerned were told. */
  opened: boolean;
}

export interface RegisteredError {
  number: number;
  kind: "reportable" | "recordable";
  serious: boolean;
  what: string;
  /** An order, or an entry of the log; may be empty. */
  concerns: string;
  discovered: Time;
  /** Of the report. */
  due: Time | null;
  reported: Time | null;
  /** Those concerned. */
  told: Time | null;
  untold_why: string;
  overdue: boolean;
}

export interface Recommendation {
  number: number;
  grade: "red" | "amber" | "green";
  what: string;
  to: string;
  by: Time;
  state: "open" | "answered" | "done" | "not-accepted";
  answer: string;
  overdue: boolean;
}

export interface OversightRegister {
  errors: RegisteredError[];
  recommendations: Recommendation[];
}

export type Scope = "match" | "feedback" | "entries:read" | "banks:read" | "lists:write" | "observations:read" | "status" | "metrics" | "streams:read" | "streams:write";

/** So many items in so many seconds. */
export interface Rate {
  items: number;
  per_s: number;
}

export interface NewKey {
  name: Account;
  scopes: Scope[];
  banks?: BankNames;
  networks?: Networks;
  expires: Time;
  rate?: Rate;
  certificate_sha256?: Hex256;
  why: Why;
}

/**
 * Only from these, in CIDR notation; behind a trusted proxy, where its word is that the caller comes from.
 */
export type Networks = string[];

export interface Key {
  key: KeyId;
  name: Account;
  scopes: Scope[];
  banks?: BankName[];
  networks?: Networks;
  state: "active" | "rotating" | "expired" | "revoked";
  expires: Time;
  old_secret_until?: Time;
  /** Its own, or the server's for keys without one; null is no limit. */
  rate: Rate | null;
  certificate_sha256?: Hex256;
  created: By;
  revoked?: By;
  /** To the hour. */
  last_used?: string | null;
}

/** The caller's own words; they come back with the stream and its alerts. At most 16. */
export type StreamLabels = Record<string, string>;

export interface NewStream {
  name: StreamName;
  /**
   * Where it is played, keys and all: sealed when it is kept, and in no answer, log, metric or error. No user
   * or password before an '@', but in RTSP's.
   */
  url: string;
  banks?: BankNames;
  labels?: StreamLabels;
  /** Who is told of matches, so that the stream can be ended. With a key only, whose secret signs. */
  cut_off?: {
    webhook: WebhookUrl;
    /** The weakest that is sent. */
    tier?: ClipTier;
    /** review: matches of banks that ask for review, too. */
    action?: "block" | "review";
  };
}

export interface Stream {
  name: StreamName;
  /** Of this attaching. */
  stream_id: string;
  /** What its address begins with. */
  protocol: string;
  /** Missing: all of the tenant. */
  banks?: BankName[];
  labels: StreamLabels;
  cut_off?: {
    tier: ClipTier;
    action: "block" | "review";
  };
  /** A media server told of it. */
  by_hook: boolean;
  attached: Time;
  attached_by: Account;
  /** over: it said so, or was given up; it is tried again, a minute apart at most, until it is detached. */
  phase: "waiting" | "live" | "stalled" | "failing" | "over";
  /** Why it cannot be followed or looked at. Never with its address. */
  trouble?: string;
  codec?: string;
  width?: number;
  height?: number;
  /** Segments, or key pictures. Since the service was started. */
  pieces: {
    came: number;
    /** For the load. */
    left_out: number;
    not_decodable: number;
    /** By its source. */
    lost: number;
  };
  /** Looked at. */
  pictures: number;
  restarts: number;
  /** From the last piece's arrival to the end of its look-up. */
  lag_ms: number;
  last_picture?: Time;
  /** Showings since it was attached, without silent ones. */
  alerts: number;
  last_alert?: Time;
}

/** Of the service that was asked. */
export interface StreamLoad {
  /** The least time between two pictures of a stream, for the load; 0: all that is wanted is looked at. */
  spacing_s: number;
  /** Part of the threads' time that is used. */
  busy: number;
  /** How many streams the tenant may have. */
  streams_max: number;
  /** Whether one more would be taken. */
  admits: boolean;
}

export interface StreamAlert {
  alert: string;
  stream: StreamName;
  stream_id: string;
  labels?: StreamLabels;
  at: Time;
  bank: BankName;
  entry: EntryName;
  action: Verdict;
  /** The entry is staged or held back: nobody was told. */
  silent: boolean;
  tier: ClipTier;
  /** The same showing was told before, at a lower tier; for one that is not silent, by one that was not. */
  is_rise: boolean;
  /**
   * Only of an alert that was made when its entry was staged or came into force, after the match: when the
   * stream was last seen to show the video. `at` is when the alert was made, `evidence` is of the match.
   */
  last_shown?: {
  };
  /** Hashes, times and digests, no picture. docs/formats/stream-evidence.md. */
  evidence: Record<string, unknown>;
}

/** The body of the webhook. */
export interface StreamMatched {
  type: "stream.match";
  timestamp: Time;
  data: StreamAlert;
}

/**
 * nginx-rtmp: `call` (publish, publish_done), `app`, `name`. SRS: `action` (on_publish, on_unpublish), `app`,
 * `stream`. MediaMTX: `action` (ready or publish, notReady), `path`. Whatever else they send is not read.
 */
export interface MediaServerCall {
  call?: string;
  action?: string;
  app?: string;
  name?: string;
  stream?: string;
  path?: string;
}

export interface Session {
  account: Account;
  tenant: string;
  roles: Role[];
  /** For the header X-CSRF-Token. */
  csrf_token: string;
  expires: Time;
}

export interface AccountShown {
  account: Account;
  active: boolean;
  second_factor: boolean;
  /** That are left. */
  recovery_codes: number;
  /** In this tenant. */
  roles: Role[];
  /** It has roles in other tenants too. */
  elsewhere: boolean;
  created: By;
}

export interface Figures {
  figure: string;
  step: "minute" | "hour";
  kind: "count" | "state";
  from: Time;
  until: Time;
  /** `at`, what it is of, `value`. */
  columns: string[];
  /** By time; one value a column. */
  rows: ((string | number)[])[];
}

export interface Status {
  /** Of the program. */
  version: string;
  ready: boolean;
  list_version: ListVersion;
  /** Since the lists were last known to be the newest. */
  list_age_ms: number;
  /** Signals of each type. */
  index: Record<string, number>;
  queue: {
    depth: number;
    capacity: number;
  };
  decoders: {
    running: number;
    crashes: number;
  };
  /** Listed videos, and whether videos are looked into. */
  videos?: {
    /** false: `video_worker` is not there; videos are looked up by their digests alone. */
    looked_into: boolean;
    /** That are looked up by their video. */
    entries: number;
    /** Of their frames, in memory. */
    hashes: number;
    /** TMK+PDQF signals that are compared. */
    tmk: number;
    /** Signals that cannot be read, or have no frame to be found by. */
    unusable: number;
    /** Hashes of harmless banks' pictures: frames of videos that are near one never count. */
    templates: number;
    /**
     * Entries of harmless banks over the limit of 100,000 hashes a tenant: their pictures are no templates.
     */
    templates_left_out: number;
    /** That they are of. */
    list_version: number;
    decoders?: {
      running: number;
      crashes: number;
    };
  };
}
