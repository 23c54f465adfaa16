"""A server of RTMP that plays one file of IVF or raw HEVC as enhanced RTMP, which Debian's servers do not speak."""
import socket
import struct
import threading
import time


def amf_text(text):
    return b"\x02" + struct.pack(">H", len(text)) + text.encode()


def amf_number(number):
    return b"\x00" + struct.pack(">d", number)


def amf_object(**pairs):
    body = b"".join(struct.pack(">H", len(key)) + key.encode() + amf_text(value) for key, value in pairs.items())
    return b"\x03" + body + b"\0\0\x09"


def message(channel, kind, stream, time_ms, body, chunk=4096):
    out = bytes([channel]) + struct.pack(">I", time_ms)[1:] + struct.pack(">I", len(body))[1:] + bytes([kind])
    out += struct.pack("<I", stream) + body[:chunk]
    for start in range(chunk, len(body), chunk):
        out += bytes([0xC0 | channel]) + body[start:start + chunk]
    return out


def ivf_frames(data):
    at = 32
    while at + 12 <= len(data):
        size = struct.unpack_from("<I", data, at)[0]
        yield data[at + 12:at + 12 + size]
        at += 12 + size


class EnhancedServer:
    """`frames`: (is_key, bytes) each 40 ms, the same to every player from its beginning; `setup`: the codec's."""

    def __init__(self, codec, frames, setup=b""):
        self.codec, self.frames, self.setup = codec.encode(), frames, setup
        self.asked = b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.play, args=(connection,), daemon=True).start()

    def play(self, connection):
        try:
            with connection:
                self.answer(connection)
        except OSError:
            pass

    def answer(self, connection):
        hello = b""
        while len(hello) < 1537:
            hello += connection.recv(4096)
        connection.sendall(b"\x03" + bytes(1536) + hello[1:1537])
        heard = hello[1537:]

        def hear(words):
            nonlocal heard
            while words not in heard:
                more = connection.recv(4096)
                if not more:
                    raise OSError("gone")
                heard += more

        hear(b"connect")
        connection.sendall(message(2, 1, 0, 0, struct.pack(">I", 4096)))
        connection.sendall(message(3, 20, 0, 0, amf_text("_result") + amf_number(1) + amf_object() + amf_object(
            level="status", code="NetConnection.Connect.Success")))
        hear(b"createStream")
        connection.sendall(message(3, 20, 0, 0, amf_text("_result") + amf_number(2) + b"\x05" + amf_number(1)))
        hear(b"play")
        self.asked = heard
        connection.sendall(message(5, 20, 1, 0, amf_text("onStatus") + amf_number(0) + b"\x05" + amf_object(
            level="status", code="NetStream.Play.Start")))
        connection.sendall(message(6, 9, 1, 0, b"\x90" + self.codec + self.setup))
        begin = time.monotonic()
        for number, (key, frame) in enumerate(self.frames):
            time.sleep(max(0, begin + number * 0.04 - time.monotonic()))
            head = bytes([0x80 | (1 if key else 2) << 4 | 3])
            connection.sendall(message(6, 9, 1, number * 40, head + self.codec + frame))

    def close(self):
        self.socket.close()
