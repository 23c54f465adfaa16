"""/v1/streams of `seawall serve` with real parts: nginx with its RTMP module, HLS over HTTP, real decoders, signed webhooks."""
import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import re
import signal
import sqlite3
import ssl
import stat
import subprocess
import threading
import time
import unittest
from urllib.parse import quote

from live_support import FFMPEG, NGINX, RTMP_MODULE, HlsOrigin, RtmpServer, Videos, free_port, publish
from serve_support import DEADLINE_S, ServeTest
from support import main

SECRET = "q7Zsecret"
SETTINGS = """webhook_networks = "127.0.0.1/32"
webhook_ca_file = "hook.pem"
[streams]
threads = 1
allowed_networks = ["127.0.0.1/32"]
"""
WHY = {"why": "test"}


class HookReceiver:
    """An https server that keeps what it gets, and answers with `status`."""

    def __init__(self, folder):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", "hook.key", "-out", "hook.pem", "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost"], cwd=folder, check=True, capture_output=True, timeout=60)
        receiver, self.got, self.status = self, [], 204

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body, receiver.status))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "hook.pem", folder / "hook.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self):
        return f"https://localhost:{self.server.server_port}/{SECRET}"

    def taken(self, secret):
        """What was answered with 2xx, its signature verified: webhook-id to body."""
        told = {}
        for headers, body, status in self.got:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            key = base64.b64decode(secret.removeprefix("whsec_"))
            mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
            assert "v1," + mine in headers["webhook-signature"].split(), headers
            assert told.get(headers["webhook-id"], body) == body, "the same id has the same bytes"
            if status // 100 == 2:
                told[headers["webhook-id"]] = body
        return {name: json.loads(body) for name, body in told.items()}

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@unittest.skipUnless(FFMPEG, "ffmpeg is not installed (apt-get install ffmpeg)")
class StreamsTest(ServeTest):
    def setUp(self):
        super().setUp()
        self.receiver = HookReceiver(self.folder)
        self.addCleanup(self.receiver.close)
        self.children = []
        self.addCleanup(self.end_children)
        made = json.loads(self.run_seawall(
            "keys", "create", "watcher", "--scope", "streams:read", "--scope", "streams:write", "--scope", "metrics",
            "--access-key", "access.key", "--why", "test", "--store", self.store, "--json", code=0).stdout)
        self.default_key, self.webhook_secret = made["secret"], made["webhook_secret"]

    def end_children(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait(20)

    def begin(self, settings="", **named):
        self.write("serve.toml", SETTINGS + settings)
        self.serve("--config", "serve.toml", **named)

    def kill(self):
        process, self.process = self.process, None
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE_S)
        process.stdout.close()
        self.log.close()

    def videos(self):
        """A video, listed in `known` (in force), `review` (in force, for people) and `staged` (silent)."""
        videos = Videos(self.folder)
        self.run_seawall("bank", "create", "clips", code=0)
        self.run_seawall("bank", "add", "clips", videos.listed, code=0)
        with sqlite3.connect(self.folder / "clips/entries.db") as bank:
            (print_bytes,), = bank.execute("SELECT print FROM clip")
        row = {"id": "clip", "carried": ["seawall-video:" + base64.b64encode(print_bytes).decode()]}
        self.write("clip.ndjson", json.dumps(row) + "\n")
        for name, deed, words in (("known", "activate", ()), ("staged", "stage", ()),
                                  ("two/elsewhere", "activate", ("--tenant", "two"))):
            self.lists(deed, self.propose(name, *words), "--why", "test")
        return videos

    def propose(self, name, *words):
        """Lists the video of clip.ndjson in a bank of that name; gives the release."""
        self.lists("create", name.split("/")[-1], "--purpose", "test", "--owner", "tests", "--why", "test", "--one-person",
                   *words)
        done = self.lists("import", name, "clip.ndjson", "--format", "ndjson", "--source", "test", "--why", "test", "--json")
        return str(json.loads(done.stdout.splitlines()[-1])["release"])

    def attach(self, name, url, status=201, **more):
        answer = self.ask("POST", "/v1/streams", {"name": name, "url": url, **more})
        self.assertEqual(answer.status, status, answer.body)
        self.assertNotIn(SECRET.encode(), answer.body)
        return answer

    def stream(self, name):
        answer = self.ask("GET", "/v1/streams/" + quote(name, safe=""))
        self.assertNotIn(SECRET.encode(), answer.body)
        return answer.json if answer.status == 200 else None

    def names(self, **named):
        return {one["name"] for one in self.ask("GET", "/v1/streams?limit=1000", **named).json["streams"]}

    def alerts(self, query="", **named):
        answer = self.ask("GET", "/v1/stream-alerts" + query, **named)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertNotIn(SECRET.encode(), answer.body)
        return answer.json["alerts"]

    def metric(self, name):
        text = self.ask("GET", "/metrics").body.decode()
        self.assertNotIn(SECRET, text)
        return float(re.search(rf"^{re.escape(name)} (\S+)$", text, flags=re.M)[1])

    def nothing_told_an_address(self):
        for path in [self.folder / "serve.log", *(self.folder / "state/streams").iterdir()]:
            self.assertNotIn(SECRET.encode(), path.read_bytes(), path)


class Told(StreamsTest):
    def nginx(self, hooks=""):
        if not NGINX or not RTMP_MODULE.exists():
            self.skipTest("nginx has no RTMP module (apt-get install libnginx-mod-rtmp)")
        server = RtmpServer(self.folder, hooks)
        self.addCleanup(server.close)
        return server

    def show(self, *words, **named):
        self.children.append(publish(*words, **named))
        return self.children[-1]

    def told(self, name, tier="three-aligned"):
        return [alert for alert in self.alerts(f"?stream={quote(name, safe='')}") if alert["tier"] == tier]

    def test_an_alert_is_told_once_whatever_is_killed(self):
        """RTMP and HLS; the receiver is away at first, and the service is killed before it is back."""
        videos, server = self.videos(), self.nginx()
        origin = HlsOrigin(SECRET)
        self.addCleanup(origin.close)
        origin.add("hls", videos.segments(videos.show))
        self.begin()
        self.receiver.status = 503
        cut_off = {"webhook": self.receiver.url(), "tier": "three-aligned"}
        made = self.attach("lobby", server.url("lobby") + "?key=" + SECRET, labels={"room": "4"}, cut_off=cut_off)
        self.assertEqual(made.headers["location"], "/v1/streams/lobby")
        self.assertEqual((made.json["protocol"], made.json["cut_off"]),
                         ("rtmp", {"tier": "three-aligned", "action": "block"}))
        again = self.attach("lobby", server.url("lobby") + "?key=" + SECRET, 200, labels={"room": "4"}, cut_off=cut_off)
        self.assertEqual(again.json["stream_id"], made.json["stream_id"])
        self.refused(self.attach("lobby", server.url("other"), 409), 409, "conflict")
        self.attach("other", server.url("other"))
        narrow = {"name": "live/hls", "url": origin.url("hls"), "banks": ["known"]}
        # The names of banks are read within a second or two of the start.
        self.wait_for(lambda: self.ask("POST", "/v1/streams", narrow).status == 201, "attached to one bank")
        self.show(videos.other, [server.url("other")])
        self.show(videos.show, [server.url("lobby")], at_s=self.random.choice([0, 2, 4]))
        self.wait_for(lambda: self.told("lobby") and self.told("live/hls"), "seen in both")
        alert = self.told("lobby")[0]
        self.assertEqual((alert["bank"], alert["action"], alert["silent"], alert["labels"]),
                         ("known", "block", False, {"room": "4"}))
        self.assertTrue(alert["evidence"]["frames"] and alert["evidence"]["pieces"])
        self.wait_for(lambda: self.receiver.got, "a webhook was tried")
        self.kill()
        self.receiver.status = 204
        self.begin()
        self.assertEqual(self.names(), {"lobby", "other", "live/hls"})
        self.assertIn(alert, self.alerts())
        told = {"msg_" + one["alert"] for one in self.told("lobby")}
        self.wait_for(lambda: told <= set(self.receiver.taken(self.webhook_secret)), "told once it was back")
        for body in self.receiver.taken(self.webhook_secret).values():
            self.assertEqual((body["type"], body["data"]["stream"]), ("stream.match", "lobby"))
            self.assertIn(body["data"], self.alerts())
        self.assertEqual(self.alerts("?stream=other"), [])
        silent = [one for one in self.alerts("?include_silent=true") if one["silent"]]
        self.assertEqual({one["bank"] for one in silent if one["stream"] == "lobby"}, {"staged"})
        self.assertEqual({one["bank"] for one in self.alerts("?stream=live%2Fhls&include_silent=true")}, {"known"})
        self.assertGreaterEqual(self.stream("lobby")["alerts"], 1)
        theirs = self.key("theirs", ("streams:read", "streams:write"), "--tenant", "two")
        self.assertEqual(self.names(key=theirs), set())
        self.assertEqual(self.alerts("?include_silent=true", key=theirs), [])
        self.refused(self.ask("GET", "/v1/streams/lobby", key=theirs), 404, "not-found")
        self.refused(self.ask("DELETE", "/v1/streams/lobby", key=theirs), 404, "not-found")
        bound = self.key("bound", ("streams:read", "streams:write"), "--bank", "staged")
        self.assertEqual(self.alerts(key=bound), [])
        self.assertEqual(self.names(key=bound), set())
        known = self.key("known", ("streams:read", "streams:write"), "--bank", "known", "--bank", "staged")
        self.assertEqual(self.names(key=known), {"live/hls"}, "others are watched for all banks")
        self.assertGreaterEqual(self.ask("GET", "/v1/streams/live%2Fhls", key=known).json["alerts"], 1)
        for key in (bound, known):
            self.refused(self.ask("GET", "/v1/streams/lobby", key=key), 404, "not-found")
            self.refused(self.ask("DELETE", "/v1/streams/lobby", key=key), 404, "not-found")
        self.refused(self.ask("DELETE", "/v1/streams/live%2Fhls", key=bound), 404, "not-found")
        tidied = "a_" + "0" * 32
        self.assertEqual(self.alerts("?after=" + tidied), self.alerts(), "what is not kept any more came before all")
        self.wait_for(lambda: self.metric("seawall_streams_pictures_total") > 0, "followed again")
        self.assertEqual(self.ask("DELETE", "/v1/streams/lobby").status, 204)
        self.assertIsNone(self.stream("lobby"))
        self.assertTrue(self.told("lobby"), "alerts stay")
        self.nothing_told_an_address()

    def test_a_showing_that_began_before_its_entry_was_in_force_is_told_when_it_is(self):
        """An entry that is proposed, then staged, then in force, while a stream shows it and afterwards."""
        videos = self.videos()
        release = self.propose("late")
        origin = HlsOrigin(SECRET)
        self.addCleanup(origin.close)
        origin.add("hls", videos.segments(videos.show))
        self.begin()
        self.attach("hls", origin.url("hls"), cut_off={"webhook": self.receiver.url(), "tier": "three-aligned"})
        self.wait_for(lambda: self.told("hls"), "seen")
        self.assertNotIn("last_shown", self.told("hls")[0])
        late = lambda: [one for one in self.alerts("?include_silent=true") if one["bank"] == "late"]  # noqa: E731
        self.assertEqual(late(), [], "nothing is noted of what is proposed")
        self.wait_for(lambda: self.metric("seawall_streams_showings_waiting") >= 2, "of the banks staged and late")
        self.lists("stage", release, "--why", "test")
        self.wait_for(late, "noted when it is staged")
        self.assertTrue(all(one["silent"] and one["last_shown"] for one in late()))
        self.lists("activate", release, "--why", "test")
        self.wait_for(lambda: [one for one in late() if not one["silent"]], "told when it is in force")
        silent, told = late()[0], next(one for one in late() if not one["silent"])
        self.assertNotEqual(silent["alert"], told["alert"])
        self.assertEqual((told["is_rise"], told["tier"], told["stream"]), (False, "three-aligned", "hls"))
        self.assertLessEqual(told["last_shown"], told["at"])
        self.assertLessEqual(told["evidence"]["at"], told["at"])
        sent = lambda: [body["data"] for body in self.receiver.taken(self.webhook_secret).values()]  # noqa: E731
        self.wait_for(lambda: told in sent(), "sent")
        self.assertNotIn(silent, sent())
        self.nothing_told_an_address()

    def test_a_media_servers_streams_come_and_go(self):
        self.videos()
        port = free_port()
        tap = quote("rtmp://127.0.0.1:{port}/{app}/{name}", safe="")
        hook = f"http://127.0.0.1:{port}/v1/stream-hooks/nginx-rtmp?token={self.default_key}&tap="
        server = self.nginx(f"on_publish {hook}TAP; on_publish_done {hook}TAP;")
        server.close()
        conf = server.folder / "nginx.conf"
        conf.write_text(conf.read_text().replace("TAP", tap.replace("%7Bport%7D", str(server.port))))
        server.process = subprocess.Popen([NGINX, "-p", server.folder, "-c", conf], stderr=subprocess.DEVNULL)
        self.begin(listen=f"127.0.0.1:{port}")
        child = self.show(self.folder / "other.mp4", [server.url("cam1")])
        self.wait_for(lambda: self.stream("live/cam1") and self.stream("live/cam1")["phase"] == "live", "live")
        self.assertTrue(self.stream("live/cam1")["by_hook"])
        child.kill()
        self.wait_for(lambda: self.stream("live/cam1") is None, "gone")
        for server_name, body in (("srs", {"action": "on_publish", "app": "live", "stream": "a"}),
                                  ("mediamtx", {"action": "ready", "path": "live/b"})):
            where = f"/v1/stream-hooks/{server_name}?tap={quote('rtmp://127.0.0.1:1999/{path}', safe='')}"
            self.assertEqual(self.ask("POST", where, body).body, b"0")
        self.assertEqual(self.names(), {"live/a", "live/b"})
        self.refused(self.ask("POST", where.replace("tap=", "tapp="), body), 400, "invalid-input")
        self.refused(self.ask("POST", where.replace("rtmp", "x"), body, key=None), 401, "unauthenticated")
        self.refused(self.ask("POST", "/v1/stream-hooks/wowza?tap=x", body), 404, "not-found")
        inside = self.ask("POST", where.replace("127.0.0.1", "10.0.0.1").replace("mediamtx", "srs"),
                          {"action": "on_publish", "app": "live", "stream": "c"})
        self.assertEqual(inside.status, 200, "a publisher is not refused for what this cannot follow")
        self.assertEqual(self.metric('seawall_streams_hooks_total{what="failed"}'), 1)
        self.attach("mine/d", "rtmp://127.0.0.1:1999/live/d")
        gone = {"action": "on_unpublish", "app": "mine", "stream": "d"}
        self.ask("POST", where.replace("mediamtx", "srs"), gone)
        self.assertIn("mine/d", self.names(), "what somebody attached, nobody else detaches")

    def test_tells_of_trouble_without_the_address(self):
        self.begin()
        self.attach("nowhere", f"https://no-such-host.invalid/{SECRET}.m3u8")
        self.wait_for(lambda: self.stream("nowhere").get("trouble"), "in trouble")
        self.assertNotIn(b"no-such-host", self.ask("GET", "/v1/streams").body)

    def test_overload_lowers_sampling_and_drops_no_stream(self):
        videos = self.videos()
        origin = HlsOrigin(SECRET)
        self.addCleanup(origin.close)
        origin.add("many", videos.segments(videos.other))
        origin.end("many")
        self.begin('profile = "thorough"\n')
        names = {f"s{i}" for i in range(64)}  # Four pieces of each wait for one thread: far more than a second.
        for name in names:
            self.attach(name, origin.url("many"))
        seen = lambda: self.ask("GET", "/v1/streams").json  # noqa: E731
        self.wait_for(lambda: seen()["load"]["spacing_s"] > 0, "overloaded")
        self.assertGreater(self.metric("seawall_streams_spacing_seconds"), 0)
        self.wait_for(lambda: sum(one["pieces"]["left_out"] for one in seen()["streams"]) > 0, "left out, and counted")
        self.assertEqual({one["name"] for one in seen()["streams"]}, names)
        self.assertEqual(self.ask("GET", "/healthz/ready", key=None).status, 200)


class Kept(StreamsTest):
    def test_what_was_acknowledged_survives_kills_at_any_time(self):
        there, gone = set(), set()
        for round_ in range(4):
            self.begin()
            self.assertTrue(there <= self.names(), f"round {round_}")
            self.assertFalse(gone & self.names(), f"round {round_}")
            stopped = threading.Event()
            killer = threading.Timer(self.random.uniform(0.05, 0.6), lambda: (self.process.kill(), stopped.set()))
            killer.start()
            number = 0
            while number < 500 and not stopped.is_set():
                number += 1
                name = f"r{round_}-{number}"
                try:
                    if self.ask("POST", "/v1/streams", {"name": name, "url": f"rtmp://127.0.0.1:1999/{SECRET}/{name}"}).status == 201:
                        there.add(name)
                    if there and number % 3 == 0:
                        victim = self.random.choice(sorted(there))
                        there.discard(victim)
                        if self.ask("DELETE", "/v1/streams/" + victim).status == 204:
                            gone.add(victim)
                except (OSError, http.client.HTTPException):
                    break
            killer.join()
            self.kill()
        self.assertGreater(len(there), 3)
        self.begin()
        self.assertTrue(there <= self.names())
        self.assertFalse(gone & self.names())
        print(f"{len(there)} attached, {len(gone)} detached, 4 kills")
        for path in (self.folder / "state/streams").iterdir():
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600, path)
        self.nothing_told_an_address()

    def test_bad_addresses_and_names_are_refused_and_not_repeated(self):
        self.begin()
        for url in (f"http://10.0.0.1/{SECRET}", f"https://169.254.169.254/{SECRET}", f"rtmp://[::1]/live/{SECRET}",
                    f"gopher://live.example/{SECRET}", f"https://user:{SECRET}@live.example/a.m3u8", f"/{SECRET}",
                    f"http://127.0.0.2:8080/{SECRET}", f"file:///{SECRET}", f"rtmp://127.0.0.1:25/live/{SECRET}",
                    f"rtmp://live.example/{SECRET}", f"rtmp://live.example//{SECRET}", f"srt://live.example?streamid={SECRET}",
                    f"srt://live.example:9000?mode=listener&streamid={SECRET}", f"rtsp://%4:{SECRET}@live.example/"):
            self.refused(self.attach("bad", url, 400), 400, "url-refused")
        for name in ("a b", "../a", "a//b", "", "ä"):
            self.refused(self.attach(name, f"rtmp://127.0.0.1:1999/{SECRET}/a", 400), 400, "invalid-input")
        self.refused(self.attach("bad", "rtmp://127.0.0.1:1999/a/a", 404, banks=["nowhere"]), 404, "not-found")
        for webhook in ("http://localhost/x", f"https://u:{SECRET}@localhost/x", "https://localhost:22/x"):
            self.refused(self.attach("bad", "rtmp://127.0.0.1:1999/a/a", 400, cut_off={"webhook": webhook}), 400,
                         "invalid-input")
        self.assertEqual(self.names(), set())
        self.attach("named", f"http://nowhere.invalid/{SECRET}.m3u8")
        self.wait_for(lambda: self.stream("named")["phase"] == "failing", "failing")
        self.assertTrue(self.stream("named")["trouble"])
        self.nothing_told_an_address()

    def test_admission_is_bounded_and_pages_are_whole(self):
        self.begin("streams_max = 5\ntenant_streams_max = 4\n")
        for i in range(4):
            self.attach(f"a{i}", f"rtmp://127.0.0.1:1999/live/a{i}")
        self.refused(self.attach("a4", "rtmp://127.0.0.1:1999/live/a4", 409), 409, "conflict")
        self.assertFalse(self.ask("GET", "/v1/streams").json["load"]["admits"], "the tenant has all that it may have")
        page = self.ask("GET", "/v1/streams?limit=3").json
        self.assertEqual(([one["name"] for one in page["streams"]], page["next"]), (["a0", "a1", "a2"], "a2"))
        self.assertEqual(self.ask("GET", "/v1/streams?after=a2&limit=3").json["next"], None)
        theirs = self.key("theirs", ("streams:read", "streams:write"), "--tenant", "two")
        self.assertTrue(self.ask("GET", "/v1/streams", key=theirs).json["load"]["admits"])
        body = {"name": "a0", "url": "rtmp://127.0.0.1:1999/live/theirs"}
        self.assertEqual(self.ask("POST", "/v1/streams", body, key=theirs).status, 201)
        full = self.ask("POST", "/v1/streams", {**body, "name": "a1"}, key=theirs)
        self.refused(full, 503, "overloaded")
        self.assertEqual(full.headers["retry-after"], "60")
        self.assertFalse(self.ask("GET", "/v1/streams").json["load"]["admits"])
        self.assertEqual(self.metric("seawall_streams_admitted"), 0)
        self.assertEqual(self.metric('seawall_streams_refused_total{why="full"}'), 2)
        self.refused(self.ask("GET", "/v1/stream-alerts?after=a_nothing"), 400, "invalid-input")

    def test_a_service_that_follows_none_says_how_to_switch_it_on(self):
        self.serve()
        for method, path, body in (("GET", "/v1/streams", None), ("POST", "/v1/streams", {}),
                                   ("GET", "/v1/stream-alerts", None), ("DELETE", "/v1/streams/a", None)):
            self.assertIn("[streams]", self.refused(self.ask(method, path, body), 501, "not-served")["detail"])
        self.assertFalse((self.folder / "state/streams").exists())


if __name__ == "__main__":
    main()
