"""/v1/accounts and /v1/access-changes: people made, changed and disabled over HTTP, and what nobody may."""
from serve_people_test import PASSWORD, PeopleTest
from support import main

WHY = {"why": "test"}


class Accounts(PeopleTest):
    def setUp(self):
        super().setUp()
        self.account("ann")
        self.account("ove", role="overseer")
        self.account("zoe", "--tenant", "forum", role="administrator")

    def begin(self):
        self.serve()
        self.ann, self.ove, self.zoe = (self.sign_in(name) for name in ("ann", "ove", "zoe"))

    def make(self, who, account, roles, status=201, **more):
        body = {"account": account, "password": PASSWORD, "roles": roles, **WHY, **more}
        answer = self.ask_as(who, "POST", "/v1/accounts", body)
        self.assertEqual(answer.status, status, answer.body)
        return answer

    def alter(self, who, account, status=200, **what):
        answer = self.ask_as(who, "PATCH", f"/v1/accounts/{account}", {**what, **WHY})
        self.assertEqual(answer.status, status, answer.body)
        return answer

    def names(self, who, query=""):
        return [one["account"] for one in self.ask_as(who, "GET", "/v1/accounts" + query).json["accounts"]]

    def test_a_person_is_made_signs_in_gets_other_roles_and_is_disabled(self):
        self.begin()
        made = self.make(self.ann, "Bob", ["reviewer"]).json
        self.assertEqual({**made, "created": 0}, {"account": "Bob", "active": True, "second_factor": False,
                                                  "recovery_codes": 0, "roles": ["reviewer"], "elsewhere": False,
                                                  "created": 0})
        self.assertEqual(made["created"]["who"], "ann")
        bob = self.sign_in("bob")
        self.assertEqual(bob.shown["roles"], ["reviewer"])
        self.assertEqual(self.alter(self.ann, "bob", roles=["viewer", "list_manager"]).json["roles"],
                         ["viewer", "list_manager"])
        self.assertEqual(self.ask_as(bob, "GET", "/v1/session").json["roles"], ["viewer", "list_manager"])
        self.assertFalse(self.alter(self.ann, "bob", active=False).json["active"])
        self.assertEqual(self.ask_as(bob, "GET", "/v1/session").status, 401)
        self.assertTrue(self.alter(self.ann, "bob", active=True).json["active"])
        self.sign_in("bob")
        self.assertEqual(self.names(self.ann), ["ann", "Bob", "ove"])

    def test_the_rules_of_the_command_hold(self):
        self.begin()
        self.make(self.ann, "bob", ["overseer", "reviewer"], 400)
        self.make(self.ann, "bob", [], 400)
        self.make(self.ann, "bob", ["king"], 400)
        self.make(self.ann, "bob", ["viewer"], 400, password="short")
        self.make(self.ann, "bob", ["viewer"])
        self.make(self.ann, "B ob", ["viewer"], 409)
        self.alter(self.ann, "bob", 400)
        self.alter(self.ann, "nobody", 404, active=False)
        self.alter(self.ann, "ann", 409, active=False)
        self.alter(self.ann, "ann", 409, roles=["viewer"])
        self.make(self.ove, "eve", ["viewer"], 403)
        self.alter(self.ove, "bob", 403, active=False)
        self.assertNotIn(PASSWORD, self.log_text())

    def test_a_tenant_sees_and_changes_its_own_people_alone(self):
        self.begin()
        self.make(self.ann, "bob", ["viewer"])
        self.assertEqual(self.names(self.zoe), ["zoe"])
        self.alter(self.zoe, "bob", 404, active=False)
        self.accounts("set-roles", "bob", "--tenant", "forum", "--role", "reviewer")
        self.assertTrue(self.ask_as(self.ann, "GET", "/v1/accounts").json["accounts"][1]["elsewhere"])
        self.assertEqual(self.names(self.zoe), ["bob", "zoe"])
        self.alter(self.zoe, "bob", 409, active=False)
        self.assertEqual(self.alter(self.zoe, "bob", roles=[]).json["roles"], [])
        self.assertEqual(self.names(self.zoe), ["zoe"])
        self.assertEqual(self.names(self.ann), ["ann", "bob", "ove"])

    def test_changes_are_told_in_pages_with_who_and_why(self):
        key = self.key("upload", ("match",))
        self.begin()
        self.make(self.ann, "bob", ["viewer"])
        self.alter(self.ann, "bob", active=False)
        told, after = [], ""
        while after is not None:
            page = self.ask_as(self.ove, "GET", "/v1/access-changes?limit=2" + (f"&after={after}" if after else "")).json
            told += page["changes"]
            after = page["next"]
        self.assertEqual([one["number"] for one in told], sorted(one["number"] for one in told))
        deeds = [(one["deed"], one["subject"]) for one in told]
        self.assertIn(("account_made", "bob"), deeds)
        self.assertEqual(deeds[-1], ("account_disabled", "bob"))
        self.assertIn(("key_made", key.split("_")[1]), deeds)
        self.assertNotIn("zoe", [subject for _, subject in deeds])
        self.assertEqual(told[-1]["by"]["who"], "ann")
        self.assertEqual(self.names(self.ann, "?limit=1"), ["ann"])
        self.refused(self.ask_as(self.ann, "GET", "/v1/access-changes?after=x"), 400, "invalid-input")


if __name__ == "__main__":
    main()
