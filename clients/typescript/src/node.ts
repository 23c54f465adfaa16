import { Agent, request } from "node:http";

/**
 * A `fetch` that talks over a Unix socket, for `new Client({ address: "http://localhost", fetch: unixFetch(path) })`.
 * Node.js only.
 */
export function unixFetch(socketPath: string): typeof fetch {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return async (input, init) => {
    const asked = new Request(input, init);
    const url = new URL(asked.url);
    const body = new Uint8Array(await asked.arrayBuffer());
    const headers: Record<string, string | number> = { Host: "localhost" };
    asked.headers.forEach((value, name) => (headers[name] = value));
    if (asked.method !== "GET") headers["Content-Length"] = body.byteLength;
    return new Promise<Response>((resolve, reject) => {
      const outgoing = request({ socketPath, agent, method: asked.method, path: url.pathname + url.search, headers });
      const abort = (): void => outgoing.destroy(new Error("aborted"));
      asked.signal.addEventListener("abort", abort);
      outgoing.on("error", reject);
      outgoing.on("response", (incoming) => {
        const pieces = incoming[Symbol.asyncIterator]();
        const stream = new ReadableStream<Uint8Array>({
          async pull(controller) {
            const piece = await pieces.next();
            if (piece.done === true) controller.close();
            else controller.enqueue(piece.value);
          },
          cancel: () => incoming.destroy(),
        });
        const named: [string, string][] = [];
        for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
          named.push([incoming.rawHeaders[i] ?? "", incoming.rawHeaders[i + 1] ?? ""]);
        }
        const empty = [204, 304].includes(incoming.statusCode);
        resolve(new Response(empty ? null : stream, { status: incoming.statusCode, headers: named }));
      });
      outgoing.end(body.byteLength === 0 ? undefined : body);
    });
  };
}
