"""Every request that was recorded against HMA itself, asked of Seawall: tests/data/hma/answers.jsonl."""
import base64
import json
from pathlib import Path

from serve_support import ServeTest
from support import main, png

RECORDED = Path(__file__).resolve().parents[1] / "data" / "hma" / "answers.jsonl"
FILES = {"png 7": png(200, 160, 7), "png 9": png(200, 160, 9), "png 33": png(200, 160, 33),
         "flat": b"P5\n64 64\n255\n" + b"\x80" * 4096, "text film": b"film", "text nope": b"nope"}


def form(record):
    parts = [(name, f'; filename="{filename}"', FILES[what]) for name, filename, what in record["files"]]
    parts += [(name, "", value.encode()) for name, value in (record.get("data") or {}).items()]
    return b"".join(f'--b\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + data + b"\r\n"
                    for name, named, data in parts) + b"--b--\r\n"


class Recorded(ServeTest):
    def setUp(self):
        super().setUp()
        key = self.key("hma", ("match", "banks:read", "entries:read", "lists:write"))
        self.sign = {"Authorization": "Basic " + base64.b64encode(b"hma:" + key.encode()).decode()}
        self.write("serve.toml", 'hma_new_banks = "one_person"\n')
        self.serve("--config", "serve.toml")
        self.ids = {}

    def send(self, record):
        path = record["path"]
        for name, number in self.ids.items():
            path = path.replace("{%s}" % name, str(number))
        body, kind = record.get("data"), record.get("content_type")
        if "files" in record:
            body, kind = form(record), "multipart/form-data; boundary=b"
        elif "json" in record and record["json"] is not None:
            body, kind = json.dumps(record["json"]).encode(), "application/json"
        elif body is not None:
            body = body.encode()
        return self.ask(record["method"], path, body, key=None, headers=self.sign, content_type=kind)

    def shape(self, value, name=None):
        """As recorded: ids by their names, what has no order sorted, times and states not compared."""
        if isinstance(value, dict):
            return {key: self.shape(one, key) for key, one in value.items() if key != "state"}
        if isinstance(value, list):
            rows = [self.shape(one, name) for one in value]
            return sorted(rows, key=str) if name else rows
        named = {number: f"<{key}>" for key, number in self.ids.items()}
        if name in ("id", "bank_content_id", "matches") and value in named:
            return named[value]
        return "<time>" if name == "built_to" and value not in (-1, "<time>") else value

    def answered(self, record):
        answer = self.send(record)
        body = answer.json if answer.headers["content-type"] == "application/json" else answer.body.decode()
        if "keep" in record and answer.status == 200:
            self.ids[record["keep"]] = body["id"]
        if answer.status == 422:
            body = [{key: fault[key] for key in ("type", "loc", "msg")} for fault in body]
        return answer.status, self.shape(body)

    def is_listed(self):
        # What a client of HMA waits up to 90 s for.
        sizes = self.ask("GET", "/m/index/status", key=None, headers=self.sign).json
        return (sizes["pdq"]["size"], sizes["video_md5"]["size"]) == (5, 2)

    def test_answers_are_those_that_hma_gave_but_where_the_record_says_why(self):
        records = [json.loads(line) for line in RECORDED.read_text().splitlines()][1:]
        self.assertGreater(len(records), 200)
        for number, record in enumerate(records, 2):
            if "wait" in record:
                self.wait_for(self.is_listed, "listed")
                continue
            where = f"line {number}: {record['method']} {record['path']}"
            status, body = self.answered(record)
            ours = record.get("seawall", record)
            if "words" in ours:
                self.assertEqual(status, record["status"], where)
                self.assertEqual(list(body), ["message"], where)
                continue
            if ours is not record:
                self.assertTrue(ours["why"], where)
            self.assertEqual((status, body), (ours["status"], self.shape(ours["answer"])), where)


if __name__ == "__main__":
    main()
