"""Bodies of requests: JSON and multipart forms."""
from __future__ import annotations

import json
import re
import secrets
from typing import Any, Iterable, List, Tuple

from .errors import InvalidInputError, LimitExceededError

MEDIA_BYTES_MAX = 256 << 20
JSON_BYTES_MAX = 8 << 20


def json_body(value: Any) -> bytes:
    """Errors: LimitExceededError over what the service takes."""
    body = json.dumps(value, separators=(",", ":")).encode()
    if len(body) > JSON_BYTES_MAX:
        raise LimitExceededError("limit_exceeded", f"the JSON is over {JSON_BYTES_MAX} bytes; send smaller batches")
    return body


def form_body(parts: Iterable[Tuple[str, str, bytes]]) -> Tuple[str, bytes]:
    """Content-Type and body of a form of (field, file name, bytes)."""
    boundary = "seawall-" + secrets.token_hex(16)
    pieces: List[bytes] = []
    for field, name, data in parts:
        if re.search(r'[\x00-\x1f\x7f"\\]', name):
            raise InvalidInputError("invalid_input", "a file's name in a form holds no quotes, backslashes or control "
                                    "characters; name it otherwise")
        head = (f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n")
        pieces += [head.encode(), data, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    if sum(map(len, pieces)) > MEDIA_BYTES_MAX:
        raise LimitExceededError("limit_exceeded", f"the files are over {MEDIA_BYTES_MAX} bytes; send fewer at once")
    return f"multipart/form-data; boundary={boundary}", b"".join(pieces)
