"""A network of this process's own, in which an address of the public internet is this machine: so that the real
fetching of URLs, which refuses every private address, can be tried without asking anybody."""
import ctypes
import fcntl
import http.server
import os
import socket
import struct
import threading

PUBLIC = "8.8.4.4"
NEIGHBOUR = "8.8.4.1"  # The loopback's own; all of its network is then here, and PUBLIC no interface's own address.
NEW_USER, NEW_NET = 0x10000000, 0x40000000
SET_FLAGS, SET_ADDRESS, SET_MASK, UP = 0x8914, 0x8916, 0x891C, 1


def leave_for_own_network():
    """For good, with all that this process starts from now on. False: this machine lets nobody do that.
    Precondition: no second thread."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(NEW_NET) != 0:
        if libc.unshare(NEW_USER | NEW_NET) != 0:
            return False
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for name, address, mask in ((b"lo", "127.0.0.1", "255.0.0.0"), (b"lo:1", NEIGHBOUR, "255.255.255.0")):
            for request, value in ((SET_ADDRESS, address), (SET_MASK, mask)):
                fcntl.ioctl(control, request, struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(value)))
            fcntl.ioctl(control, SET_FLAGS, struct.pack("16sH14x", name, UP))
    return True


class PublicHost:
    """A web server at PUBLIC: what it answers is in `files`, path to bytes; a status stands for itself."""

    def __init__(self):
        files = self.files = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                found = files.get(self.path, 404)
                status, body = (found, b"") if isinstance(found, int) else (200, found)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words):
                pass

        self.server = http.server.ThreadingHTTPServer((PUBLIC, 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://{PUBLIC}:{self.server.server_port}{path}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
