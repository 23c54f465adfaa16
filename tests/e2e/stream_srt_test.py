"""`seawall stream watch` with SRT: ffmpeg waits for calls, and what goes wrong with them."""
import os
import signal
import socket
import subprocess
import time
import unittest

from live_support import FFMPEG, encode, ffmpeg
from stream_support import SECRET, WatchTest
from support import main


HAS_SRT = FFMPEG and b"  srt\n" in subprocess.run([FFMPEG, "-hide_banner", "-protocols"], capture_output=True,
                                              check=False).stdout


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@unittest.skipUnless(HAS_SRT, "ffmpeg has no SRT")
class Srt(WatchTest):
    def listener(self, port, video, query="", *words):
        """ffmpeg, which waits for a call and then sends its video as fast as it is played."""
        process = subprocess.Popen([FFMPEG, "-nostdin", "-loglevel", "error", "-re", "-i", str(video), "-map", "0:v", "-c", "copy",
                                    *words, "-f", "mpegts", f"srt://127.0.0.1:{port}?mode=listener{query}"],
                                   stderr=subprocess.DEVNULL)
        self.children.append(process)
        return process

    def test_calls_with_and_without_a_passphrase_and_what_is_wrong_with_them(self):
        hevc = self.folder / "show_hevc.mp4"
        ffmpeg("-i", self.videos.show, "-t", 20, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
               "keyint=50:log-level=error", hevc)
        mpeg2 = self.folder / "show_mpeg2.ts"
        ffmpeg("-i", self.videos.show, "-t", 20, "-c:v", "mpeg2video", "-g", 50, "-b:v", "2M", mpeg2)
        ports = {name: free_udp_port() for name in ("plain", "other", "hevc", "mpeg2", "secret", "wrong", "open", "noise", "nobody")}
        for name in ("plain", "open"):
            self.listener(ports[name], self.videos.show)
        self.listener(ports["other"], self.videos.other)
        self.listener(ports["hevc"], hevc)
        self.listener(ports["mpeg2"], mpeg2)
        for name in ("secret", "wrong"):
            self.listener(ports[name], self.videos.show, f"&passphrase={SECRET}01&pbkeylen=32")
        (self.folder / "noise").write_bytes(self.random.randbytes(20_000_000))
        self.children.append(subprocess.Popen(
            [FFMPEG, "-nostdin", "-loglevel", "error", "-f", "data", "-i", self.folder / "noise", "-map", "0", "-c", "copy",
             "-f", "data", f"srt://127.0.0.1:{ports['noise']}?mode=listener"], stderr=subprocess.DEVNULL))
        query = {name: f"?streamid={SECRET}" for name in ports}
        query["secret"] = f"?passphrase={SECRET}01"
        query["wrong"] = f"?passphrase={SECRET}02"
        query["open"] = f"?passphrase={SECRET}01"  # Its server has none.
        time.sleep(1)
        watch = self.watch(*[f"{name}=srt://127.0.0.1:{port}{query[name]}" for name, port in ports.items()])
        shows, refused = ("plain", "hevc", "mpeg2", "secret"), ("wrong", "open", "noise", "nobody")
        told = self.all_told(*shows)
        lines = self.finish(watch, 1, lambda seen: told(seen) and all("failing" in self.kinds(list(seen), name)
                                                                      for name in refused))
        took = {name: round(self.assert_detected(lines, name), 2) for name in shows}
        print(f"SRT, GOP 2 s: time to detect {took} s")
        for name in ("other", *refused):
            self.assertEqual(self.matches(lines, name), [])
        for name in ("wrong", "open"):  # ffmpeg ends when it has refused one: then nobody answers.
            reasons = [line["reason"] for line in lines if line.get("kind") == "failing" and line["stream"] == name]
            self.assertTrue([reason for reason in reasons if "passphrase" in reason], reasons)

    def test_a_server_that_stalls_and_one_that_restarts(self):
        late = self.folder / "late.mp4"  # 20 s of something else before the show.
        parts = self.folder / "late.txt"
        parts.write_text(f"file {self.videos.other}\noutpoint 20\nfile {self.videos.show}\n")
        encode(late, "-f", "concat", "-safe", 0, "-i", parts)
        ports = [free_udp_port(), free_udp_port()]
        stalls = self.listener(ports[0], late)
        restarts = self.listener(ports[1], self.videos.other)
        time.sleep(1)
        watch = self.watch(f"stalls=srt://127.0.0.1:{ports[0]}", f"restarts=srt://127.0.0.1:{ports[1]}")
        self.wait_for(lambda: len([line for line in list(watch.seen) if line.get("kind") == "started"]) == 2)
        restarts.kill()
        restarts.wait()
        os.kill(stalls.pid, signal.SIGSTOP)
        time.sleep(8)
        self.listener(ports[1], self.videos.show)
        os.kill(stalls.pid, signal.SIGCONT)
        lines = self.finish(watch, 1, self.all_told("stalls", "restarts"))
        self.assertIn("stalled", self.kinds(lines, "stalls"))
        self.assertIn("restarted", self.kinds(lines, "restarts"))
        for name in ("stalls", "restarts"):
            print(f"SRT that {name}: time to detect {self.assert_detected(lines, name):.2f} s")


if __name__ == "__main__":
    main()
