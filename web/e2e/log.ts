import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { program, type Server } from "./server";

/** A transparency log of a sample service, kept by the real programs: a signer, a witness, and a sequencer now and then. */
export class SampleLog {
  readonly keys: Record<"log" | "sequencer" | "witness", string>;
  private readonly server: Server;
  private readonly processes: ChildProcess[] = [];

  private constructor(server: Server) {
    this.server = server;
    const key = (name: string, what: string, holder: string): string => server.run("log", "keygen", "--for", what, holder, `${name}.key`).trim();
    this.keys = { log: key("log", "log", "lists.example/log"), sequencer: key("sequencer", "sequencer", "lists.example/seq"), witness: key("witness", "witness", "w.example/1") };
  }

  static async begin(server: Server): Promise<SampleLog> {
    const log = new SampleLog(server);
    mkdirSync(server.path("register"), { mode: 0o700 });
    await log.process("signer", "log", "sign", "signer", "--key", "log.key", "--sequencer", log.keys.sequencer);
    await log.process("w1", "witness", "w1", "--key", "witness.key", "--log", log.keys.log);
    log.grow();
    return log;
  }

  /** What the service's settings name. */
  settings(): string {
    const { log, witness } = this.keys;
    return `[orders]\nbook = "book"\nlog = "log"\nlog_keys = ["${log}"]\nwitness_keys = ["${witness}"]\n[oversight]\nregister = "register"\n`;
  }

  /** Brings what has happened into the log, twice: what is told of an entry's place comes after it. */
  grow(): void {
    for (let i = 0; i < 2; ++i) this.run_log("signer", "w1", "--overseer", "register", "--orders", "book");
  }

  private run_log(signer: string, witness: string, ...words: string[]): void {
    const at = (name: string): string => `unix:${this.server.path(`${name}.sock`)}`;
    const ports = ["--signer", `${this.keys.log}=${at(signer)}`, "--witness", `${this.keys.witness}=${at(witness)}`, "--quorum", "1"];
    this.server.run("log", "run", "log", "--sequencer-key", "sequencer.key", ...ports, ...words, "--once");
  }

  /**
   * Another and longer history, signed with the log's own keys and its witness's: what whoever has all of them could show.
   * Its folder takes the place of the log's.
   */
  async fork(): Promise<void> {
    const { server } = this;
    const wanted = this.size + 1;
    rmSync(server.path("log"), { recursive: true });
    const store = ["--store", "sqlite:other.db"];
    server.run("db", "create", ...store);
    for (let i = 0; i < wanted; ++i)
      server.run("lists", "create", `other-${i}`, "--purpose", "another past", "--owner", "nobody", "--why", "sample", ...store);
    await this.process("signer-2", "log", "sign", "signer-2", "--key", "log.key", "--sequencer", this.keys.sequencer);
    await this.process("w2", "witness", "w2", "--key", "witness.key", "--log", this.keys.log);
    this.run_log("signer-2", "w2", ...store);
  }

  get size(): number {
    return Number(readFileSync(this.server.path("log/checkpoint"), "utf8").split("\n")[1]);
  }

  stop(): void {
    for (const one of this.processes) one.kill("SIGTERM");
  }

  private async process(name: string, ...words: string[]): Promise<void> {
    const one = spawn(program, [...words, "--listen", `unix:${this.server.path(`${name}.sock`)}`], { cwd: this.server.path("."), stdio: ["ignore", "ignore", "pipe"] });
    this.processes.push(one);
    await new Promise<void>((ready, failed) => {
      let said = "";
      one.stderr!.on("data", (text: Buffer) => ((said += text.toString()), said.includes("listening") && ready()));
      one.once("exit", () => failed(new Error(`${name}: ${said}`)));
    });
  }
}

/** Errors and recommendations in the register, one of each sort. */
export function fill_register(server: Server): void {
  const book = ["--book", "register", "--as", "olga", "--why", "sample"];
  const error = (what: string, ...words: string[]): string => server.run("oversee", "record-error", "--what", what, ...book, ...words);
  error("two records too many were shown", "--kind", "reportable", "--serious", "--discovered", "2026-01-05T10:00:00Z");
  error("a wrong name in an application, caught before use", "--kind", "recordable");
  server.run("oversee", "tell-concerned", "1", "--not-yet", ...book);
  for (const [grade, what] of [["red", "count each record before it is shown"], ["amber", "name a second reviewer"], ["green", "keep it so"]] as const)
    server.run("oversee", "recommend", "--grade", grade, "--what", what, "--to", "list desk", "--by", "2099-01-31", ...book);
}
