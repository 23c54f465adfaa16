import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, openSync, closeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { png } from "./pictures";
import { secret_of, totp } from "./totp";

export const program = resolve(process.env["SEAWALL_PROGRAM"] ?? "../build/release/bin/seawall");
export const password = "correct horse battery";

/** People of the sample service, each with one role. Ada is the first, so an administrator. */
export const people = {
  ada: "administrator",
  mia: "list_manager",
  max: "list_manager",
  rita: "reviewer",
  olga: "overseer",
  vic: "viewer",
} as const;
export type Person = keyof typeof people;

/** A session that a test has without a page: for what stands before a journey. */
export interface Signed {
  cookie: string;
  csrf: string;
}

/**
 * The real `seawall serve` on a store of its own with harmless sample data, and web/dist as its console. Banks: `known` (24
 * entries in force, blocks), `watch` (6, has people look; two are the same pictures), `shared` (needs two persons; nothing in force).
 */
export class Server {
  readonly folder = mkdtempSync(join(tmpdir(), "seawall-console-"));
  /** Browsers keep the session's cookie for localhost, though it is not https. */
  url = "";
  readonly totp_secrets = new Map<Person, Buffer>();
  private readonly sessions = new Map<Person, Promise<Signed>>();
  private process: ChildProcess | undefined;
  private console = "";

  /**
   * Makes the store and starts; `settings` are added to the service's file of settings, before its listeners. Given as a
   * function, they are made once the store is there. `console`: the folder that is served as the web console.
   */
  static async start(settings: string | ((server: Server) => Promise<string>) = "", console = resolve("dist")): Promise<Server> {
    const server = new Server();
    server.console = console;
    server.make_store();
    await server.serve(typeof settings === "string" ? settings : await settings(server));
    return server;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs the program in the server's folder; gives what it prints. */
  run(...words: string[]): string {
    return execFileSync(program, words, {
      cwd: this.folder,
      env: this.environment(),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  picture(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...process.env, SEAWALL_STORE: "sqlite:lists.db", SEAWALL_ACCESS_KEY: "" };
  }

  private make_store(): void {
    this.run("db", "create");
    this.run("access", "init", "access.key");
    writeFileSync(this.path("password"), `${password}\n`, { mode: 0o600 });
    for (const [name, role] of Object.entries(people)) {
      this.run("accounts", "create", name, "--role", role, "--password-file", "password", "--why", "sample");
    }
    this.make_bank("known", 5000, 24, "--purpose", "sample: block these pictures", "--one-person");
    this.make_bank("watch", 5022, 6, "--purpose", "sample: have people look", "--one-person", "--action", "review");
    this.make_bank("shared", 0, 0, "--purpose", "sample: two persons agree");
  }

  /** A bank with pictures in force; they lie in a folder of its name. */
  private make_bank(bank: string, seed: number, pictures: number, ...words: string[]): void {
    this.run("lists", "create", bank, "--owner", "sample team", "--why", "sample", ...words);
    if (pictures === 0) return;
    mkdirSync(this.path(bank));
    for (let i = 0; i < pictures; ++i) {
      writeFileSync(this.path(`${bank}/picture-${i}.png`), png(seed + i));
    }
    const rows = this.run("hash", bank, "--json").trim().split("\n").map((line) => JSON.parse(line));
    const csv = rows.map((row) => `${row.path.split("/").at(-1)},${row.pdq},${row.md5}\n`).sort().join("");
    writeFileSync(this.path(`${bank}.csv`), `id,pdq,md5\n${csv}`);
    const told = this.run("lists", "import", bank, `${bank}.csv`, "--source", "samples", "--why", "sample", "--json");
    const release = JSON.parse(told.trim().split("\n").at(-1)!).release as number;
    this.run("lists", "activate", String(release), "--why", "sample");
  }

  private async serve(settings: string): Promise<void> {
    const log = openSync(this.path("serve.log"), "a");
    writeFileSync(this.path("serve.toml"), `console_folder = "${this.console}"\n${settings}`);
    const words = ["serve", "state", "--store", "sqlite:lists.db", "--listen", "127.0.0.1:0", "--json"];
    this.process = spawn(program, [...words, "--access-key", "access.key", "--config", "serve.toml"], {
      cwd: this.folder,
      env: this.environment(),
      stdio: ["ignore", "pipe", log],
    });
    closeSync(log);
    const lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done) throw new Error(`the service did not start: ${this.log()}`);
    const port = /:(\d+)$/.exec(JSON.parse(first.value).listening)![1];
    this.url = `http://localhost:${port}`;
    await this.ready();
  }

  private async ready(): Promise<void> {
    const until = Date.now() + 60_000;
    while (Date.now() < until) {
      if ((await fetch(`${this.url}/healthz/ready`).catch(() => undefined))?.ok) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`the service was not ready in 60 s: ${this.log()}`);
  }

  log(): string {
    return existsSync(this.path("serve.log")) ? readFileSync(this.path("serve.log"), "utf8") : "";
  }

  async stop(): Promise<void> {
    const ended = this.process && new Promise((done) => this.process!.once("exit", done));
    this.process?.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Stops the service's process for as long as `while_away` takes: it holds its address, and answers nothing. */
  async pause(while_away: () => Promise<void>): Promise<void> {
    this.process!.kill("SIGSTOP");
    try {
      await while_away();
    } finally {
      this.process!.kill("SIGCONT");
    }
  }

  /** A session of this person's that tests share; one that is ended must be got with `sign_in`. */
  signed_in(account: Person): Promise<Signed> {
    const known = this.sessions.get(account) ?? this.sign_in(account);
    this.sessions.set(account, known);
    return known;
  }

  async sign_in(account: Person): Promise<Signed> {
    const answer = await fetch(`${this.url}/v1/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ account, password }),
    });
    if (!answer.ok) throw new Error(`${account} could not sign in: ${await answer.text()}`);
    const cookie = answer.headers.get("set-cookie")!.split(";")[0]!;
    return { cookie, csrf: ((await answer.json()) as { csrf_token: string }).csrf_token };
  }

  /** Calls the service as a person, without a page. Throws where it refuses. */
  async call<T>(who: Signed, method: string, path: string, body?: unknown): Promise<T> {
    const raw = body instanceof Uint8Array;
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        Cookie: who.cookie,
        "X-CSRF-Token": who.csrf,
        ...(body === undefined ? {} : { "Content-Type": raw ? "application/octet-stream" : "application/json" }),
      },
      ...(body === undefined ? {} : { body: raw ? new Blob([body as Uint8Array<ArrayBuffer>]) : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** Gives a person a second factor, with the code of the step before, so that this step's can still be used. */
  async second_factor(account: Person): Promise<void> {
    const child = spawn(program, ["accounts", "second-factor", account, "--access-key", "access.key", "--why", "test"], {
      cwd: this.folder,
      env: this.environment(),
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = new Promise<number>((done) => child.once("exit", (code) => done(code ?? 1)));
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const secret = secret_of((await lines.next()).value as string);
    child.stdin!.end(`${totp(secret, Date.now() - 30_000)}\n`);
    if ((await ended) !== 0) throw new Error("the second factor was not taken");
    this.totp_secrets.set(account, secret);
  }
}
