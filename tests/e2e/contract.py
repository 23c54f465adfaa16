"""Holds what a server answers against docs/openapi.yaml: status, headers, content type, body."""
import json
import re
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import yaml

METHODS = ("get", "put", "post", "delete", "patch")


class ContractError(AssertionError):
    pass


class Contract:
    """The document, read once. `seen` collects (operationId, status) of every answer that was checked."""

    def __init__(self, path):
        self.document = yaml.safe_load(Path(path).read_text())
        self.resolver = jsonschema.RefResolver.from_schema(self.document)
        self.operations = {}
        self.seen = set()
        for path, item in self.document["paths"].items():
            pattern = re.compile("^" + re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(path)) + "$")
            for method in METHODS:
                if method in item:
                    self.operations[item[method]["operationId"]] = (method, path, pattern, item[method])

    def resolved(self, thing):
        while "$ref" in thing:
            thing = self.resolver.resolve(thing["$ref"])[1]
        return thing

    def find(self, method, target):
        """The operation that a request names: its literal path before one with a capture."""
        path = target.split("?")[0]
        try:
            unquote(path, errors="strict")
        except UnicodeDecodeError:
            return None
        found = [(template.count("{"), template) for _, template, pattern, _ in self.operations.values()
                 if pattern.match(path)]
        here = [name for name, (m, template, _, _) in self.operations.items()
                if found and m == method.lower() and template == min(found)[1]]
        return here[0] if here else None

    def documented(self):
        return {(name, status) for name, (_, _, _, operation) in self.operations.items()
                for status in operation["responses"]}

    def valid(self, schema, value):
        validator = jsonschema.Draft202012Validator(schema, resolver=self.resolver,
                                                    format_checker=jsonschema.FormatChecker())
        return sorted(validator.iter_errors(value), key=lambda error: list(map(str, error.path)))

    def check(self, method, target, answer):
        """Raises ContractError unless the document has this answer."""
        name = self.find(method, target)
        where = f"{method} {target.split('?')[0]} -> {answer.status}"
        if name is None:
            if answer.status not in (400, 404, 405):
                raise ContractError(f"{where}: the document has no such path")
            return
        responses = self.operations[name][3]["responses"]
        status = str(answer.status)
        if status not in responses:
            if status in ("408", "411", "414", "431", "501") and name != "none":
                # An address that is too long is refused unread: whose path it would be is not known.
                if name.startswith("hma_") and status != "414":
                    self.check_message(where, answer)
                else:
                    self.check_problem(where, answer)
                return
            # A path that reads the store may answer 500, as the document's introduction says.
            if status != "500":
                raise ContractError(f"{where}: not documented; {answer.body[:300]!r}")
            return
        response = self.resolved(responses[status])
        self.check_headers(where, response, answer)
        self.check_body(where, response, answer)
        self.seen.add((name, status))

    def check_problem(self, where, answer):
        faults = self.valid(self.document["components"]["schemas"]["Problem"], json.loads(answer.body))
        if faults:
            raise ContractError(f"{where}: {faults[0].message}")

    def check_message(self, where, answer):
        """HMA's own form of a refusal."""
        if set(json.loads(answer.body)) != {"message"}:
            raise ContractError(f"{where}: HMA's refusals have a message alone")

    def check_headers(self, where, response, answer):
        for header, what in response.get("headers", {}).items():
            what = self.resolved(what)
            value = answer.headers.get(header.lower())
            if value is None:
                if what.get("required"):
                    raise ContractError(f"{where}: the header {header} is missing")
                continue
            schema = self.resolved(what["schema"])
            if schema.get("type") == "integer":
                value = int(value)
            faults = self.valid(what["schema"], value)
            if faults:
                raise ContractError(f"{where}: header {header}: {faults[0].message}")

    def check_body(self, where, response, answer):
        content = response.get("content")
        if not content:
            if answer.body:
                raise ContractError(f"{where}: a body, and the document has none")
            return
        if response.get("x-seawall-may-be-empty") and not answer.body and "content-type" not in answer.headers:
            return
        sent = answer.headers.get("content-type", "").split(";")[0].strip()
        if sent not in content:
            raise ContractError(f"{where}: content type {sent!r}, documented: {sorted(content)}")
        if sent == "application/octet-stream":
            return
        schema = content[sent].get("schema", {})
        charset = "latin-1" if sent == "application/octet-stream" else "utf-8"  # Any bytes are text of it.
        value = json.loads(answer.body) if sent.endswith("json") else answer.body.decode(charset)
        faults = self.valid(schema, value)
        if faults:
            fault = jsonschema.exceptions.best_match(faults)
            raise ContractError(f"{where}: /{'/'.join(map(str, fault.path))}: {fault.message[:300]}")


CONTRACT = Contract(Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml")
