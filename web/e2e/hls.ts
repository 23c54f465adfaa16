import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const segment_s = 2;

function ffmpeg(...words: string[]): void {
  execFileSync("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", ...words], { timeout: 120_000 });
}

/** A harmless generated video, a minute's zoom into a fractal; and its transport stream in pieces of two seconds. */
export function video_in(folder: string): { file: string; segments: Buffer[] } {
  const file = join(folder, "fractal.mp4");
  const coded = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-g", "50", "-sc_threshold", "0", "-pix_fmt", "yuv420p"];
  ffmpeg("-f", "lavfi", "-t", "24", "-i", "mandelbrot=size=640x360:rate=25", ...coded, file);
  const pieces = join(folder, "pieces");
  mkdirSync(pieces);
  const cut = ["-f", "segment", "-segment_time", String(segment_s), "-segment_format", "mpegts"];
  ffmpeg("-i", file, "-c", "copy", ...cut, join(pieces, "%03d.ts"));
  return { file, segments: readdirSync(pieces).sort().map((name) => readFileSync(join(pieces, name))) };
}

/** A live playlist, one more piece every two seconds from the first question on. */
export class HlsOrigin {
  private readonly segments: Buffer[];
  private begun: number | undefined;
  private readonly server: HttpServer;

  private constructor(segments: Buffer[]) {
    this.segments = segments;
    this.server = createServer((request, response) => {
      const body = this.answer(request.url ?? "");
      response.writeHead(body === undefined ? 404 : 200, { "Content-Length": body?.length ?? 0 });
      response.end(body);
    });
  }

  static async start(segments: Buffer[]): Promise<HlsOrigin> {
    const origin = new HlsOrigin(segments);
    await new Promise<void>((done) => origin.server.listen(0, "127.0.0.1", done));
    return origin;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/index.m3u8`;
  }

  private answer(path: string): Buffer | undefined {
    this.begun ??= Date.now();
    const count = Math.min(this.segments.length, 2 + Math.floor((Date.now() - this.begun) / (1000 * segment_s)));
    const piece = /^\/(\d+)\.ts$/.exec(path);
    if (piece) return Number(piece[1]) < count ? this.segments[Number(piece[1])] : undefined;
    if (path !== "/index.m3u8") return undefined;
    const first = Math.max(0, count - 5);
    const head = ["#EXTM3U", "#EXT-X-VERSION:3", `#EXT-X-TARGETDURATION:${segment_s}`, `#EXT-X-MEDIA-SEQUENCE:${first}`];
    const rows = Array.from({ length: count - first }, (_, i) => `#EXTINF:${segment_s}.0,\n${first + i}.ts`);
    return Buffer.from([...head, ...rows, ""].join("\n"));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
