"""`seawall stream watch` with real parts: HLS over HTTP, nginx with its RTMP module, ffmpeg's packets, real decoders."""
import base64
import hashlib
import hmac
import http.server
import json
import re
import threading
import time
import unittest
import urllib.error
import urllib.request

from live_support import FFMPEG, NGINX, RTMP_MODULE, SEGMENT_S, HlsOrigin, RtmpServer, Rude, encode, free_port
from stream_support import SECRET, WatchTest
from support import SEED, main


@unittest.skipUnless(FFMPEG, "ffmpeg is not installed (apt-get install ffmpeg)")
class Streams(WatchTest):
    def origin(self):
        origin = HlsOrigin(SECRET)
        self.addCleanup(origin.close)
        return origin

    def nginx(self, hooks=""):
        if not NGINX or not RTMP_MODULE.exists():
            self.skipTest("nginx has no RTMP module (apt-get install libnginx-mod-rtmp)")
        server = RtmpServer(self.folder, hooks)
        self.addCleanup(server.close)
        return server

    def test_hls_whatever_the_stream_does(self):
        """One process, eight streams: a good one, an unrelated one, and ones that lie, stall, break and change."""
        show = self.videos.segments(self.videos.show)
        other = self.videos.segments(self.videos.other)
        small = self.folder / "small.mp4"
        encode(small, "-i", self.videos.show, size="320x180")
        small = self.videos.segments(small)
        origin = self.origin()
        origin.add("good", show)
        origin.add("other", other)
        lies = [self.videos.shown_at(segment, self.random.choice([-1, 1]) * self.random.randrange(100, 50_000))
                for segment in show]
        origin.add("lies", lies)
        origin.add("stalls", show, pause=(3, 9))
        origin.add("changes", [(show if i < 6 else small)[i] for i in range(len(show))], discontinuities=[6])
        origin.add("garbage", [self.random.randbytes(50_000) for _ in show])
        broken = [segment[:len(segment) * 2 // 3] if i % 3 == 1 else segment for i, segment in enumerate(show)]
        origin.add("broken", broken)
        names = list(origin.streams)
        (self.folder / "streams.txt").write_text("# ours\n\n" + "".join(f"{n} {origin.url(n)}\n" for n in names)
                                                 + f"gone {origin.url('none')}\n")
        watch = self.watch("--streams", "streams.txt", "--evidence", "evidence.ndjson", "--signals", "signals")
        shows = ("good", "lies", "changes", "broken", "stalls")
        told = self.all_told(*shows)
        lines = self.finish(watch, 1, lambda seen: told(seen) and "resumed" in self.kinds(list(seen), "stalls"))
        took = [self.assert_detected(lines, name) for name in shows]
        print(f"HLS, {SEGMENT_S} s segments: time to detect {[round(each, 1) for each in took]} s")
        for name in ("other", "garbage", "gone"):
            self.assertEqual(self.matches(lines, name), [])
        self.assertIn("stalled", self.kinds(lines, "stalls"))
        self.assertIn("resumed", self.kinds(lines, "stalls"))
        self.assertTrue([line for line in lines if line["event"] == "blind" and line["stream"] == "garbage"])
        self.assertIn("failing", self.kinds(lines, "gone"))
        self.check_evidence(self.matches(lines))
        signals = b"".join(path.read_bytes() for path in (self.folder / "signals").iterdir())
        self.assertEqual({json.loads(line)["stream"] for line in signals.splitlines()},
                         {"good", "other", "lies", "stalls", "changes", "broken"})
        self.assertNotIn(SECRET.encode(), signals)

    def check_evidence(self, told):
        kept = [json.loads(line) for line in (self.folder / "evidence.ndjson").read_text().splitlines()]
        self.assertEqual(kept, told, "what is told was written down")
        self.assertNotIn(SECRET, json.dumps(kept))
        for match in kept:
            self.assertEqual(match["entry"], str(self.videos.listed))
            self.assertRegex(match["pieces"][0]["sha256"], "^[0-9a-f]{64}$")
            self.assertTrue(match["frames"])
            for frame in match["frames"]:
                self.assertRegex(frame["pdq"], "^[0-9a-f]{64}$")

    def test_hls_that_is_over_ends_the_watch(self):
        origin = self.origin()
        origin.add("vod", self.videos.segments(self.videos.show))
        origin.end("vod")
        lines = self.finish(self.watch(f"vod={origin.url('vod')}"), 1)
        self.assertEqual(self.matches(lines, "vod")[-1]["tier"], "three-aligned")
        self.assertEqual(self.kinds(lines, "vod")[-1], "ended")

    def test_frames_of_a_benign_bank_are_never_told(self):
        self.run_seawall("bank", "create", "benign", code=0)
        self.run_seawall("bank", "add", "benign", self.videos.listed, "--id", "known", code=0)
        origin = self.origin()
        origin.add("shows", self.videos.segments(self.videos.show))
        origin.end("shows")
        watch = self.watch("--benign", "benign", "shows=" + origin.url("shows"))
        self.assertEqual(self.matches(self.finish(watch, 0)), [])
        self.assertTrue(self.matches(self.finish(self.watch("shows=" + origin.url("shows")), 1)))

    def test_rtmp_many_streams(self):
        """18 streams of which 12 show the clip at random times; servers that say nonsense, or nothing."""
        server = self.nginx()
        noise, silent = Rude(True, SEED), Rude(False, SEED)
        self.addCleanup(noise.close)
        self.addCleanup(silent.close)
        groups = [[f"shows{group}-{i}" for i in range(4)] for group in range(3)]
        others = [f"other{i}" for i in range(6)]
        streams = [f"{name}={server.url(name)}?key={SECRET}" for group in [*groups, others] for name in group]
        streams += [f"noise=rtmp://127.0.0.1:{noise.port}/live/{SECRET}", f"silent=rtmp://127.0.0.1:{silent.port}/l/{SECRET}",
                    f"nobody=rtmp://127.0.0.1:{free_port()}/live/{SECRET}", f"lies={server.url('lies')}"]
        watch = self.watch(*streams)
        time.sleep(1)
        self.publish(self.videos.other, [server.url(name) for name in others])
        lying = ["-bsf:v", "setts=ts=TS/10"]
        self.publish(self.videos.show, [server.url("lies")], *lying)
        for group in groups:
            time.sleep(self.random.uniform(0, 2))
            self.publish(self.videos.show, [server.url(name) for name in group], at_s=self.random.choice([0, 2, 4]))
        told = self.all_told(*[name for group in groups for name in group])
        rude = ("noise", "silent", "nobody")
        lines = self.finish(watch, 1, lambda seen: told(seen) and all("failing" in self.kinds(list(seen), name)
                                                                      for name in rude))
        took = sorted(self.assert_detected(lines, name) for group in groups for name in group)
        print(f"RTMP, 22 streams, GOP 2 s: time to detect median {took[len(took) // 2]:.2f} s, most {took[-1]:.2f} s")
        self.assertTrue(self.matches(lines, "lies"), "ten times as slow as it says")
        for name in [*others, *rude]:
            self.assertEqual(self.matches(lines, name), [])
        for name in rude:
            self.assertIn("failing", self.kinds(lines, name))

    def test_rtmp_that_restarts_and_sparse_key_pictures(self):
        server = self.nginx()
        sparse = self.folder / "sparse.mp4"
        encode(sparse, "-i", self.videos.show, gop=500)
        watch = self.watch(f"back={server.url('back')}", f"sparse={server.url('sparse')}")
        first = self.publish(self.videos.other, [server.url("back")])
        self.publish(sparse, [server.url("sparse")])
        time.sleep(6)
        first.kill()
        first.wait()
        time.sleep(3)
        self.publish(self.videos.show, [server.url("back")])
        lines = self.finish(watch, 1, self.all_told("back", "sparse"))  # 20 s between sparse's key pictures.
        for name in ("back", "sparse"):
            self.assert_detected(lines, name)

    def test_hooks_attach_detach_and_cut_off(self):
        """nginx tells of its publishers, the watch follows them, and has the one that shows the clip dropped."""
        watch_port = free_port()
        (self.folder / "token").write_text("token = t0ken\n")
        (self.folder / "secret").write_text("secret = whsec_" + base64.b64encode(bytes(range(32))).decode() + "\n")
        for name in ("token", "secret"):
            (self.folder / name).chmod(0o600)
        hook = f"http://127.0.0.1:{watch_port}/hooks/nginx-rtmp?token=t0ken"
        server = self.nginx(f"on_publish {hook}; on_publish_done {hook};")
        receiver = Receiver(server, bytes(range(32)))
        self.addCleanup(receiver.close)
        watch = self.watch("--listen", f"127.0.0.1:{watch_port}", "--token-file", "token", "--tap",
                           f"rtmp://127.0.0.1:{server.port}/{{app}}/{{name}}", "--cut-off", receiver.url(),
                           "--cut-off-secret", "secret")
        self.wait_for(lambda: self.get(watch_port, "/health") == b"ok\n")
        guilty = self.publish(self.videos.show, [server.url("guilty")])
        self.publish(self.videos.other, [server.url("innocent")])
        self.wait_for(lambda: self.streams(watch_port) == {"live/guilty": "live", "live/innocent": "live"})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.get(watch_port, "/streams?token=wrong")
        self.assertEqual(refused.exception.code, 401)
        self.wait_for(lambda: receiver.calls)
        self.assertEqual(receiver.calls[0]["data"]["stream"], "live/guilty")
        self.assertEqual(receiver.calls[0]["data"]["tier"], "three-aligned")
        self.wait_for(lambda: self.streams(watch_port) == {"live/innocent": "live"})
        metrics = self.get(watch_port, "/metrics?token=t0ken").decode()
        self.assertRegex(metrics, r'seawall_stream_pictures_total\{stream="live/innocent"\} [1-9]')
        self.assertIn("seawall_streams_matches_total", metrics)
        self.assertIsNotNone(guilty.wait(20), "its publisher was cut off")
        lines = self.finish(watch, 1, lambda _: True)
        self.assertEqual({match["stream"] for match in self.matches(lines)}, {"live/guilty"})

    @staticmethod
    def get(port, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.read()

    def streams(self, port):
        states = json.loads(self.get(port, "/streams?token=t0ken"))
        return {state["name"]: state["phase"] for state in states["streams"]}

    def test_refusals_say_what_to_do_and_never_the_address(self):
        done = self.run_seawall("stream", "watch", "--bank", "bank", f"a=http://127.0.0.1:1/{SECRET}.m3u8",
                                f"b=rtmp://127.0.0.1:1/live/{SECRET}", "--for", "2", "--json", code=0)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        for name in "ab":
            reasons = [line["reason"] for line in lines if line.get("stream") == name and line["kind"] == "failing"]
            self.assertTrue(reasons)
        self.assertNotIn(SECRET.encode(), done.stdout + done.stderr)
        for words in ([f"gopher://{SECRET}/x"], [f"rtmps://h/{SECRET}"], [SECRET], []):
            done = self.run_seawall("stream", "watch", "--bank", "bank", *words)
            self.assertIn(done.returncode, (2, 3), words)
            self.assertNotIn(SECRET.encode(), done.stdout + done.stderr)
        self.run_seawall("bank", "create", "empty", code=0)
        done = self.run_seawall("stream", "watch", "--bank", "empty", "http://127.0.0.1:1/x", code=3)
        self.assertIn(b"seawall bank add", done.stderr)


class Receiver:
    """Of cut-offs: checks the signature, and has nginx drop the publisher."""

    def __init__(self, server, key):
        calls = self.calls = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
                expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
                right = hmac.compare_digest(self.headers["webhook-signature"], expected)
                self.send_response(200 if right else 403)
                self.send_header("Content-Length", "0")
                self.end_headers()
                if not right:
                    return
                call = json.loads(body)
                app, name = re.fullmatch(r"(.*)/(.*)", call["data"]["stream"]).groups()
                urllib.request.urlopen(
                    f"http://127.0.0.1:{server.http_port}/control/drop/publisher?app={app}&name={name}", timeout=10).close()
                calls.append(call)

            def log_message(self, *_words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/cut"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


if __name__ == "__main__":
    main()
