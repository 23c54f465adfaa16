import { audit, Contradiction, print_proof_file, prove_entry, type Proven, type Remembered } from "./audit";
import { from_base64, to_base64, type Bytes } from "./bytes";
import { check_draw, draw_frame_from_text, draw_frame_number, draw_from_text, DrawFacts, make_draw, print_draw } from "./draw";
import { opens, shown_record } from "./entry";
import { trust_of, type NamedTrust } from "./memory";
import { Refused } from "./refused";
import { served_log } from "./served";

/** What is asked of the worker, one question a worker. */
export type LogAsk = { trust: NamedTrust; now_ms: number } & (
  | { what: "audit"; remembered?: Remembered }
  | { what: "prove"; index: number }
  | { what: "find"; shown: string }
  | { what: "draw"; draw: string }
  | { what: "make"; frame: string; secret: string }
);

export interface DrawAnswer {
  number: string;
  kind: string;
  from: number;
  to: number;
  count: number;
  entered: number;
  drawn: number[];
  frames: number;
  undrawn: number;
  /** As `seawall oversee draw-make` writes it. */
  text: string;
}
export interface ProofAnswer {
  index: number;
  entry: Proven["entry"];
  text: string;
  hashes: number;
  size: number;
  root: string;
  file: string;
}
export interface LogAnswer {
  progress?: { done: number; size: number };
  checked?: Remembered;
  audited?: Remembered;
  proven?: ProofAnswer;
  drawn?: DrawAnswer;
  failed?: { code: Refused["code"] | "error"; words: string; before?: string; now?: string };
}

const channel = self as unknown as { postMessage(message: LogAnswer): void; onmessage: ((event: MessageEvent<LogAsk>) => void) | null };
const tell = (answer: LogAnswer): void => channel.postMessage(answer);
const on_progress = (done: number, size: number): void => tell({ progress: { done, size } });

async function prove(trust: NamedTrust, index: number): Promise<void> {
  const proven = await prove_entry(served_log(), trust_of(trust), index);
  const { entry, text, proof, head } = proven;
  const file = print_proof_file(proven);
  tell({ proven: { index, entry, text, hashes: proof.length, size: head.size, root: to_base64(head.root), file } });
}

async function find(trust: NamedTrust, now_ms: number, shown: string): Promise<void> {
  const record = shown_record(shown);
  if (!record) throw new Refused("a record is shown as JSON: {\"record\": ..., \"salt\": \"...\"}");
  let found: number | undefined;
  const on_entry = (index: number, entry: Proven["entry"]): void => {
    if (found === undefined && entry && opens(entry, record.salt, record.record)) found = index;
  };
  await audit(served_log(), trust_of(trust), undefined, { now_ms, on_progress, on_entry });
  if (found === undefined) throw new Refused("no entry of the log stands for this record and salt", "missing");
  await prove(trust, found);
}

async function facts_of(trust: NamedTrust, now_ms: number, facts: DrawFacts): Promise<void> {
  if (facts.frame.origin !== trust.origin) throw new Refused("the draw is of another log");
  await audit(served_log(), trust_of(trust), undefined, {
    now_ms,
    on_progress,
    on_entry: (index, entry) => facts.take(index, entry),
    sizes: [facts.frame.size],
    on_size: (_, root) => (facts.frame_root = root),
  });
}

function told(draw: ReturnType<typeof make_draw>, facts: DrawFacts): LogAnswer {
  const { kind, from, to, count } = draw.frame;
  const { entered, drawn } = draw;
  const number = draw_frame_number(draw.frame);
  return { drawn: { number, kind, from, to, count, entered, drawn, frames: facts.frames, undrawn: facts.undrawn.size, text: print_draw(draw) } };
}

function secret_in(text: string): Bytes {
  const hex = /^[0-9a-f]{64}$/.test(text.trim()) ? Uint8Array.from(text.trim().match(/../g)!, (two) => parseInt(two, 16)) : from_base64(text.trim());
  if (hex?.length !== 32) throw new Refused("a secret is 64 hex digits, as frame.json.secret has them");
  return hex;
}

async function answer(ask: LogAsk): Promise<void> {
  const { trust, now_ms } = ask;
  if (ask.what === "audit") {
    const on_checked = (checked: Remembered): void => tell({ checked });
    tell({ audited: await audit(served_log(), trust_of(trust), ask.remembered, { now_ms, on_progress, on_checked }) });
  } else if (ask.what === "prove") await prove(trust, ask.index);
  else if (ask.what === "find") await find(trust, now_ms, ask.shown);
  else if (ask.what === "draw") {
    const draw = draw_from_text(ask.draw);
    const facts = new DrawFacts(draw.frame);
    await facts_of(trust, now_ms, facts);
    check_draw(draw, facts);
    tell(told(draw, facts));
  } else {
    const frame = draw_frame_from_text(ask.frame);
    const secret = secret_in(ask.secret);
    const facts = new DrawFacts(frame);
    await facts_of(trust, now_ms, facts);
    tell(told(make_draw(frame, secret, facts), facts));
  }
}

channel.onmessage = ({ data }) => {
  answer(data).catch((thrown: unknown) => {
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    if (thrown instanceof Contradiction) tell({ failed: { code: thrown.code, words, before: thrown.before, now: thrown.now } });
    else tell({ failed: { code: thrown instanceof Refused ? thrown.code : "error", words } });
  });
};
