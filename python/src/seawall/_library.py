"""libseawall through ctypes: loaded when it is first needed, so that the client alone works without it."""
from __future__ import annotations

import ctypes
import os
import threading
from ctypes import POINTER, Structure, byref, c_char, c_char_p, c_int32, c_int64, c_size_t, c_uint8, c_uint64, c_void_p
from pathlib import Path
from typing import Any, Callable, Dict, Optional

from .errors import UnavailableError, class_of

ABI_WANTED = 2
_HERE = Path(__file__).resolve().parent / "_native"
_CODES = {1: "invalid_input", 2: "not_found", 3: "conflict", 4: "limit_exceeded", 5: "unavailable", 6: "corrupt",
          7: "unsupported", 8: "decoder_crashed"}


class Pdq(Structure):
    _fields_ = [("bits", c_uint8 * 32), ("quality", c_int32)]


class Digests(Structure):
    _fields_ = [("md5", c_uint8 * 16), ("sha1", c_uint8 * 20), ("sha256", c_uint8 * 32), ("size_bytes", c_uint64)]


class MediaInfo(Structure):
    _fields_ = [("type", c_char * 40), ("width_px", c_int32), ("height_px", c_int32), ("frames", c_int32),
                ("frames_decoded", c_int32), ("truncated", c_int32), ("decode_status", c_int32), ("digests", Digests)]


class Frame(Structure):
    _fields_ = [("pdq", Pdq), ("index", c_int32), ("time_ms", c_int64)]


class BankInfo(Structure):
    _fields_ = [("name", c_char_p), ("remark", c_char_p), ("action", c_int32), ("radius_bits", c_int32),
                ("entries", c_uint64), ("changes", c_uint64)]


class BankMatch(Structure):
    _fields_ = [("entry", c_char_p), ("variant", c_char_p), ("signal", c_int32), ("distance_bits", c_int32),
                ("frame", c_int32), ("quality", c_int32)]


class BankMatches(Structure):
    _fields_ = [("items", POINTER(BankMatch)), ("count", c_size_t), ("action", c_int32), ("memory", c_void_p)]


class Signals(Structure):
    _fields_ = [("pdqs", POINTER(Pdq)), ("pdq_count", c_size_t), ("md5", c_char_p), ("sha1", c_char_p),
                ("sha256", c_char_p)]


_FUNCTIONS: Dict[str, Any] = {  # name: (result, parameters), as include/seawall.h has them
    "seawall_version": (c_char_p, []),
    "seawall_abi_version": (c_int32, []),
    "seawall_last_error": (c_char_p, []),
    "seawall_pdq_hash": (c_int32, [c_void_p, c_int32, c_int32, ctypes.c_ssize_t, c_int32, POINTER(Pdq)]),
    "seawall_pdq_from_text": (c_int32, [c_char_p, POINTER(Pdq)]),
    "seawall_digest": (c_int32, [c_void_p, c_size_t, POINTER(Digests)]),
    "seawall_decoder_open": (c_int32, [c_char_p, c_int32, POINTER(c_void_p)]),
    "seawall_decoder_free": (None, [c_void_p]),
    "seawall_media_read": (c_int32, [c_void_p, c_void_p, c_size_t, c_int32, POINTER(c_void_p)]),
    "seawall_media_free": (None, [c_void_p]),
    "seawall_media_describe": (c_int32, [c_void_p, POINTER(MediaInfo)]),
    "seawall_media_problem": (c_char_p, [c_void_p]),
    "seawall_media_frame": (c_int32, [c_void_p, c_size_t, POINTER(Frame)]),
    "seawall_bank_open": (c_int32, [c_char_p, POINTER(c_void_p)]),
    "seawall_bank_free": (None, [c_void_p]),
    "seawall_bank_describe": (c_int32, [c_void_p, POINTER(BankInfo)]),
    "seawall_bank_match_media": (c_int32, [c_void_p, c_void_p, c_int32, POINTER(BankMatches)]),
    "seawall_bank_match_signals": (c_int32, [c_void_p, POINTER(Signals), c_int32, POINTER(BankMatches)]),
    "seawall_bank_matches_free": (None, [POINTER(BankMatches)]),
}

_lock = threading.Lock()
_library: Optional[ctypes.CDLL] = None


def _load() -> ctypes.CDLL:
    path = os.environ.get("SEAWALL_LIBRARY") or str(_HERE / "libseawall.so.0")
    try:
        library = ctypes.CDLL(path)
    except OSError as why:
        raise UnavailableError("unavailable", f"cannot load libseawall ({why}); install the Debian packages that "
                               "docs/howto/python.md names, or use seawall.Client with a service") from None
    if not hasattr(library, "seawall_abi_version") or library.seawall_abi_version() < ABI_WANTED:
        raise UnavailableError("unavailable", f"{path} is older than this package; unset SEAWALL_LIBRARY")
    for name, (result, parameters) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, parameters
    return library


def lib() -> ctypes.CDLL:
    """The library; loads it the first time. Errors: UnavailableError says what is missing."""
    global _library
    with _lock:
        if _library is None:
            _library = _load()
        return _library


def worker_program() -> Optional[bytes]:
    """media_worker: the operator's choice, else the one beside the library."""
    if os.environ.get("SEAWALL_MEDIA_WORKER"):
        return None  # The library reads that itself.
    return os.fsencode(_HERE / "media_worker")


def code_of(status: int) -> str:
    return _CODES.get(status, "unavailable")


def check(status: int) -> None:
    """Raises what the library's last call said, on this thread."""
    if status != 0:
        code = code_of(status)
        raise class_of(code)(code, lib().seawall_last_error().decode("utf-8", "replace"))


class Handle:
    """Something that the library handed out: freed once, and never by a forked child, which did not open it."""

    def __init__(self, pointer: c_void_p, free: Callable[[c_void_p], None]) -> None:
        self._pointer: Optional[c_void_p] = pointer
        self._free = free
        self._getpid = os.getpid  # Kept: at the interpreter's end, modules go before their objects.
        self._pid = os.getpid()

    @property
    def of_this_process(self) -> bool:
        return self._pid == self._getpid()

    @property
    def pointer(self) -> c_void_p:
        if self._pointer is None:
            raise ValueError("this has been closed")
        return self._pointer

    def close(self) -> None:
        pointer, self._pointer = self._pointer, None
        if pointer is not None and self.of_this_process:
            self._free(pointer)

    def __del__(self) -> None:
        self.close()


def opened(function: str, free: str, *arguments: Any) -> Handle:
    """Calls a function whose last parameter takes what it hands out."""
    pointer = c_void_p()
    check(getattr(lib(), function)(*arguments, byref(pointer)))
    return Handle(pointer, getattr(lib(), free))
