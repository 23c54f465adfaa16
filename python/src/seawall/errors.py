"""What goes wrong, as exceptions. ``code`` is one of docs/errors.md, or one of this package's own."""
from __future__ import annotations

from typing import Dict, List, Optional, Type

from .contract import ProblemErrorsItem


class SeawallError(Exception):
    """Something went wrong; ``detail`` says what to do, and never holds media, secrets or personal data.

    ``code``: a code of docs/errors.md; or ``unreachable`` (no answer came from the service), ``deadline`` (the time
    given was over) or ``bad_answer`` (what answered is no Seawall).
    ``status``: the HTTP status, if there was one. ``type``: the problem's type, such as ``/problems/overloaded``.
    ``request_id``: names the request in the service's log. ``errors``: each fault of the request.
    ``retry_after_s``: when to come back, if the service said so.
    """

    def __init__(self, code: str, detail: str, *, status: Optional[int] = None, type: str = "",
                 request_id: str = "", errors: Optional[List[ProblemErrorsItem]] = None,
                 retry_after_s: Optional[float] = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status
        self.type = type
        self.request_id = request_id
        self.errors: List[ProblemErrorsItem] = errors or []
        self.retry_after_s = retry_after_s


class InvalidInputError(SeawallError):
    """The request or the bytes are wrong; trying again cannot help."""


class UnauthenticatedError(SeawallError):
    """No key was sent, or one that is over."""


class ForbiddenError(SeawallError):
    """The key lacks a scope; ``detail`` names it."""


class NotFoundError(SeawallError):
    """There is no such thing, or not for this caller."""


class ConflictError(SeawallError):
    """It has changed, somebody else must act, or the Idempotency-Key was used for another request."""


class LimitExceededError(SeawallError):
    """The input passes a stated limit."""


class UnsupportedError(SeawallError):
    """This kind of body or file is not read."""


class DecoderCrashedError(SeawallError):
    """The sandboxed decoder died on this file; it would again."""


class RateLimitedError(SeawallError):
    """The key's rate is used up; see ``retry_after_s``."""


class CorruptError(SeawallError):
    """Stored bytes fail their checks; an operator must look."""


class UnavailableError(SeawallError):
    """Something this needs did not answer; retry later. Also the parent of what follows."""


class UnreachableError(UnavailableError):
    """No answer came from the service."""


class DeadlineError(UnavailableError):
    """The time that was given is over."""


class BadAnswerError(UnavailableError):
    """What answered does not speak as Seawall does: a proxy in between, or another service."""


_CLASSES: Dict[str, Type[SeawallError]] = {
    "invalid_input": InvalidInputError, "unauthenticated": UnauthenticatedError, "forbidden": ForbiddenError,
    "not_found": NotFoundError, "conflict": ConflictError, "limit_exceeded": LimitExceededError,
    "unsupported": UnsupportedError, "decoder_crashed": DecoderCrashedError, "rate_limited": RateLimitedError,
    "corrupt": CorruptError, "unavailable": UnavailableError, "unreachable": UnreachableError,
    "deadline": DeadlineError, "bad_answer": BadAnswerError,
}


def class_of(code: str) -> Type[SeawallError]:
    """The exception for a code; SeawallError itself for one that is newer than this package."""
    return _CLASSES.get(code, SeawallError)
