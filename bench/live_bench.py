#!/usr/bin/env python3
"""What watching live RTMP streams costs: the real program, nginx with its RTMP module, and publishers that replay packets.

    live_bench [--json] [--full] [--streams N] [--size 640x360] [--seconds S]
A few published streams are played under many names, each over a connection of its own; one in eight shows a listed clip,
from a random time on. CPU and memory are those of seawall and its video_workers alone.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime
from pathlib import Path

ROOT = next(folder for folder in Path(__file__).resolve().parents if (folder / "tests/e2e").is_dir())
sys.path.insert(0, str(ROOT / "tests/e2e"))
import live_support as live  # noqa: E402

PROGRAM = os.environ.get("SEAWALL_PROGRAM") or str(Path(__file__).resolve().parent / "seawall")
TICK = os.sysconf("SC_CLK_TCK")
PUBLISHED = 16
SHOWING = (3, 11)  # Of those: one in eight shows the clip.


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--full", action="store_true", help="300 streams for 90 s")
    parser.add_argument("--photos")
    parser.add_argument("--streams", type=int)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--seconds", type=int)
    chosen = parser.parse_args()
    chosen.streams = chosen.streams or (300 if chosen.full else 100)
    chosen.seconds = chosen.seconds or 36
    return chosen


def family(pid):
    """The process and its children."""
    pids = [pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                pids.append(int(path.parent.name))
        except OSError:
            pass
    return pids


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            # A worker that was replaced counts with what its parent has waited for.
            total += sum(int(field) for field in (fields[11:15] if pid == pids[0] else fields[11:13]))
        except OSError:
            pass
    return total / TICK


def resident_mb(pids):
    """Each page counted once among those who share it."""
    total = 0
    for pid in pids:
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                total += int(line.split()[1]) if line.startswith("Pss:") else 0
        except OSError:
            pass
    return total / 1024


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


def lag_quantile(metrics, part, what="lag"):
    """The bound of the bucket that holds it; nan: there was none."""
    rows = [line.split() for line in metrics.splitlines() if line.startswith(f"seawall_streams_{what}_seconds_bucket")]
    whole = float(rows[-1][1]) if rows else 0
    if whole == 0:
        return float("nan")
    for name, count in rows:
        if float(count) >= part * whole:
            return float(name.split('"')[1].replace("+Inf", "inf"))
    return float("nan")


def figure(chosen, name, value, unit, goal=None, met=None):
    if chosen.json:
        print(json.dumps({"name": name, "ours": round(value, 4), "peer": None, "ratio": None, "unit": unit, "goal": goal,
                          "met": met}), flush=True)
    else:
        print(f"{name:<58} {value:12.4g} {'-':>12} {'-':>9}  {unit:<10} {goal or ''}"
              + ("" if met is None else "  met" if met else "  NOT MET"), flush=True)


def run(chosen, folder):
    videos = live.Videos(folder, chosen.size)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True, "cwd": folder}
    subprocess.run([PROGRAM, "bank", "create", "bank"], **quiet)
    subprocess.run([PROGRAM, "bank", "add", "bank", videos.listed], **quiet)
    server = live.RtmpServer(folder)
    names = [f"{'show' if i in SHOWING else 'other'}{i}" for i in range(PUBLISHED)]
    (folder / "streams").write_text("".join(f"{names[i % PUBLISHED]}-{i} {server.url(names[i % PUBLISHED])}\n"
                                            for i in range(chosen.streams)))
    port = live.free_port()
    watch = subprocess.Popen([PROGRAM, "stream", "watch", "--bank", "bank", "--json", "--allow-network", "127.0.0.1/32",
                              "--streams", "streams", "--listen", f"127.0.0.1:{port}", "--for",
                              str(chosen.seconds + 8)], stdout=subprocess.PIPE, cwd=folder)
    time.sleep(2)
    idle = resident_mb(family(watch.pid))
    draw = random.Random(20261122)
    children = []
    for name in names:
        children.append(live.publish(videos.show if name.startswith("show") else videos.other, [server.url(name)],
                                     at_s=draw.choice([0, 2, 4])))
        time.sleep(draw.uniform(0.1, 0.4))
    time.sleep(6)  # All are connected, and decoders have started.
    begun, used = time.monotonic(), cpu_seconds(family(watch.pid))
    time.sleep(chosen.seconds - 12)
    wall, cpu = time.monotonic() - begun, cpu_seconds(family(watch.pid)) - used
    memory = resident_mb(family(watch.pid))
    metrics = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    lines = [json.loads(line) for line in watch.communicate(timeout=120)[0].splitlines()]
    for child in children:
        child.kill()
        child.wait()
    server.close()
    if os.environ.get("LIVE_BENCH_TRACE"):
        Path(os.environ["LIVE_BENCH_TRACE"]).write_text("\n".join(json.dumps(line) for line in lines if line["event"] != "match") + metrics)
    report(chosen, {"cpu": cpu / wall, "memory": (memory - idle) / chosen.streams, "metrics": metrics, "lines": lines})


def report(chosen, seen):
    what = f"{chosen.streams} RTMP streams {chosen.size}, GOP 2 s"
    first = {}
    for line in seen["lines"]:
        if line["event"] == "match":
            first.setdefault(line["stream"], line)
    took = [seconds(m["at"]) - seconds(m["begin"]) + m["listed_begin_ms"] / 1000 - live.LISTED_FROM_S for m in first.values()]
    expected = sum(1 for i in range(chosen.streams) if i % PUBLISHED in SHOWING)
    false = sum(1 for name in first if name.startswith("other"))
    levels = [line for line in seen["lines"] if line["event"] == "load"]
    p99 = lag_quantile(seen["metrics"], 0.99)
    figure(chosen, f"{what}: cores used", seen["cpu"], "cores")
    figure(chosen, f"{what}: streams a core at 60 % load", 0.6 * chosen.streams / max(seen["cpu"], 1e-9), "streams",
           "250 at 360p, 100 at 720p", 0.6 * chosen.streams / seen["cpu"] >= (250 if "x360" in chosen.size else 100))
    figure(chosen, f"{what}: memory a stream", seen["memory"], "MB", "at most 8", seen["memory"] <= 8)
    figure(chosen, f"{what}: piece to verdict, p50 at most", lag_quantile(seen["metrics"], 0.5), "s")
    figure(chosen, f"{what}: piece to verdict, p99 at most", p99, "s", "at most 0.1", p99 <= 0.1)
    figure(chosen, f"{what}: closer looks, arrival to end, p99 at most", lag_quantile(seen["metrics"], 0.99, "closer_lag"), "s")
    figure(chosen, f"{what}: of the streams with the clip, told", 100 * (len(first) - false) / expected, "%", "100",
           len(first) - false == expected)
    figure(chosen, f"{what}: streams without it that were told", false, "streams", "0", false == 0)
    figure(chosen, f"{what}: time to detect, median", quantile(took, 0.5), "s")
    figure(chosen, f"{what}: time to detect, p99", quantile(took, 0.99), "s", "GOP + 0.2", quantile(took, 0.99) <= 2.2)
    figure(chosen, f"{what}: changes of the sampling for overload", len(levels), "times")


if __name__ == "__main__":
    if not live.FFMPEG or not live.NGINX or not live.RTMP_MODULE.exists():
        sys.exit("live_bench: apt-get install ffmpeg nginx-light libnginx-mod-rtmp")
    with tempfile.TemporaryDirectory() as place:
        run(options(), Path(place))
