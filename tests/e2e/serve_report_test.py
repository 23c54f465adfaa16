"""The public page at the real service, as a browser without scripts sends it, and the people who deal with the reports."""
import html.parser
import json
import re
import subprocess
import urllib.parse

from serve_people_test import PASSWORD, Session
from serve_support import ServeTest
from support import main

SETTINGS = '[public_report]\nhouse = "Example house"\nnetwork_rate = "5/3600"\n'
SECRET = "https://reported.example/somewhere?page=7"
FORM = "application/x-www-form-urlencoded"


class Page(html.parser.HTMLParser):
    """What a page without scripts is made of."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.labels, self.controls, self.ids, self.text, self.headings = [], set(), [], [], "", []
        self.wrapped = 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self.ids += [attributes["id"]] if "id" in attributes else []
        if tag == "label":
            self.wrapped += 1
            self.labels.add(attributes.get("for"))
        if tag in ("input", "textarea", "select"):
            self.controls.append((attributes, self.wrapped > 0))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)

    def handle_endtag(self, tag):
        self.wrapped -= 1 if tag == "label" else 0

    def handle_data(self, data):
        self.text += data

    def of(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


class ReportTest(ServeTest):
    def start(self, settings=SETTINGS):
        for name, role in (("root", "administrator"), ("ann", "reviewer"), ("mona", "list_manager"), ("olga", "overseer")):
            self.write("password", PASSWORD).chmod(0o600)
            self.run_seawall("accounts", "create", name, "--role", role, "--password-file", "password", "--why", "test",
                             "--store", self.store, code=0)
        self.again(settings)

    def again(self, settings=SETTINGS):
        self.write("serve.toml", settings)
        self.serve("--config", "serve.toml")
        self.people = {}
        for name in ("ann", "mona", "olga"):
            answer = self.ask("POST", "/v1/session", {"account": name, "password": PASSWORD}, key=None)
            self.people[name] = Session(answer)

    def send(self, query="", headers=None, **fields):
        return self.ask("POST", "/report" + query, urllib.parse.urlencode(fields).encode(), key=None, content_type=FORM,
                        headers=headers)

    def code_of(self, answer):
        return re.search(r'class="code">([a-z2-7-]{19})<', answer.body.decode())[1]

    def as_(self, name, method, path, body=None):
        session = self.people[name]
        return self.ask(method, "/v1/reports" + path, body, key=None,
                        headers={"Cookie": "__Host-seawall=" + session.cookie, "X-CSRF-Token": session.csrf})


class Sending(ReportTest):
    def test_the_page_works_with_curl_and_without_scripts(self):
        """As a form of a browser, by another program."""
        self.start()
        curl = ["curl", "-sS", "--max-time", "30", "-H", "Accept-Language: de", f"http://127.0.0.1:{self.port}/report"]
        shown = subprocess.run(curl, check=True, capture_output=True, text=True, timeout=60).stdout
        self.assertIn('<html lang="de">', shown)
        sent = subprocess.run([*curl, "--data-urlencode", "url=" + SECRET, "--data-urlencode", "category=other"], check=True,
                              capture_output=True, text=True, timeout=60).stdout
        code = re.search(r'class="code">([a-z2-7-]{19})<', sent)[1]
        curl[-1] += "/" + code
        self.assertIn("Noch hat niemand sie angesehen", subprocess.run(curl, check=True, capture_output=True, text=True,
                                                                       timeout=60).stdout)

    def test_the_pages_need_nothing_and_say_everything_in_words(self):
        self.start()
        pages = [self.ask("GET", "/report", key=None), self.ask("GET", "/report?lang=de", key=None), self.send(url="", text="x"),
                 self.send(url=SECRET, category="child"), self.ask("GET", "/report/aaaa-aaaa-aaaa-aaaa", key=None)]
        self.assertEqual([page.status for page in pages], [200, 200, 422, 201, 404])
        for answer in pages:
            self.assertNotIn("set-cookie", answer.headers)
            policy = answer.headers["content-security-policy"]
            self.assertTrue(policy.startswith("default-src 'none'; style-src 'sha256-"), policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(answer.headers["referrer-policy"], "no-referrer")
            page = Page(answer.body.decode())
            names = {tag for tag, _ in page.tags}
            self.assertFalse(names & {"script", "img", "iframe", "link", "object", "video"}, names)
            self.assertEqual(page.headings.count("h1"), 1)
            self.assertEqual(len(page.ids), len(set(page.ids)))
            self.assertTrue(page.of("html")[0]["lang"] in ("en", "de"))
            for control, wrapped in page.controls:
                self.assertTrue(wrapped or control.get("id") in page.labels, control)
                for described in control.get("aria-describedby", "").split():
                    self.assertIn(described, page.ids)
            for link in page.of("a"):
                self.assertRegex(link["href"], r"^(/report|#\w+$|https://|tel:)")
                if link["href"].startswith("#"):
                    self.assertIn(link["href"][1:], page.ids)

    def test_the_style_is_the_one_that_the_policy_names(self):
        import base64
        import hashlib
        self.start()
        answer = self.ask("GET", "/report", key=None)
        style = re.search(r"<style>(.*?)</style>", answer.body.decode(), re.S)[1]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self.assertIn(f"'sha256-{digest}'", answer.headers["content-security-policy"])

    def test_a_form_with_faults_comes_back_with_what_was_written(self):
        self.start()
        answer = self.send(url="no address", text='</textarea><script>alert("x")</script>')
        text = answer.body.decode()
        self.assertEqual(answer.status, 422)
        self.assertNotIn("<script>", text)
        page = Page(text)
        (url,) = [control for control, _ in page.controls if control.get("id") == "url"]
        self.assertEqual((url["value"], url["aria-invalid"]), ("no address", "true"))
        self.assertIn("Choose one of these.", page.text)

    def test_a_network_sends_so_many_and_is_then_asked_to_come_back(self):
        self.start()
        answers = [self.send(url=f"https://example.org/{n}", category="other") for n in range(6)]
        self.assertEqual([answer.status for answer in answers], [201] * 5 + [429])
        self.assertGreater(int(answers[-1].headers["retry-after"]), 0)
        self.assertIn("come back a little later", answers[-1].body.decode())

    def test_nothing_of_a_report_is_in_a_log_or_readable_in_the_folder(self):
        self.start()
        answer = self.send(url=SECRET, category="child", text="behind the second link",
                           headers={"User-Agent": "canary-browser", "X-Forwarded-For": "203.0.113.77"})
        code = self.code_of(answer)
        self.ask("GET", "/report/" + code, key=None)
        self.assertEqual(self.as_("ann", "GET", "/p1").json["url"], SECRET)
        self.stop()
        canaries = [b"reported.example", b"second link", code.encode(), b"canary-browser", b"203.0.113.77"]
        for file in self.folder.rglob("*"):
            if file.is_file():
                for canary in canaries:
                    self.assertNotIn(canary, file.read_bytes(), file.name)

    def test_without_the_table_there_is_no_page(self):
        self.start("")
        self.assertEqual(self.ask("GET", "/report", key=None).status, 501)


class Dealing(ReportTest):
    def test_people_claim_note_and_decide_and_the_sender_can_ask(self):
        self.start()
        code = self.code_of(self.send(url=SECRET, category="pressure"))
        self.send(url=SECRET.upper().replace("SOMEWHERE?PAGE", "somewhere?page"), category="pressure")
        (report,) = self.as_("ann", "GET", "").json["reports"]
        self.assertEqual((report["count"], report["category"], report["state"]), (2, "pressure", "received"))
        self.assertNotIn("url", report)
        self.refused(self.as_("olga", "GET", ""), 403, "forbidden")
        self.refused(self.as_("ann", "POST", "/p1/decide", {"outcome": "passed-on"}), 409, "conflict")
        self.assertEqual(self.as_("ann", "POST", "/p1/claim").json["claimed_by"], "ann")
        self.refused(self.as_("mona", "POST", "/p1/claim"), 409, "conflict")
        self.assertEqual(self.as_("mona", "POST", "/p1/note", {"text": "I know this one"}).json["notes"][0]["by"], "mona")
        self.stop()
        self.again()
        self.assertIn("Somebody is looking", self.ask("GET", "/report/" + code, key=None).body.decode())
        decided = self.as_("ann", "POST", "/p1/decide", {"outcome": "passed-on"}).json
        self.assertEqual((decided["state"], decided["decided_by"]), ("passed-on", "ann"))
        self.assertIn("passed it on", self.ask("GET", "/report/" + code.upper().replace("-", ""), key=None).body.decode())
        self.assertEqual(self.as_("ann", "GET", "?state=open").json["reports"], [])
        self.assertEqual(len(self.as_("ann", "GET", "?state=decided").json["reports"]), 1)

    def test_help_lines_of_the_page_are_those_of_the_data(self):
        self.start()
        from pathlib import Path
        data = json.loads((Path(__file__).resolve().parents[2] / "src/seawall/public_report/help_lines.json").read_text())
        text = Page(self.ask("GET", "/report", key=None).body.decode()).text
        for line in data["lines"]:
            self.assertIn(line["name"], text)
            self.assertIn(line["does"]["en"], text)


if __name__ == "__main__":
    main()
