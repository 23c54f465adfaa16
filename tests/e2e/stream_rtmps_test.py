"""`seawall stream watch` with RTMP over TLS, and with the codecs of enhanced RTMP."""
import json
import shutil
import socket
import ssl
import subprocess
import threading
import unittest

from live_support import FFMPEG, NGINX, RTMP_MODULE, RtmpServer, ffmpeg, publish
from rtmp_stand_in import EnhancedServer
from stream_support import SECRET, WatchTest
from support import main

ENCODERS = subprocess.run([FFMPEG, "-hide_banner", "-encoders"], capture_output=True, check=False).stdout if FFMPEG else b""


class TlsProxy:
    """TLS with a certificate of its own for 127.0.0.1, in front of a port of this machine."""

    def __init__(self, folder, port):
        self.port_behind, self.certificate = port, folder / "certificate.pem"
        key = folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                        "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
                        self.certificate], check=True, capture_output=True, timeout=60)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(connection,), daemon=True).start()

    def carry(self, connection):
        try:
            with self.context.wrap_socket(connection, server_side=True) as outside, \
                    socket.create_connection(("127.0.0.1", self.port_behind)) as inside:
                threading.Thread(target=self.pump, args=(outside, inside), daemon=True).start()
                self.pump(inside, outside)
        except OSError:
            pass

    @staticmethod
    def pump(here, there):
        try:
            while data := here.recv(65536):
                there.sendall(data)
        except (OSError, ValueError):
            pass

    def close(self):
        self.socket.close()


def box(data, name):
    """The body of the first box of that name in an MP4 file."""
    at = data.index(name)
    return data[at + 4:at - 4 + int.from_bytes(data[at - 4:at], "big")]


def samples(path):
    """(is_key, bytes) of each packet of an MP4 file."""
    done = subprocess.run([shutil.which("ffprobe"), "-v", "error", "-select_streams", "v", "-show_entries",
                           "packet=pos,size,flags", "-of", "json", path], capture_output=True, check=True, timeout=60)
    data = path.read_bytes()
    return [("K" in each["flags"], data[int(each["pos"]):int(each["pos"]) + int(each["size"])])
            for each in json.loads(done.stdout)["packets"]]


@unittest.skipUnless(FFMPEG, "ffmpeg is not installed (apt-get install ffmpeg)")
class Rtmps(WatchTest):
    @unittest.skipUnless(NGINX and RTMP_MODULE.exists(), "nginx has no RTMP module (apt-get install libnginx-mod-rtmp)")
    def test_rtmp_over_tls_from_a_server_that_is_trusted_and_not_from_another(self):
        server = RtmpServer(self.folder)
        self.addCleanup(server.close)
        proxy, other = TlsProxy(self.folder, server.port), self.folder / "other"
        other.mkdir()
        stranger = TlsProxy(other, server.port)
        self.addCleanup(proxy.close)
        self.addCleanup(stranger.close)
        watch = self.watch("--ca-file", proxy.certificate, f"tls=rtmps://127.0.0.1:{proxy.port}/live/show?{SECRET}",
                           f"stranger=rtmps://127.0.0.1:{stranger.port}/live/show?{SECRET}",
                           f"plain=rtmps://127.0.0.1:{server.port}/live/show?{SECRET}")
        self.children.append(publish(self.videos.show, [server.url("show")]))
        told = self.all_told("tls")
        lines = self.finish(watch, 1, lambda seen: told(seen) and all("failing" in self.kinds(list(seen), name)
                                                                      for name in ("stranger", "plain")))
        print(f"RTMPS: time to detect {self.assert_detected(lines, 'tls'):.2f} s")
        reasons = {line["stream"]: line["reason"] for line in lines if line.get("kind") == "failing"}
        self.assertIn("not trusted", reasons["stranger"])
        for name in ("stranger", "plain"):
            self.assertEqual(self.matches(lines, name), [])

    def test_hevc_av1_and_vp9_of_enhanced_rtmp(self):
        encoders = {"hvc1": ("libx265", b"hvcC", "-preset", "ultrafast", "-tag:v", "hvc1", "-x265-params",
                             "keyint=50:min-keyint=50:bframes=0:log-level=error"),
                    "av01": ("libaom-av1", b"av1C", "-usage", "realtime", "-cpu-used", "8", "-g", "50", "-b:v", "400k"),
                    "vp09": ("libvpx-vp9", b"vpcC", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-b:v", "800k")}
        streams = []
        for codec, (encoder, setup, *words) in encoders.items():
            if f" {encoder} ".encode() not in ENCODERS:
                print(f"{encoder} is not there: {codec} is not tried")
                continue
            path = self.folder / f"{codec}.mp4"
            ffmpeg("-i", self.videos.show, "-t", 18, "-s", "320x180", "-c:v", encoder, *words, path)
            server = EnhancedServer(codec, samples(path), box(path.read_bytes(), setup))
            self.addCleanup(server.close)
            streams.append((codec, server))
        self.assertTrue(streams, "ffmpeg has none of the encoders")
        watch = self.watch(*[f"{codec}=rtmp://127.0.0.1:{server.port}/live/{SECRET}" for codec, server in streams])
        names = [codec for codec, _ in streams]
        lines = self.finish(watch, 1, self.all_told(*names))
        took = {name: round(self.assert_detected(lines, name), 2) for name in names}
        print(f"enhanced RTMP, GOP 2 s: time to detect {took} s")
        for _, server in streams:
            self.assertIn(b"\x00\x04hvc1", server.asked, "the player said what it reads")


if __name__ == "__main__":
    main()
