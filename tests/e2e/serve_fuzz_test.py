"""Requests drawn from docs/openapi.yaml, right and wrong ones, for every operation: each answer must be one that the
document has, never 500, and the server must live. SEAWALL_TEST_SEED repeats a run, SEAWALL_FUZZ_ROUNDS makes it longer."""
import json
import os
import random
import re
import unittest
from urllib.parse import quote, urlencode

from contract import CONTRACT, ContractError
from serve_support import ServeTest
from support import SEED, main, png

ROUNDS = int(os.environ.get("SEAWALL_FUZZ_ROUNDS", "60"))


class Drawer:
    """Draws values that a schema allows; sometimes ones that it does not."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text_of(self, pattern):
        """A text that the regular expression matches, of the forms that the document uses."""
        out = []
        for kind, what in re._parser.parse(pattern):
            out.append(self.part(str(kind), what))
        return "".join(out)

    def part(self, kind, what):
        if kind == "LITERAL":
            return chr(what)
        if kind in ("AT", "ASSERT", "ASSERT_NOT"):
            return ""
        if kind == "NOT_LITERAL":
            return self.random.choice([c for c in "abc 12_é" if c != chr(what)])
        if kind == "ANY":
            return self.random.choice("abc 12_é")
        if kind == "IN":
            return self.one_of(what)
        if kind == "MAX_REPEAT":
            least, most, inner = what
            count = self.random.randint(least, min(int(most), least + 8))
            return "".join(self.part(str(k), w) for _ in range(count) for k, w in inner)
        if kind == "SUBPATTERN":
            return "".join(self.part(str(k), w) for k, w in what[-1])
        if kind == "BRANCH":
            return "".join(self.part(str(k), w) for k, w in self.random.choice(what[1]))
        raise ValueError(kind)

    def one_of(self, choices):
        kind, what = self.random.choice([c for c in choices if str(c[0]) != "NEGATE"])
        if str(kind) == "RANGE":
            return chr(self.random.randint(*what))
        return chr(what) if str(kind) == "LITERAL" else "a"

    def value(self, schema, depth=0):
        if schema is True:
            return None
        schema = CONTRACT.resolved(schema)
        for several in ("oneOf", "anyOf"):
            if several in schema and schema.get("type") != "object":
                return self.value(self.random.choice(schema[several]), depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema.get("type", "object")
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        return getattr(self, "draw_" + kind)(schema, depth)

    def draw_null(self, _schema, _depth):
        return None

    def draw_boolean(self, _schema, _depth):
        return self.random.random() < 0.5

    def draw_integer(self, schema, _depth):
        least, most = schema.get("minimum", 0), schema.get("maximum", 1000)
        return self.random.choice([least, most, self.random.randint(least, min(most, least + 100))])

    def draw_number(self, schema, _depth):
        return self.random.choice([0, 1, 0.5])

    def draw_string(self, schema, _depth):
        if schema.get("format") == "date-time":
            return f"20{self.random.randint(26, 99)}-0{self.random.randint(1, 9)}-11T01:02:03Z"
        if "contentMediaType" in schema:
            return "bytes"
        if schema.get("format") == "uri":
            return self.random.choice(["https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1:8080/a?b"])
        if "pattern" in schema:
            return self.text_of(schema["pattern"])[:schema.get("maxLength", 10000)]
        return self.random.choice(["a", "known", "x" * min(schema.get("maxLength", 30), 300), "ü € \U0001f30a"])

    def draw_array(self, schema, depth):
        most = min(schema.get("maxItems", 3), 3)
        return [self.value(schema["items"], depth + 1) for _ in range(self.random.randint(schema.get("minItems", 0), most))]

    def draw_object(self, schema, depth):
        wanted = set(schema.get("required", []))
        for choice in (schema.get("oneOf") or schema.get("anyOf") or []):
            if "required" in choice:
                wanted |= set(self.random.choice([choice])["required"]) if self.random.random() < 0.6 else set()
        out = {}
        for name, inner in schema.get("properties", {}).items():
            if name in wanted or (depth < 4 and self.random.random() < 0.3):
                out[name] = self.value(inner, depth + 1)
        return out

    def spoiled(self, value):
        """The value with one thing in it made wrong."""
        wrong = [None, -1, 2**63, 1e308, "", "\u0000", "x" * 5000, [], {}, [[[[]]]], True, "é" * 200]
        if isinstance(value, dict) and value and self.random.random() < 0.8:
            out = dict(value)
            name = self.random.choice(sorted(out))
            deed = self.random.randrange(4)
            if deed == 0:
                del out[name]
            elif deed == 1:
                out["unknown"] = 1
            elif deed == 2:
                out[name] = self.spoiled(out[name])
            else:
                out[name] = self.random.choice(wrong)
            return out
        if isinstance(value, list) and value and self.random.random() < 0.6:
            return [self.spoiled(value[0])] + value[1:]
        return self.random.choice(wrong)


class Fuzz(ServeTest):
    def setUp(self):
        super().setUp()
        self.make_list("known", "id,md5\na,0123456789abcdef0123456789abcdef\nb,0123456789abcdef0123456789abcde0\n")
        self.default_key = self.key("all", ("match", "feedback", "entries:read", "banks:read", "lists:write",
                                            "observations:read", "status", "metrics"))
        self.drawer = Drawer(SEED)
        self.picture = png(64, 64, 1)
        self.serve()

    def test_every_operation_answers_as_the_document_says(self):
        draw = self.drawer.random
        known = {"entry": "1.0", "bank": "known", "release": "1", "bank_name": "known", "problem": "stale"}
        answered, faults = {}, set()
        for round_number in range(ROUNDS):
            for name, (method, path, _, operation) in sorted(CONTRACT.operations.items()):
                shared = CONTRACT.document["paths"][path].get("parameters", [])
                parameters = [CONTRACT.resolved(p) for p in shared + operation.get("parameters", [])]
                target, headers = self.target_of(path, parameters, known), {}
                # A stream of events goes on for as long as it was asked to.
                target = re.sub(r"(?<=[?&]seconds=)\d+", "0", target) if path == "/v1/events" else target
                for parameter in parameters:
                    if parameter["in"] == "header" and draw.random() < 0.2:
                        value = str(self.drawer.value(parameter["schema"]))
                        if all(31 < ord(c) < 127 for c in value):
                            headers[parameter["name"]] = value
                body, kind = self.body_of(operation)
                key = draw.choice(["", "", "", "", None, "swk_wrong"])
                try:
                    answer = self.ask(method.upper(), target, body, key=key, headers=headers, content_type=kind)
                except ContractError as error:
                    faults.add(str(error))
                    continue
                if answer.status == 500:
                    faults.add(f"{method} {target}: {answer.body[:300]}")
                answered.setdefault(name, set()).add(answer.status)
        self.assertFalse(faults, "\n".join(sorted(faults)) + f"\n(seed {SEED})")
        self.assertEqual(self.ask("GET", "/healthz/live", key=None).status, 200)
        self.assertEqual(self.stop(), 0)
        statuses = {status for of in answered.values() for status in of}
        self.assertLessEqual({200, 400, 401, 404}, statuses)

    def target_of(self, path, parameters, known):
        draw, query = self.drawer.random, []
        for parameter in parameters:
            schema = parameter["schema"]
            if parameter["in"] == "path":
                name = parameter["name"]
                value = known.get(name) if draw.random() < 0.6 else None
                value = value or str(self.drawer.value(schema)) or "x"
                path = path.replace("{" + name + "}", quote(value.replace("\u0000", "x"), safe="") or "x")
            elif parameter["in"] == "query" and draw.random() < (0.9 if parameter.get("required") else 0.25):
                value = self.drawer.value(schema)
                if draw.random() < 0.2:
                    value = self.drawer.spoiled(value)
                values = value if isinstance(value, list) else [value]
                query += [(parameter["name"], str(v).lower() if isinstance(v, bool) else v) for v in values]
        if draw.random() < 0.05:
            query.append(("nosuch", "1"))
        return path + ("?" + urlencode(query) if query else "")

    def body_of(self, operation):
        draw = self.drawer.random
        content = CONTRACT.resolved(operation.get("requestBody", {})).get("content", {})
        if not content:
            return None, None
        kind = draw.choice(sorted(content))
        if kind == "application/json":
            value = self.drawer.value(content[kind]["schema"])
            if draw.random() < 0.4:
                value = self.drawer.spoiled(value)
            text = json.dumps(value).encode()
            return (text[:draw.randrange(1, len(text) + 1)] if draw.random() < 0.1 else text), kind
        if kind == "multipart/form-data":
            names = list(CONTRACT.resolved(content[kind]["schema"]).get("properties", {"file": 0}))
            parts = b"".join(b'--b\r\nContent-Disposition: form-data; name="' + name.encode() +
                             b'"; filename="f"\r\n\r\n' + self.picture + b"\r\n" for name in names[:draw.randrange(3)])
            return parts + b"--b--\r\n", kind + "; boundary=b"
        return draw.choice([self.picture, b"", b"text", self.picture[:100]]), kind.replace("*", "png")


if __name__ == "__main__":
    main()
