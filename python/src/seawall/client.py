"""A client of the look-up service (docs/openapi.yaml). Standard library only."""
from __future__ import annotations

import os
import ssl
import time
import uuid
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, List, Literal, Mapping, Optional, Sequence, Tuple, Union, cast
from urllib.parse import quote, urlencode

from . import contract
from ._body import MEDIA_BYTES_MAX, form_body, json_body
from ._transport import Answer, Request, Service, Transport
from .contract import Finding, Match, MatchItem, MatchJob, OnError, Profile, Signals, SignalType, Verdict
from .errors import DeadlineError, LimitExceededError, RateLimitedError, SeawallError, UnavailableError, class_of
from .local import Buffer, PathLike, Pdq, read_whole

BATCH_ITEMS_MAX = 10_000
BATCH_FILES_MAX = 16
WAIT_PAUSE_MAX_S = 5.0


@dataclass(frozen=True)
class MatchResult:
    """A verdict.

    ``decided_by``: ``client`` where the service gave no answer and ``on_error`` says what the verdict is then.
    ``failed``: a part of the work failed; what, and by which mode the verdict was made. A verdict without a match is
    never grounds for a report. ``request_id`` and ``list_version``: empty where the client decided.
    """
    verdict: Verdict
    matches: Tuple[Match, ...] = ()
    reasons: Tuple[str, ...] = ()
    id: Optional[str] = None
    media: Optional[contract.MediaInfo] = None
    observed: bool = False
    failed: Optional[contract.ItemAnswerFailed] = None
    request_id: str = ""
    list_version: Optional[contract.ListVersion] = None
    timings: Optional[contract.Timings] = None
    decided_by: Literal["service", "client"] = "service"


@dataclass(frozen=True)
class ItemResult:
    """An item of a batch: its result, or why there is none."""
    id: Optional[str]
    result: Optional[MatchResult]
    error: Optional[SeawallError]


@dataclass(frozen=True)
class BatchResult:
    """The answers to a batch, in its order. ``verdict``: the strongest; None where an item has none and no other says
    block or review: what could not be looked up must not read as harmless."""
    verdict: Optional[Verdict]
    items: Tuple[ItemResult, ...]
    request_id: str = ""
    list_version: Optional[contract.ListVersion] = None
    timings: Optional[contract.Timings] = None
    decided_by: Literal["service", "client"] = "service"


Side = Union[Pdq, str, bytes, bytearray, memoryview]


class Client:
    """Asks a look-up service. Threads: any number at once; connections are kept and shared.

    ``address``: ``https://host[:port]``, ``unix:/path`` of a socket, or ``http://`` on this machine; $SEAWALL_URL
    unless given. ``key``: ``swk_...``; $SEAWALL_KEY unless given.
    ``timeout_s``: how long a call may take as a whole, tries again included.
    ``retries``: how often a call is tried again after a connection error, 429 or 503; the service is told that it is the
    same attempt, and its Retry-After is obeyed.
    ``on_error``: the verdict where there is none. ``fail_closed``: block. ``fail_open``: allow. It goes to the service,
    and holds here too where the service cannot be reached or is overloaded; unless given such a call raises.
    ``ssl_context``: for a private authority or a client certificate. The server's certificate is always verified.
    """

    def __init__(self, address: Optional[str] = None, key: Optional[str] = None, *, timeout_s: float = 30.0,
                 retries: int = 3, on_error: Optional[OnError] = None,
                 ssl_context: Optional[ssl.SSLContext] = None, allow_http: bool = False,
                 clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        address = address or os.environ.get("SEAWALL_URL") or ""
        if not address:
            raise ValueError("say where the service is: an address, or $SEAWALL_URL")
        if not 0 <= retries <= 10 or timeout_s <= 0:
            raise ValueError("retries is 0 to 10, timeout_s more than 0")
        key = key if key is not None else os.environ.get("SEAWALL_KEY", "")
        self._transport = Transport(Service(address, ssl_context, allow_http), key.strip(), retries=retries,
                                    clock=clock, sleep=sleep)
        self._timeout_s = timeout_s
        self._on_error = on_error
        self._clock = clock
        self._sleep = sleep

    def close(self) -> None:
        """Closes the connections that are kept. The client can be used again."""
        self._transport.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- look-ups

    def match(self, data: Optional[Buffer] = None, *, path: Optional[PathLike] = None, url: Optional[str] = None,
              signals: Optional[Signals] = None, id: Optional[str] = None, place: Optional[str] = None,
              banks: Optional[Sequence[str]] = None, radius: Optional[int] = None, profile: Optional[Profile] = None,
              on_error: Optional[OnError] = None, include_silent: bool = False, timings: bool = False,
              timeout_s: Optional[float] = None) -> MatchResult:
        """Looks one thing up: the bytes of a file, the file at ``path``, a ``url`` that the service fetches, or
        ``signals`` alone. Options are those of `POST /v1/match`. Errors: SeawallError."""
        on_error = on_error or self._on_error
        options = _options(id=id, place=place, banks=banks, radius=radius, profile=profile, on_error=on_error,
                           include_silent=include_silent, timings=timings)
        request = _match_request(_one_of(data, path, url, signals), options)
        try:
            answer = self._send(request, timeout_s)
        except (UnavailableError, RateLimitedError) as error:
            return _decided_here(id, on_error, error)
        return _match_result(answer.body, answer.body)

    def match_batch(self, items: Sequence[MatchItem], *, banks: Optional[Sequence[str]] = None,
                    radius: Optional[int] = None, profile: Optional[Profile] = None,
                    on_error: Optional[OnError] = None, include_silent: bool = False, timings: bool = False,
                    timeout_s: Optional[float] = None) -> BatchResult:
        """Looks up to 10,000 items with signals up at once; 16 of them may have a ``url`` instead."""
        if not 0 < len(items) <= BATCH_ITEMS_MAX:
            raise LimitExceededError("limit_exceeded", f"a batch has 1 to {BATCH_ITEMS_MAX} items, not {len(items)}")
        on_error = on_error or self._on_error
        body = _options(banks=banks, radius=radius, profile=profile, on_error=on_error,
                        include_silent=include_silent, timings=timings)
        body["items"] = list(items)
        return self._batch(_post("/v1/match", body), [item.get("id") for item in items], on_error, timeout_s)

    def match_files(self, files: Iterable[Union[PathLike, Tuple[str, Buffer]]], *,
                    banks: Optional[Sequence[str]] = None, radius: Optional[int] = None,
                    profile: Optional[Profile] = None, on_error: Optional[OnError] = None,
                    include_silent: bool = False, timings: bool = False,
                    timeout_s: Optional[float] = None) -> BatchResult:
        """Looks up to 16 files up at once: paths, or (id, bytes). The id of a path is its last part."""
        parts = [_form_part(one) for one in files]
        if not 0 < len(parts) <= BATCH_FILES_MAX:
            raise LimitExceededError("limit_exceeded", f"1 to {BATCH_FILES_MAX} files at once, not {len(parts)}")
        on_error = on_error or self._on_error
        options = _options(banks=banks, radius=radius, profile=profile, on_error=on_error,
                           include_silent=include_silent, timings=timings)
        kind, body = form_body(parts)
        request = _with_attempt(Request("POST", _target("/v1/match", options), {"Content-Type": kind}, body))
        return self._batch(request, [name for _, name, _ in parts], on_error, timeout_s)

    def _batch(self, request: Request, ids: Sequence[Optional[str]], on_error: Optional[OnError],
               timeout_s: Optional[float]) -> BatchResult:
        try:
            answer = self._send(request, timeout_s)
        except (UnavailableError, RateLimitedError) as error:
            items = tuple(ItemResult(id, _decided_here(id, on_error, error), None) for id in ids)
            return BatchResult(_on_error_verdict(on_error, error), items, decided_by="client")
        return _batch_result(answer.body)

    # ---- asynchronous look-ups

    def submit(self, data: Optional[Buffer] = None, *, path: Optional[PathLike] = None, url: Optional[str] = None,
               signals: Optional[Signals] = None, items: Optional[Sequence[MatchItem]] = None,
               webhook: Optional[str] = None, id: Optional[str] = None, place: Optional[str] = None,
               banks: Optional[Sequence[str]] = None, radius: Optional[int] = None,
               profile: Optional[Profile] = None, on_error: Optional[OnError] = None, include_silent: bool = False,
               timeout_s: Optional[float] = None) -> MatchJob:
        """Hands a look-up in and does not wait for its verdict: ask with job() or wait(), or be told at ``webhook``
        (https; check it with verify_webhook)."""
        options = _options(id=id, place=place, banks=banks, radius=radius, profile=profile,
                           on_error=on_error or self._on_error, include_silent=include_silent, webhook=webhook)
        options["mode"] = "async"
        if items is not None:
            request = _post("/v1/match", {**options, "items": list(items)})
        else:
            request = _match_request(_one_of(data, path, url, signals), options)
        return cast(MatchJob, self._send(request, timeout_s).body)

    def job(self, request_id: str, *, timeout_s: Optional[float] = None) -> MatchJob:
        """What became of an asynchronous look-up. Answers are kept for 72 hours."""
        target = f"/v1/match/{quote(request_id, safe='')}"
        return cast(MatchJob, self._send(Request("GET", target, {}), timeout_s).body)

    def wait(self, request_id: str, *, timeout_s: float = 300.0) -> Union[MatchResult, BatchResult]:
        """Asks until the look-up is done, seldomer as time goes on. Errors: DeadlineError, those of the look-up."""
        end, pause = self._clock() + timeout_s, 0.1
        while True:
            job = self.job(request_id, timeout_s=max(0.001, min(self._timeout_s, end - self._clock())))
            if job["state"] == "failed":
                raise _error_of_problem(job.get("problem"))
            if job["state"] == "done":
                answer = cast(Any, job["answer"])
                return _batch_result(answer) if "answers" in answer else _match_result(answer, answer)
            if self._clock() + pause >= end:
                raise DeadlineError("deadline", f"the look-up {request_id} is not done yet; ask again later")
            self._sleep(pause)
            pause = min(WAIT_PAUSE_MAX_S, pause * 1.5)

    def replay(self, request_id: str, *, timeout_s: Optional[float] = None) -> MatchJob:
        """Has the webhook of a finished look-up sent again."""
        request = Request("POST", f"/v1/match/{quote(request_id, safe='')}/replay", {})
        return cast(MatchJob, self._send(_with_attempt(request), timeout_s).body)

    # ---- the rest

    def hash(self, data: Optional[Buffer] = None, *, path: Optional[PathLike] = None, url: Optional[str] = None,
             frames: bool = False, dihedral: bool = False, timeout_s: Optional[float] = None) -> contract.MediaHashes:
        """The signals of media, without looking anything up."""
        target = _target("/v1/hash", _options(frames=frames, dihedral=dihedral))
        kind, value = _one_of(data, path, url, None)
        if kind == "url":
            request = Request("POST", target, {"Content-Type": "application/json"}, json_body({"url": value}))
        else:
            request = Request("POST", target, {"Content-Type": "application/octet-stream"}, value)
        return cast(contract.MediaHashes, self._send(request, timeout_s).body)

    def compare(self, a: Side, b: Side, *, radius: Optional[int] = None, profile: Optional[Profile] = None,
                timeout_s: Optional[float] = None) -> contract.Explanation:
        """Why two pieces of media are, or are not, a match: ``a`` as an upload, ``b`` as listed content. Each is a PDQ
        hash (as `Pdq` or 64 hex digits) or a URL; or both are bytes."""
        options = _options(radius=radius, profile=profile)
        if isinstance(a, (bytes, bytearray, memoryview)) and isinstance(b, (bytes, bytearray, memoryview)):
            kind, body = form_body([("a", "a", bytes(a)), ("b", "b", bytes(b))])
            request = Request("POST", _target("/v1/compare", options), {"Content-Type": kind}, body)
        else:
            body = json_body({**options, "a": _compare_side(a), "b": _compare_side(b)})
            request = Request("POST", "/v1/compare", {"Content-Type": "application/json"}, body)
        return cast(contract.Explanation, self._send(request, timeout_s).body)

    def feedback(self, match: str, verdict: Literal["confirmed", "false-match"], why: str, *,
                 signal: Optional[SignalType] = None, reason: Optional[str] = None, send_back: bool = True,
                 timeout_s: Optional[float] = None) -> Finding:
        """Says what a person found when they looked at a match. ``match``: the match's name from its answer."""
        body = _options(match=match, verdict=verdict, why=why, signal=signal, reason=reason)
        if not send_back:
            body["send_back"] = False
        return cast(Finding, self._send(_post("/v1/feedback", body), timeout_s).body)

    def entry(self, entry: str, *, timeout_s: Optional[float] = None) -> contract.Entry:
        """One entry as it is now."""
        answer = self._send(Request("GET", f"/v1/entries/{quote(entry, safe='')}", {}), timeout_s)
        return cast(contract.Entry, answer.body)

    def status(self, *, timeout_s: Optional[float] = None) -> contract.Status:
        """What runs there, how new its lists are, how full its queues."""
        return cast(contract.Status, self._send(Request("GET", "/v1/status", {}), timeout_s).body)

    def _send(self, request: Request, timeout_s: Optional[float]) -> Answer:
        return self._transport.send(request, self._timeout_s if timeout_s is None else timeout_s)


def _options(**named: Any) -> Dict[str, Any]:
    """What was said: neither None nor False, which every option has as its default."""
    return {name: list(value) if name == "banks" else value for name, value in named.items()
            if value is not None and value is not False}


def _target(path: str, options: Mapping[str, Any]) -> str:
    words: List[Tuple[str, str]] = []
    for name, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            words.append((name, "true" if one is True else str(one)))
    return f"{path}?{urlencode(words, quote_via=quote)}" if words else path


def _with_attempt(request: Request) -> Request:
    headers = {**request.headers, "Idempotency-Key": f'"{uuid.uuid4().hex}"'}
    return Request(request.method, request.target, headers, request.body)


def _post(path: str, body: Mapping[str, Any]) -> Request:
    return _with_attempt(Request("POST", path, {"Content-Type": "application/json"}, json_body(body)))


def _one_of(data: Optional[Buffer], path: Optional[PathLike], url: Optional[str],
            signals: Optional[Signals]) -> Tuple[str, Any]:
    given: List[Tuple[str, Any]] = [("data", data), ("path", path), ("url", url), ("signals", signals)]
    said = [(name, value) for name, value in given if value is not None]
    if len(said) != 1:
        raise ValueError("give one of: data, path, url, signals")
    name, value = said[0]
    if name == "path":
        return "data", read_whole(value)
    if name == "data":
        data = bytes(value)
        if not 0 < len(data) <= MEDIA_BYTES_MAX:
            raise LimitExceededError("limit_exceeded", f"media has 1 to {MEDIA_BYTES_MAX} bytes; send its digests as signals")
        return name, data
    return name, value


def _match_request(thing: Tuple[str, Any], options: Dict[str, Any]) -> Request:
    kind, value = thing
    if kind == "data":
        headers = {"Content-Type": "application/octet-stream"}
        return _with_attempt(Request("POST", _target("/v1/match", options), headers, value))
    return _post("/v1/match", {**options, kind: value})


def _form_part(file: Union[PathLike, Tuple[str, Buffer]]) -> Tuple[str, str, bytes]:
    if isinstance(file, tuple):
        return "items", file[0], bytes(file[1])
    return "items", os.path.basename(os.fspath(file)), read_whole(file)


def _compare_side(side: Side) -> contract.CompareSide:
    if isinstance(side, Pdq):
        return {"pdq": side.text}
    if isinstance(side, str):
        return {"url": side} if "://" in side else {"pdq": side}
    raise ValueError("compare takes bytes on both sides or on neither; hash the bytes first")


def _match_result(item: Any, whole: Any) -> MatchResult:
    return MatchResult(verdict=item["verdict"], matches=tuple(item["matches"]), reasons=tuple(item["reasons"]),
                       id=item.get("id"), media=item.get("media"), observed=item["observed"],
                       failed=item.get("failed"), request_id=whole["request_id"],
                       list_version=whole["list_version"], timings=whole.get("timings"))


def _batch_result(body: Any) -> BatchResult:
    items: List[ItemResult] = []
    for item in body["answers"]:
        if "verdict" in item:
            items.append(ItemResult(item.get("id"), _match_result(item, body), None))
        else:
            items.append(ItemResult(item.get("id"), None, _error_of_item(item["error"])))
    return BatchResult(body.get("verdict"), tuple(items), body["request_id"], body["list_version"],
                       body.get("timings"))


def _error_of_item(error: contract.ItemError) -> SeawallError:
    return class_of(error["code"])(error["code"], error["message"])


def _error_of_problem(problem: Optional[contract.Problem]) -> SeawallError:
    if problem is None:
        return SeawallError("unavailable", "the look-up failed, and the service does not say why")
    return class_of(problem["code"])(problem["code"], problem["detail"], status=problem["status"],
                                     type=problem["type"], request_id=problem["request_id"],
                                     errors=problem.get("errors"))


def _on_error_verdict(on_error: Optional[OnError], error: SeawallError) -> Verdict:
    if on_error is None:
        raise error
    return "block" if on_error == "fail_closed" else "allow"


def _decided_here(id: Optional[str], on_error: Optional[OnError], error: SeawallError) -> MatchResult:
    verdict = _on_error_verdict(on_error, error)
    code = "rate_limited" if isinstance(error, RateLimitedError) else "unavailable"
    failed = cast(contract.ItemAnswerFailed, {"mode": on_error, "error": {"code": code, "message": error.detail}})
    reason = f"The service gave no verdict; the caller asked for {verdict} then."
    return MatchResult(verdict, reasons=(reason,), id=id, failed=failed, decided_by="client")
