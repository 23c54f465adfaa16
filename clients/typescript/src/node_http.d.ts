// As much of Node.js's own types as src/node.ts uses, so that nothing has to be installed to compile it.
declare module "node:http" {
  interface Incoming extends AsyncIterable<Uint8Array> {
    statusCode: number;
    rawHeaders: string[];
    destroy(): void;
  }
  interface Outgoing {
    on(event: "error", listener: (error: Error) => void): this;
    on(event: "response", listener: (response: Incoming) => void): this;
    end(body?: Uint8Array): void;
    destroy(error: Error): void;
  }
  interface Options {
    socketPath: string;
    method: string;
    path: string;
    headers: Record<string, string | number>;
    agent: Agent;
  }
  export class Agent {
    constructor(options: { keepAlive: boolean; maxSockets: number });
  }
  export function request(options: Options): Outgoing;
}
