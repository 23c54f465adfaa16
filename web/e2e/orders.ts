import { writeFileSync } from "node:fs";
import type { Server } from "./server";

const passphrase = "correct horse battery";
const need = "We looked at every other source that we may use, and none of them tells us.";
const measure = "Two records only, of one tenant, for one week, seen by one person.";
const own_need = "I asked for the other sources and read them; the records are the only ones left.";
const own_measure = "The harm that may be averted is grave, and only the two named records are read.";
const grounds = "I have read the application and the files that it names, all of them.";
const roster = { ann: "custodian", bob: "custodian", cat: "custodian", amy: "applicant", dora: "approver", rolf: "reviewer" } as const;
type Signer = keyof typeof roster;

/** Orders of the tenant as they may stand: applied for, in force, cancelled. Gives their ids in that order. */
export function sample_orders(server: Server): string[] {
  writeFileSync(server.path("pass"), `${passphrase}\n`, { mode: 0o600 });
  const by = (who: Signer, ...words: string[]): string =>
    server.run(...words, "--book", "book", "--key", `${who}.person`, "--password-file", "pass").trim();
  const made = (who: Signer, ...words: string[]): string => (JSON.parse(by(who, ...words, "--json")) as { statement: string }).statement.slice(0, 16);
  const founders = Object.entries(roster).map(([name, role]) => `${server.run("person", "new", name, "--out", `${name}.person`, "--password-file", "pass").trim()}:${role}`);
  const first = made("ann", "roster", "init", ...founders);
  by("bob", "roster", "sign", first);
  by("cat", "roster", "sign", first);

  const wish = (record: string): string[] => [
    "--tenant", "default", "--record", record, "--action", "observation-lookup", "--issuer", "Example Board", "--legal-basis", "Example Act, section 4",
    "--purpose", "case 12", "--necessity", need, "--proportionality", measure, "--records-max", "5",
  ];
  const apply = (record: string): string => by("amy", "orders", "apply", ...wish(record));
  const grant = (record: string): string => {
    const order = apply(record);
    by("rolf", "orders", "review", order, "--opinion", "agrees", "--grounds", grounds);
    by("rolf", "orders", "sign", made("dora", "orders", "issue", order, "--necessity", own_need, "--proportionality", own_measure));
    return order;
  };
  const applied = apply("1.0");
  const in_force = grant("1.1");
  const cancelled = grant("1.2");
  by("dora", "orders", "cancel", cancelled, "--grounds", grounds);
  return [applied, in_force, cancelled];
}
