"""Hashing and matching in this process, without a service. Every decode happens in a confined media_worker.

Threads: everything here may be used from any number of threads at once; the work runs outside the interpreter's
lock. Forks: a forked child opens what it needs again by itself.
"""
from __future__ import annotations

import ctypes
import os
import threading
from ctypes import byref, c_size_t
from dataclasses import dataclass
from typing import Any, List, Optional, Sequence, Tuple, Union

from . import _library as native
from .contract import OnError, Profile, Signals, SignalType, Verdict
from .errors import InvalidInputError, LimitExceededError, NotFoundError, SeawallError, UnavailableError, class_of

PathLike = Union[str, "os.PathLike[str]"]
Buffer = Union[bytes, bytearray, memoryview]

FILE_BYTES_MAX = 256 << 20
QUALITY_MIN = 50  #: Hashes of a lower quality are noise: they match nothing.
NO_PICTURE = "application/octet-stream"
_PROFILES = {"none": 1, "default": 2, "thorough": 3}
_SIGNALS: Tuple[SignalType, ...] = ("pdq", "md5", "sha1", "sha256")
_ACTIONS: Tuple[Verdict, ...] = ("allow", "review", "block")
_LAYOUTS = {"L": (1, 1), "RGB": (2, 3), "RGBX": (3, 4)}


@dataclass(frozen=True)
class Pdq:
    """A PDQ hash: 32 bytes, most significant first, and its quality 0..100 (-1: unknown)."""
    bits: bytes
    quality: int = -1

    def __post_init__(self) -> None:
        if len(self.bits) != 32:
            raise ValueError("a PDQ hash has 32 bytes")

    @classmethod
    def from_text(cls, text: str, quality: int = -1) -> "Pdq":
        """Reads 64 hex digits, either case."""
        try:
            return cls(bytes.fromhex(text) if len(text) == 64 else b"", quality)
        except ValueError:
            raise InvalidInputError("invalid_input", "a PDQ hash is 64 hex digits") from None

    @property
    def text(self) -> str:
        """64 lower-case hex digits."""
        return self.bits.hex()

    def distance(self, other: "Pdq") -> int:
        """How many of the 256 bits differ. Up to 31 is customarily a match."""
        return bin(int.from_bytes(self.bits, "big") ^ int.from_bytes(other.bits, "big")).count("1")


@dataclass(frozen=True)
class FrameHash:
    """The hash of one frame; ``index`` is its position in the file, from 0."""
    index: int
    time_ms: int
    pdq: Pdq


@dataclass(frozen=True)
class Hashes:
    """The signals of one file. A file that could not be decoded has its digests alone, and ``problem`` says why."""
    type: str
    size_bytes: int
    md5: str
    sha1: str
    sha256: str
    width: Optional[int]
    height: Optional[int]
    frames: int
    truncated: bool
    frame_hashes: Tuple[FrameHash, ...]
    code: Optional[str]  #: Why it was not decoded, as in docs/errors.md: ``unsupported`` is no picture; None: it was.
    problem: str

    @property
    def pdq(self) -> Optional[Pdq]:
        """Of the first frame; None for what was not decoded."""
        return self.frame_hashes[0].pdq if self.frame_hashes else None

    def signals(self) -> Signals:
        """For `seawall.Client.match(signals=...)`: the hashes of a picture as it is, without variants."""
        made: Signals = {"md5": self.md5, "sha1": self.sha1, "sha256": self.sha256}
        if self.frame_hashes:
            made["pdq"] = [frame.pdq.text for frame in self.frame_hashes]
            made["quality"] = [frame.pdq.quality for frame in self.frame_hashes]
        return made


@dataclass(frozen=True)
class BankMatch:
    """One entry that was met, by its nearest signal. ``quality`` is None for digests."""
    bank: str
    entry: str
    signal: SignalType
    distance: int
    variant: str
    frame: int
    quality: Optional[int]
    action: Verdict


@dataclass(frozen=True)
class BankAnswer:
    """What banks say of one file or one set of signals.

    ``decoded``: its pixels were looked up too, not its digests alone. ``failed``: a part of the work failed, and ``problem`` says what; the verdict is then what ``on_error`` asked for.
    A verdict without a match is never grounds for a report.
    """
    verdict: Verdict
    matches: Tuple[BankMatch, ...]
    decoded: bool
    failed: bool
    problem: str


class Decoder:
    """A pool of confined decoder processes. There is one for all by default; make another to choose their number."""

    def __init__(self, workers_max: int = 0) -> None:
        self._workers_max = workers_max
        self._lock = threading.Lock()
        self._handle: Optional[native.Handle] = None

    def _open(self) -> native.Handle:
        with self._lock:
            if self._handle is None or not self._handle.of_this_process:
                self._handle = native.opened("seawall_decoder_open", "seawall_decoder_free",
                                             native.worker_program(), self._workers_max)
            return self._handle

    def read_bytes(self, data: Buffer, *, variants: Profile = "default") -> "Media":
        """Digests, decodes and hashes a file's bytes, at most 256 MiB. Blocks for the decode, about 20 s at most.

        ``variants``: how many ways of altering a picture are looked for when it is matched (docs/robustness.md).
        Errors: LimitExceededError, UnavailableError (no decoder could be started)."""
        view = memoryview(data)
        if view.nbytes > FILE_BYTES_MAX:
            raise LimitExceededError("limit_exceeded", f"a file may have {FILE_BYTES_MAX} bytes, not {view.nbytes}")
        address, kept = _address_of(view)
        media = Media(native.opened("seawall_media_read", "seawall_media_free", self._open().pointer, address,
                                    view.nbytes, _PROFILES[variants]))
        del kept
        return media

    def read_file(self, path: PathLike, *, variants: Profile = "default") -> "Media":
        """As read_bytes, of the file at ``path``. Errors: also NotFoundError."""
        return self.read_bytes(read_whole(path), variants=variants)


class Media:
    """What may be matched of one file, for several banks. Holds no bytes of it and no pixels."""

    def __init__(self, handle: native.Handle) -> None:
        self._handle = handle
        self._info = native.MediaInfo()
        native.check(native.lib().seawall_media_describe(handle.pointer, byref(self._info)))

    @property
    def decoded(self) -> bool:
        return bool(self._info.decode_status == 0)

    @property
    def type(self) -> str:
        """Told from the first bytes, never from a name: ``image/jpeg``."""
        return str(self._info.type.decode())

    @property
    def code(self) -> Optional[str]:
        """Why it was not decoded, as in docs/errors.md: ``unsupported`` is no picture; None: it was."""
        return None if self.decoded else native.code_of(self._info.decode_status)

    @property
    def problem(self) -> str:
        """The same in words; empty if it was decoded."""
        return str(native.lib().seawall_media_problem(self._handle.pointer).decode("utf-8", "replace"))

    @property
    def hashes(self) -> Hashes:
        info, digests = self._info, self._info.digests
        return Hashes(type=self.type, size_bytes=digests.size_bytes, md5=bytes(digests.md5).hex(),
                      sha1=bytes(digests.sha1).hex(), sha256=bytes(digests.sha256).hex(),
                      width=info.width_px if self.decoded else None, height=info.height_px if self.decoded else None,
                      frames=info.frames, truncated=bool(info.truncated), frame_hashes=self._frames(),
                      code=self.code, problem=self.problem)

    def _frames(self) -> Tuple[FrameHash, ...]:
        frames: List[FrameHash] = []
        for place in range(self._info.frames_decoded):
            frame = native.Frame()
            native.check(native.lib().seawall_media_frame(self._handle.pointer, c_size_t(place), byref(frame)))
            frames.append(FrameHash(frame.index, frame.time_ms, Pdq(bytes(frame.pdq.bits), frame.pdq.quality)))
        return tuple(frames)


class Bank:
    """A bank in a folder that ``seawall bank`` made, opened for reading, as it stood then."""

    def __init__(self, folder: PathLike) -> None:
        self._folder = os.fspath(folder)
        self._lock = threading.Lock()
        self._handle = self._open()

    @classmethod
    def open(cls, folder: PathLike) -> "Bank":
        """Errors: NotFoundError, CorruptError, UnavailableError."""
        return cls(folder)

    def _open(self) -> native.Handle:
        handle = native.opened("seawall_bank_open", "seawall_bank_free", os.fsencode(self._folder))
        info = native.BankInfo()
        native.check(native.lib().seawall_bank_describe(handle.pointer, byref(info)))
        self.name: str = info.name.decode("utf-8", "replace")
        self.remark: str = info.remark.decode("utf-8", "replace")  #: What an operator should know; or empty.
        self.action: Verdict = _ACTIONS[info.action]
        self.radius: int = info.radius_bits
        self.entries: int = info.entries
        self.changes: int = info.changes  #: Grows with each change of the bank.
        return handle

    def reload(self) -> None:
        """Opens the folder again, to see what was changed since. Queries that run go on with what they have."""
        handle = self._open()
        with self._lock:
            self._handle = handle  # The old one is freed when the last query lets go of it.

    def _current(self) -> native.Handle:
        with self._lock:
            if not self._handle.of_this_process:
                self._handle = self._open()
            return self._handle

    def match(self, media: Media, *, radius: Optional[int] = None, on_error: Optional[OnError] = None) -> BankAnswer:
        """Every entry that the media meets. ``radius``: in bits, inclusive; the bank's own unless given.

        A file that is no picture is looked up by its digests; that is no failure. Where a picture of a kind that
        Seawall reads could not be decoded, ``on_error`` says what the verdict is: ``fail_closed`` is block, ``fail_open`` that of its matches.
        Without it a match still stands, and where there is none the failure is raised."""
        handle, out = self._current(), native.BankMatches()
        native.check(native.lib().seawall_bank_match_media(handle.pointer, media._handle.pointer,
                                                           _radius(radius), byref(out)))
        return answer_of(self._taken(out), media, on_error)

    def match_bytes(self, data: Buffer, *, variants: Profile = "default", radius: Optional[int] = None,
                    on_error: Optional[OnError] = None) -> BankAnswer:
        """As match(read_bytes(data))."""
        return self.match(read_bytes(data, variants=variants), radius=radius, on_error=on_error)

    def match_file(self, path: PathLike, *, variants: Profile = "default", radius: Optional[int] = None,
                   on_error: Optional[OnError] = None) -> BankAnswer:
        """As match(read_file(path))."""
        return self.match(read_file(path, variants=variants), radius=radius, on_error=on_error)

    def match_signals(self, *, pdq: Union[Pdq, str, Sequence[Union[Pdq, str]], None] = None,
                      md5: Optional[str] = None, sha1: Optional[str] = None, sha256: Optional[str] = None,
                      radius: Optional[int] = None) -> BankAnswer:
        """Every entry that these signals meet. Digests are hex. Errors: InvalidInputError."""
        hashes = [_as_pdq(one) for one in ([pdq] if isinstance(pdq, (Pdq, str)) else pdq or [])]
        held = (native.Pdq * max(1, len(hashes)))(*[native.Pdq((ctypes.c_uint8 * 32)(*one.bits), one.quality)
                                                    for one in hashes])
        signals = native.Signals(held, len(hashes), _digest(md5, 16, "md5"), _digest(sha1, 20, "sha1"),
                                 _digest(sha256, 32, "sha256"))
        handle, out = self._current(), native.BankMatches()
        native.check(native.lib().seawall_bank_match_signals(handle.pointer, byref(signals), _radius(radius),
                                                             byref(out)))
        matches = self._taken(out)
        return BankAnswer(_strictest(matches), matches, False, False, "")

    def _taken(self, out: native.BankMatches) -> Tuple[BankMatch, ...]:
        try:
            return tuple(self._match_of(out.items[i]) for i in range(out.count))
        finally:
            native.lib().seawall_bank_matches_free(byref(out))

    def _match_of(self, match: native.BankMatch) -> BankMatch:
        return BankMatch(bank=self.name, entry=match.entry.decode("utf-8", "replace"),
                         signal=_SIGNALS[match.signal - 1], distance=match.distance_bits,
                         variant=match.variant.decode(), frame=match.frame,
                         quality=match.quality if match.quality >= 0 else None, action=self.action)


def _strictest(matches: Tuple[BankMatch, ...]) -> Verdict:
    return max((match.action for match in matches), key=_ACTIONS.index, default="allow")


def answer_of(matches: Tuple[BankMatch, ...], media: Media, on_error: Optional[OnError]) -> BankAnswer:
    """The verdict of matches and of what went wrong, by the service's rules (docs/lookup.md)."""
    code, verdict = media.code, _strictest(matches)
    failed = code is not None and not (code == "unsupported" and media.type == NO_PICTURE)
    if failed and on_error is None and not matches:
        raise class_of(str(code))(str(code), media.problem)
    if failed and on_error == "fail_closed":
        verdict = "block"
    return BankAnswer(verdict, matches, media.decoded, failed, media.problem)


_default = Decoder()


def read_bytes(data: Buffer, *, variants: Profile = "default") -> Media:
    """What may be matched of a file's bytes; see Decoder.read_bytes."""
    return _default.read_bytes(data, variants=variants)


def read_file(path: PathLike, *, variants: Profile = "default") -> Media:
    """What may be matched of a file; see Decoder.read_file."""
    return _default.read_file(path, variants=variants)


def hash_bytes(data: Buffer) -> Hashes:
    """PDQ and digests of a file's bytes, as ``seawall hash`` has them. Never raises for what the bytes are: look at
    ``code``. Errors: LimitExceededError, UnavailableError."""
    return read_bytes(data, variants="none").hashes


def hash_file(path: PathLike) -> Hashes:
    """As hash_bytes, of a file. Errors: also NotFoundError."""
    return read_file(path, variants="none").hashes


def hash_pixels(pixels: Buffer, width: int, height: int, *, mode: str = "RGB") -> Pdq:
    """PDQ of pixels that you decoded, rows without gaps, top row first; ``mode``: L, RGB or RGBX.
    Errors: InvalidInputError."""
    if mode not in _LAYOUTS:
        raise InvalidInputError("invalid_input", "mode is none of L, RGB, RGBX")
    layout, wide = _LAYOUTS[mode]
    view = memoryview(pixels)
    if width < 1 or height < 1 or view.nbytes != width * height * wide:
        raise InvalidInputError("invalid_input", f"{width} x {height} {mode} pixels are {width * height * wide} bytes, "
                                f"not {view.nbytes}")
    address, kept = _address_of(view)
    out = native.Pdq()
    native.check(native.lib().seawall_pdq_hash(address, width, height, width * wide, layout, byref(out)))
    del kept
    return Pdq(bytes(out.bits), out.quality)


def library_version() -> str:
    """The version of libseawall."""
    return str(native.lib().seawall_version().decode())


def read_whole(path: PathLike) -> bytes:
    """The bytes of a file of at most 256 MiB. Errors: NotFoundError, LimitExceededError, UnavailableError."""
    try:
        with open(path, "rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError("not_found", f"there is no file {os.fspath(path)}") from None
    except OSError as why:
        raise UnavailableError("unavailable", f"cannot read {os.fspath(path)}: {why.strerror}") from None
    if len(data) > FILE_BYTES_MAX:
        raise LimitExceededError("limit_exceeded", f"{os.fspath(path)} is over {FILE_BYTES_MAX} bytes")
    return data


def _address_of(view: memoryview) -> Tuple[Any, Any]:
    """Where the bytes lie, without a copy where they can be written, and what must be kept until they are read."""
    if view.nbytes == 0:
        return None, None
    if not view.c_contiguous:
        view = memoryview(bytes(view))
    if not view.readonly:
        held = (ctypes.c_char * view.nbytes).from_buffer(view)
        return ctypes.addressof(held), held
    data = view.obj if isinstance(view.obj, bytes) and len(view.obj) == view.nbytes else bytes(view)
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p), data


def _radius(radius: Optional[int]) -> int:
    if radius is None:
        return -1
    if not 0 <= radius <= 256:
        raise InvalidInputError("invalid_input", f"a radius is 0 to 256 bits, not {radius}")
    return radius


def _as_pdq(value: Union[Pdq, str]) -> Pdq:
    return value if isinstance(value, Pdq) else Pdq.from_text(value)


def _digest(text: Optional[str], size: int, name: str) -> Optional[bytes]:
    if text is None:
        return None
    try:
        data = bytes.fromhex(text)
    except ValueError:
        data = b""
    if len(data) != size:
        raise InvalidInputError("invalid_input", f"{name}: {2 * size} hex digits are needed")
    return data


__all__ = ["Bank", "BankAnswer", "BankMatch", "Decoder", "FrameHash", "Hashes", "Media", "Pdq", "SeawallError",
           "hash_bytes", "hash_file", "hash_pixels", "library_version", "read_bytes", "read_file"]
