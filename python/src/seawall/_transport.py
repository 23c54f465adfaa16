"""HTTP over TLS, a Unix socket, or plain on this machine: kept connections, a deadline for each request as a whole,
bounded retries. Standard library only."""
from __future__ import annotations

import http.client
import io
import ipaddress
import json
import os
import random
import re
import select
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Optional, Tuple
from urllib.parse import urlsplit

from .errors import BadAnswerError, DeadlineError, SeawallError, UnreachableError, class_of

ANSWER_BYTES_MAX = 64 << 20
PIECE_BYTES = 64 << 10
IDLE_CONNECTIONS_MAX = 16
IDLE_S_MAX = 30.0  # The server closes after 60.
PAUSE_FIRST_S = 0.1
PAUSE_MAX_S = 5.0
_KEY = re.compile(r"[!-~]{1,512}")


@dataclass(frozen=True)
class Answer:
    """What the service answered. ``body`` is JSON unless it is empty."""
    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent as often as it must."""
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""


class Deadline:
    """When a request as a whole must be done."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds; never 0 or less. Errors: DeadlineError."""
        left = self._end - self._clock()
        if left <= 0:
            raise DeadlineError("deadline", "the service did not answer in the time given; give it more (timeout_s)")
        return left

    def has(self, seconds: float) -> bool:
        return self._clock() + seconds < self._end


class _DeadlineReader(io.RawIOBase):
    """Reads a socket; no read waits beyond the deadline, however slowly bytes drip in."""

    def __init__(self, owner: "_DeadlineSocket") -> None:
        self._owner: Optional[_DeadlineSocket] = owner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._owner is None:
            raise ValueError("this is closed")
        self._owner.raw.settimeout(self._owner.connection.deadline.left())
        return self._owner.raw.recv_into(buffer)

    def close(self) -> None:
        owner, self._owner = self._owner, None
        if owner is not None:
            owner.let_go()
        super().close()


class _DeadlineSocket:
    """As much of a socket as http.client uses. Like a socket it stays open until its last reader is closed too:
    http.client closes it before it reads an answer that says `Connection: close`."""

    def __init__(self, connection: "_Connection", raw: socket.socket) -> None:
        self.connection = connection
        self.raw = raw
        self._holders = 1
        self._closed = False

    def sendall(self, data: Any) -> None:
        self.raw.settimeout(self.connection.deadline.left())
        self.raw.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        self._holders += 1
        return io.BufferedReader(_DeadlineReader(self))

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self.let_go()

    def let_go(self) -> None:
        self._holders -= 1
        if self._holders == 0:
            self.raw.close()


class _Connection(http.client.HTTPConnection):
    """One connection to the service; used by one request at a time."""

    def __init__(self, service: "Service", deadline: Deadline) -> None:
        super().__init__(service.host_header)
        self.deadline: Deadline = deadline
        self.idle_since = 0.0
        self._service = service

    def connect(self) -> None:
        self.sock: Any = _DeadlineSocket(self, self._service.connect(self.deadline))

    def is_stale(self, now: float) -> bool:
        if now - self.idle_since > IDLE_S_MAX:
            return True
        asked = select.poll()
        asked.register(self.sock.raw, select.POLLIN)
        return bool(asked.poll(0))  # It was closed, or says what nobody asked for.


class Service:
    """Where the service is: ``https://host[:port]``, ``unix:/path``, or ``http://`` on this machine."""

    def __init__(self, address: str, context: Optional[ssl.SSLContext], allow_http: bool) -> None:
        self._context: Optional[ssl.SSLContext] = None
        self.unix_path = ""
        self.host = ""
        self.port = 0
        if address.startswith("unix:"):
            self.unix_path = address[len("unix:"):]
            self.host_header = "localhost"
            if not self.unix_path.startswith("/"):
                raise ValueError("a Unix socket is unix:/path")
            return
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("the address is https://host[:port] or unix:/path")
        if parts.username or parts.password or parts.path not in ("", "/"):
            raise ValueError("the address has no name, password or path; the key is an argument of its own")
        if parts.scheme == "http" and not allow_http and not _is_loopback(parts.hostname):
            raise ValueError("http:// would show the key to the network; use https://, or say allow_http=True")
        self.host = parts.hostname
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        self.host_header = parts.netloc
        if parts.scheme == "https":
            self._context = context or ssl.create_default_context()
            if self._context.verify_mode != ssl.CERT_REQUIRED or not self._context.check_hostname:
                raise ValueError("the TLS context must verify the server: its certificate and its name")

    def connect(self, deadline: Deadline) -> socket.socket:
        if self.unix_path:
            return self._connected(socket.AF_UNIX, self.unix_path, deadline)
        failed: Optional[OSError] = None
        # Looking a name up is the one wait that the standard library cannot bound.
        for family, _, _, _, address in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            try:
                return self._connected(family, address, deadline)
            except OSError as why:
                failed = why
        raise failed or OSError("the name has no address")

    def _connected(self, family: int, address: Any, deadline: Deadline) -> socket.socket:
        raw = socket.socket(family, socket.SOCK_STREAM)
        try:
            raw.settimeout(deadline.left())
            raw.connect(address)
            if family != socket.AF_UNIX:
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is None:
                return raw
            raw.settimeout(deadline.left())
            return self._context.wrap_socket(raw, server_hostname=self.host)
        except BaseException:
            raw.close()
            raise


class Transport:
    """Sends requests. Threads: any number at once. A forked child makes connections of its own."""

    def __init__(self, service: Service, key: str, *, retries: int, clock: Callable[[], float] = time.monotonic,
                 sleep: Callable[[float], None] = time.sleep) -> None:
        if key and not _KEY.fullmatch(key):
            raise ValueError("a key is printable ASCII without blanks")
        self._service = service
        self._key = key
        self._retries = retries
        self._clock = clock
        self._sleep = sleep
        self._random = random.Random()
        self._lock = threading.Lock()
        self._idle: List[_Connection] = []
        self._pid = os.getpid()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def send(self, request: Request, timeout_s: float) -> Answer:
        """The first answer that is no reason to try again. Every request here may be repeated: it changes nothing, or
        it names its attempt by an Idempotency-Key. Errors: SeawallError."""
        deadline = Deadline(timeout_s, self._clock)
        for tried in range(self._retries + 1):
            try:
                return self._attempt(request, deadline)
            except SeawallError as error:
                if tried == self._retries or not _may_pass(error):
                    raise
                pause = self._pause(tried, error)
                if not deadline.has(pause):
                    raise
                self._sleep(pause)
        raise AssertionError("not reached")

    def _pause(self, tried: int, error: SeawallError) -> float:
        longest = min(PAUSE_MAX_S, PAUSE_FIRST_S * 2.0 ** tried)
        own = longest * (0.5 + self._random.random() / 2)  # Not all clients at the same moment.
        return max(own, error.retry_after_s) if error.retry_after_s is not None else own

    def _attempt(self, request: Request, deadline: Deadline) -> Answer:
        connection = self._take(deadline)
        try:
            status, headers, body, reusable = self._exchange(connection, request)
        except (OSError, http.client.HTTPException) as why:
            connection.close()
            _fail(why, deadline)
        except BaseException:
            connection.close()
            raise
        if reusable:
            self._give_back(connection)
        else:
            connection.close()
        if status >= 400:
            raise problem_of(status, headers, body)
        return Answer(status, headers, _json_of(body) if body else None)

    def _exchange(self, connection: _Connection, request: Request) -> Tuple[int, Dict[str, str], bytes, bool]:
        headers = {"Accept": "application/json", "User-Agent": "seawall-python", **request.headers}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        body = request.body if request.method != "GET" else None
        try:
            connection.request(request.method, request.target, body=body, headers=headers)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            # The service may have refused the body unread and said why: its answer is worth more than the error.
            if connection.sock is None:
                raise
        answer = connection.getresponse()
        data = bytearray()
        while piece := answer.read(PIECE_BYTES):
            data += piece
            if len(data) > ANSWER_BYTES_MAX:
                raise BadAnswerError("bad_answer", f"an answer of over {ANSWER_BYTES_MAX} bytes; ask in smaller batches")
        lower = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, lower, bytes(data), not answer.will_close

    def _take(self, deadline: Deadline) -> _Connection:
        with self._lock:
            if self._pid != os.getpid():
                self._idle, self._pid = [], os.getpid()
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_stale(self._clock()):
                    connection.deadline = deadline
                    return connection
                connection.close()
        return _Connection(self._service, deadline)

    def _give_back(self, connection: _Connection) -> None:
        connection.idle_since = self._clock()
        with self._lock:
            if len(self._idle) < IDLE_CONNECTIONS_MAX:
                self._idle.append(connection)
                return
        connection.close()


def _fail(why: Exception, deadline: Deadline) -> NoReturn:
    if isinstance(why, socket.timeout):
        deadline.left()  # Raises, unless the system's own limit came first.
    if isinstance(why, ssl.SSLCertVerificationError):
        raise SeawallError("unreachable", f"the server's certificate is not valid: {why.verify_message}") from None
    words = str(why) or type(why).__name__
    raise UnreachableError("unreachable", f"no answer from the service: {words}") from None


def _may_pass(error: SeawallError) -> bool:
    """Whether trying again may help, soon and without harm."""
    if isinstance(error, (DeadlineError, BadAnswerError)):
        return False
    if error.type == "/problems/in-progress":
        return True  # Our own attempt before this one, whose answer was lost, is still at work.
    return isinstance(error, UnreachableError) or error.status in (429, 503)


def _json_of(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise BadAnswerError("bad_answer", "the answer is not JSON; is the address that of a Seawall service?") from None


def problem_of(status: int, headers: Mapping[str, str], body: bytes) -> SeawallError:
    """The exception for a refusal, from its problem document (RFC 9457) if it is one."""
    retry_after: Optional[float] = None
    if re.fullmatch(r"[0-9]{1,6}", headers.get("retry-after", "")):
        retry_after = float(headers["retry-after"])
    try:
        problem = json.loads(body)
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or not isinstance(problem.get("code"), str):
        code = {429: "rate_limited", 503: "unavailable"}.get(status, "bad_answer")
        return class_of(code)(code, f"the answer is HTTP {status} without a problem document", status=status,
                              retry_after_s=retry_after)
    code = problem["code"]
    return class_of(code)(code, str(problem.get("detail", "")), status=status, type=str(problem.get("type", "")),
                          request_id=str(problem.get("request_id", "")), errors=problem.get("errors"),
                          retry_after_s=retry_after)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
