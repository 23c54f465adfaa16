"""Checks the webhooks that the service sends when an asynchronous look-up is done (Standard Webhooks)."""
from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Callable, Mapping, cast

from .contract import MatchDone
from .errors import UnauthenticatedError

AGE_S_MAX = 300


def verify_webhook(body: bytes, headers: Mapping[str, str], secret: str, *,
                   now: Callable[[], float] = time.time) -> MatchDone:
    """The content of a webhook that the service signed, no more than five minutes ago.

    ``body``: the bytes as they came; ``secret``: the key's ``whsec_...``. A ``webhook-id`` that was seen before is a
    repeat: answer 2xx and do nothing. Errors: UnauthenticatedError; answer 401 then."""
    lower = {name.lower(): value for name, value in headers.items()}
    name, sent = lower.get("webhook-id", ""), lower.get("webhook-timestamp", "")
    if not sent.isascii() or not sent.isdigit() or len(sent) > 12 or abs(now() - int(sent)) > AGE_S_MAX:
        raise UnauthenticatedError("unauthenticated", "the webhook is older than five minutes, or bears no time")
    if not secret.startswith("whsec_"):
        raise ValueError("a webhook's secret begins with whsec_")
    try:
        key = base64.b64decode(secret[len("whsec_"):], validate=True)
    except binascii.Error:
        raise ValueError("a webhook's secret is whsec_ and base64") from None
    digest = hmac.new(key, f"{name}.{sent}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(digest).decode()
    signatures = lower.get("webhook-signature", "").split(" ")[:8]
    matched = [hmac.compare_digest(wanted.encode(), one.encode()) for one in signatures]
    if not any(matched):
        raise UnauthenticatedError("unauthenticated", "the webhook is not signed with this secret")
    return cast(MatchDone, json.loads(body))
