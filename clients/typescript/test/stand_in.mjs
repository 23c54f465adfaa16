// A server that stands in for the service: it says what a test told it to, and remembers what it was asked.
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";

export const chain = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
export const allow = {
  request_id: "r_0e1VbJ3Zk3", verdict: "allow", matches: [], reasons: [], observed: false,
  list_version: { number: 41, chain },
};
export const block = {
  ...allow, id: "post-17", verdict: "block", reasons: ["Entry 12.345 of bank known is 4 bits away."],
  matches: [{
    match: "12.345@post-17", entry: "12.345", bank: "known", source: "manual", signal: "pdq", distance: 4, radius: 31,
    standing: "enforced", action: "block", list_version: 38,
  }],
};
export const problem = (status, code, kind, more = {}) => ({
  type: `/problems/${kind}`, title: "A title", status, code, detail: "What to do.", request_id: "r_0e1VbJ3Zk2", ...more,
});

/** What to say: a status and a body, a string as it is; `{ hangUp: true }` closes without an answer; `never` waits. */
export const say = (status, body, headers = {}) => ({ status, body, headers });

/** Serves `answers` in turn. `t` is the test that it ends with. */
export async function standIn(t, answers, { tls, path } = {}) {
  const asked = [];
  const left = [...answers];
  const listener = (request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      const [target, query = ""] = request.url.split("?");
      const body = Buffer.concat(pieces);
      asked.push({ method: request.method, path: target, query: [...new URLSearchParams(query)], headers: request.headers,
        body, get json() { return JSON.parse(body); } });
      const answer = left.shift() ?? say(500, "");
      if (answer.hangUp) return request.socket.destroy();
      if (answer.never) return undefined;
      const kind = answer.status < 400 ? "application/json" : "application/problem+json";
      response.writeHead(answer.status, { "Content-Type": kind, ...answer.headers });
      return response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
    });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise((ready) => server.listen(path ?? { port: 0, host: "127.0.0.1" }, ready));
  t.after(() => new Promise((done) => { server.closeAllConnections(); server.close(done); }));
  const scheme = tls ? "https" : "http";
  return { asked, address: path ? "http://localhost" : `${scheme}://127.0.0.1:${server.address().port}` };
}
