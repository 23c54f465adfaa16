"""Seawall: match media against hash lists, in this process or by a look-up service.

In this process: `hash_file`, `hash_bytes`, `Bank`. By a service: `Client`. Guide: docs/howto/python.md.
"""
from .client import BatchResult, Client, ItemResult, MatchResult
from .errors import (BadAnswerError, ConflictError, CorruptError, DeadlineError, DecoderCrashedError, ForbiddenError,
                     InvalidInputError, LimitExceededError, NotFoundError, RateLimitedError, SeawallError,
                     UnauthenticatedError, UnavailableError, UnreachableError, UnsupportedError)
from .local import (Bank, BankAnswer, BankMatch, Decoder, FrameHash, Hashes, Media, Pdq, hash_bytes, hash_file,
                    hash_pixels, library_version, read_bytes, read_file)
from .webhook import verify_webhook

__all__ = [
    "BadAnswerError", "Bank", "BankAnswer", "BankMatch", "BatchResult", "Client", "ConflictError", "CorruptError",
    "DeadlineError", "Decoder", "DecoderCrashedError", "ForbiddenError", "FrameHash", "Hashes", "InvalidInputError",
    "ItemResult", "LimitExceededError", "MatchResult", "Media", "NotFoundError", "Pdq", "RateLimitedError",
    "SeawallError", "UnauthenticatedError", "UnavailableError", "UnreachableError", "UnsupportedError", "hash_bytes",
    "hash_file", "hash_pixels", "library_version", "read_bytes", "read_file", "verify_webhook",
]
