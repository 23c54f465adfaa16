"""The bodies' interfaces as their documents describe them, with their traps; one list a scenario.

/s/<scenario>/<body>/...: the scenario's name says which traps are set, as in "7-flaky-forgets". Documents are
in the tests' own page format (tests/remote/page_format.h): what is tested here is the talk around them. In a
scenario with the word "real" they are in the body's own format (docs/formats/exchange-*.md), for the whole program.
"slow" makes each answer take a while, so that a client can be killed in the middle of a pull; "holds" keeps the
answers after the first three until /s/<scenario>/go was asked, a minute at most.
"""
import base64
import hashlib
import json
import threading
import time
from datetime import datetime, timezone
from xml.sax.saxutils import escape

FIRST_S = 1_700_000_000
PAGE = 5
USER, PASSWORD, TOKEN = "seawall", "open-sesame-4711", "token-sesame-4712"
FUNCTIONS_KEY, SUBSCRIPTION_KEY = "functions-sesame-4713", "subscription-sesame-4714"

scenarios = {}
lock = threading.Lock()


class Scenario:
    def __init__(self, name):
        self.traps = set(name.split("-")[1:])
        self.count = 103 if "hundred" in self.traps else 23
        self.requests, self.log, self.window, self.tokens, self.told = 0, [], None, {}, 0
        self.file = None  # What "file" serves instead of the list.
        self.go = threading.Event()


def entry(number):
    """(key, MD5 or None for a tombstone, time); the order of numbers is not that of time."""
    digest = None if number % 6 == 5 else hashlib.md5(b"harmless %d" % number).hexdigest()
    return f"9-e{number:04}", digest, FIRST_S + number * 7919 % 1000 * 60


def document(rows, next_word="", newest=None, extra=()):
    lines = ["pages 1", *extra]
    lines += [f"+ {key} {digest}" if digest else f"- {key}" for key, digest, _ in rows]
    if newest is not None:
        lines.append(f"newest {newest * 1000}")
    if next_word:
        lines.append(f"next {next_word}")
    return "\n".join(lines + ["end", ""]).encode()


def rfc3339(at):
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def real_ncmec(rows, next_word, newest):
    parts = ['<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">',
             f'<images count="{len(rows)}"' + (f' maxTimestamp="{rfc3339(newest)}"' if newest else "") + ">"]
    for key, digest, at in rows:
        member, name = key.split("-")
        inside = (f'<member id="{member}">A body</member><timestamp>{rfc3339(at)}</timestamp><id>{name}</id>'
                  + (f"<classification>A1</classification><fingerprints><md5>{digest}</md5></fingerprints>"
                     if digest else ""))
        word = "image" if digest else "deletedImage"
        parts.append(f"<{word}>{inside}</{word}>")
    parts.append("</images>")
    if next_word:
        parts.append(f"<paging><next>{escape(next_word)}</next></paging>")
    return "".join(parts + ["</queryResult>"]).encode()


def real_stopncii(rows, next_word, newest):
    records = [{"lastModtimestamp": at, "hashValue": digest or hashlib.md5(key.encode()).hexdigest(),
                "signalType": "VideoMD5", "hashStatus": "Active" if digest else "Withdrawn"}
               for key, digest, at in rows]
    page = {"count": len(rows), "nextSetTimestamp": newest or 0, "hasMoreRecords": bool(next_word),
            "hashRecords": records}
    return json.dumps({**page, "nextPageToken": next_word} if next_word else page).encode()


def real_threatexchange(rows, next_word, newest):
    opinion = {"data": [{"owner": {"id": "5"}, "status": "MALICIOUS"}]}
    data = [{"id": key[3:], "type": "HASH_MD5", "last_updated": at,
             "indicator": digest or hashlib.md5(key.encode()).hexdigest(),
             **({"descriptors": opinion} if digest else {"should_delete": True})} for key, digest, at in rows]
    page = {"data": data}
    if next_word:
        page["paging"] = {"next": next_word, "cursors": {"after": next_word.rsplit("=", 1)[1]}}
    return json.dumps(page).encode()


REAL = {"ncmec": real_ncmec, "stopncii": real_stopncii, "threatexchange": real_threatexchange}


def page_of(scenario, body, rows, next_word="", newest=None):
    if "real" in scenario.traps:
        return REAL[body](rows, next_word, newest)
    return document(rows, next_word, newest)


def serve(request, name, names):
    with lock:
        scenario = scenarios.setdefault(name, Scenario(name))
    if names[0] == "log":
        return request.answer(200, "\n".join(scenario.log).encode())
    if names[0] == "put":
        scenario.file = request.body
        return request.answer(200)
    if names[0] == "go":
        scenario.go.set()
        return request.answer(200)
    if names[0] == "grow":
        scenario.count += int(request.query["by"])
        return request.answer(200)
    key = request.headers.get("Idempotency-Key")
    named = f" key={key}" if key else ""
    scenario.log.append(f"{request.command} {request.path}{named} {request.body.decode()}")
    scenario.requests += 1
    body = BODIES[names[0]]
    if "slow" in scenario.traps:
        time.sleep(0.03)
    if "holds" in scenario.traps and scenario.requests > 3:
        scenario.go.wait(60)
    if not body["authorized"](request):
        return request.answer(401)
    if request.command != "GET":
        return take_feedback(request, scenario)
    if "flaky" in scenario.traps and disturbed(request, scenario):
        return None
    return send(request, scenario, *body["answer"](request, scenario, names[1:]))


def take_feedback(request, scenario):
    """In "busy" the first two are turned away; "unknown" knows no entry; "silent" hears the third (or with
    "first" the first) and never answers it."""
    with lock:
        scenario.told += 1
        told = scenario.told
    if "silent" in scenario.traps and told == (1 if "first" in scenario.traps else 3):
        return request.trap_silent()
    if "unknown" in scenario.traps:
        return request.answer(404)
    if "busy" in scenario.traps and told <= 2:
        return request.answer({1: 503, 2: 409}[told])
    return request.answer(200)


def send(request, scenario, status, body=b"", headers=()):
    if status == 200 and "flaky" in scenario.traps:
        turn = scenario.requests % 8
        if turn == 3:  # Half sent: the connection closes early.
            return request.answer(200, body[:len(body) // 2], headers, length=len(body))
        if turn == 5:  # Cut short in a way that HTTP does not notice.
            return request.answer(200, body[:len(body) // 2], headers)
    return request.answer(status, body, headers)


def disturbed(request, scenario):
    turn = scenario.requests % 8
    if turn == 1:
        request.answer(429, b"slow down", [("Retry-After", "30")])
    elif turn == 2:
        request.answer(503)
    elif turn == 6:
        request.close_connection = True  # Not a word.
    return turn in (1, 2, 6)


def basic(request):
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    return request.headers.get("Authorization") == expected


def bearer(request):
    return request.headers.get("Authorization") == "Bearer " + TOKEN and TOKEN not in request.path


def two_keys(request):
    return (request.headers.get("x-functions-key") == FUNCTIONS_KEY
            and request.headers.get("Ocp-Apim-Subscription-Key") == SUBSCRIPTION_KEY)


def seconds(text):
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())


def ncmec(request, scenario, names):
    """Windows of time; a page of another window than the first one's is refused."""
    window = (request.query["from"], request.query["to"])
    if "start" not in request.query:
        scenario.window = window
    elif window != scenario.window:
        return 400, b"from and to are not those of this paging"
    rows = [e for e in map(entry, range(scenario.count)) if seconds(window[0]) <= e[2] < seconds(window[1])]
    start = int(request.query.get("start", 1)) - 1
    page, more = rows[start:start + PAGE], start + PAGE < len(rows)
    # As the service writes it: with milliseconds, so in other letters than it was asked.
    word = (f"/v2/entries?from={window[0].replace('Z', '.000Z')}&to={window[1].replace('Z', '.000Z')}"
            f"&start={start + PAGE + 1}&size={PAGE}&max={len(rows)}")
    if "loops" in scenario.traps:
        word = f"/v2/entries?from=x&to=y&start={start + 1}&size={PAGE}&max=9"
    return 200, page_of(scenario, "ncmec", page, word if more else "", max((e[2] for e in page), default=None))


def since(scenario, start):
    return sorted((e for e in map(entry, range(scenario.count)) if e[2] >= start), key=lambda e: e[2])


def stopncii(request, scenario, names):
    """Tokens do not live long: in the scenario "forgets" each of them is good for one answer only."""
    if names != ["FetchHashes"] or request.query["pageSize"] != "800":
        return 404, b""
    rows = since(scenario, int(request.query["startTimestamp"]))
    token = request.query.get("nextPageToken")
    at = 0
    if token:
        if token not in scenario.tokens:
            return 410, b""
        at = scenario.tokens[token]
    if "forgets" in scenario.traps and token and scenario.requests == 3:
        scenario.tokens.clear()
        return 410, b""
    page, more = rows[at:at + PAGE], at + PAGE < len(rows)
    word = f"t{at}=/+"
    if more:
        scenario.tokens[word] = at + PAGE
    return 200, page_of(scenario, "stopncii", page, word if more else "", max((e[2] for e in page), default=None))


def threatexchange(request, scenario, names):
    """The next page's address holds the token; should_delete marks what is off the list."""
    if names != ["77", "threat_updates"]:
        return 404, b""
    rows = since(scenario, int(request.query["start_time"]))
    at = int(request.query.get("after", "c0")[1:])
    page, more = rows[at:at + PAGE], at + PAGE < len(rows)
    host = "elsewhere.example" if "elsewhere" in scenario.traps else "graph.example"
    word = f"https://{host}/77/threat_updates/?access_token={TOKEN}&limit=500&after=c{at + PAGE}"
    return 200, page_of(scenario, "threatexchange", page, word if more else "", max((e[2] for e in page), default=None))


def chain(version):
    return hashlib.sha256(b"chain %d" % version).hexdigest() if version else "-"


def seawall(request, scenario, names):
    """Each entry is a list version of its own."""
    after = int(request.query["after"])
    if after >= scenario.count:
        return 204, b""
    to = min(after + PAGE, scenario.count)
    begin = chain(after) if "forked" not in scenario.traps or not after else "f" * 64
    extra = [f"from {after} {begin}", f"to {to} {chain(to)}"]
    again = [entry(0)] if "repeats" in scenario.traps else []
    return 200, document([entry(n) for n in range(after, to)] + again, extra=extra)


def file(request, scenario, names):
    body = scenario.file or document([entry(n) for n in range(scenario.count)])
    tag = f'"{hashlib.md5(body).hexdigest()}"'
    headers = [] if "plain" in scenario.traps else [("ETag", tag), ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")]
    if headers and request.headers.get("If-None-Match") == tag:
        return 304, b""
    return 200, body, headers


BODIES = {
    "ncmec": {"authorized": basic, "answer": ncmec},
    "stopncii": {"authorized": two_keys, "answer": stopncii},
    "threatexchange": {"authorized": bearer, "answer": threatexchange},
    "seawall": {"authorized": bearer, "answer": seawall},
    "file": {"authorized": lambda request: True, "answer": file},
}
