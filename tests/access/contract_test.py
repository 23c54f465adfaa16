"""Who may do what: the program's table against docs/openapi.yaml. Standard library only.

contract_test.py OPENAPI PRINT_OPERATIONS. Skips (exit 77) where there is no contract yet. The contract is read
line by line in the one form it is written in; a form that is not understood is a failure, never passed over.
"""
import re
import subprocess
import sys
from pathlib import Path


def names(text):
    return sorted(word.strip().strip("'\"") for word in text.split(",") if word.strip())


def read_contract(text):
    """{operationId: (get or change, open or closed, scopes, roles)}"""
    found, path, method, current = {}, None, None, None
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"^  /", line):
            path = line.strip().rstrip(":")
        if re.match(r"^\S", line):
            path = None
        verb = re.match(r"^    (get|put|post|delete|patch):$", line)
        if verb and path:
            method, current = verb[1], None
        if not path:
            continue
        if found_id := re.match(r"^      operationId: (\w+)$", line):
            current = found_id[1]
            assert current not in found, f"line {number}: {current} stands twice"
            found[current] = {"get": "get" if method == "get" else "change"}
        elif security := re.match(r"^      security: \[(.*)\]$", line):
            inside = security[1].strip()
            key = re.search(r"\{ key: \[([^\]]*)\] \}", inside)
            session = "{ session: [] }" in inside
            rest = re.sub(r"\{ (key|session|hma_basic): \[[^\]]*\] \}|\{\}|[, ]", "", inside)
            assert not rest, f"line {number}: security is not understood: {rest}"
            found[current].update(open="closed" if inside else "open", scopes=names(key[1] if key else ""),
                                  session=session)
        elif roles := re.match(r"^      x-seawall-role: \[(.*)\]$", line):
            found[current]["roles"] = names(roles[1])
    return found


def main():
    contract_file, program = Path(sys.argv[1]), sys.argv[2]
    if not contract_file.exists():
        print(f"skipped: {contract_file.name} is not there yet")
        return 77
    contract = read_contract(contract_file.read_text())
    table = {}
    for line in subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines():
        name, get, is_open, scopes, roles = line.split("\t")
        table[name] = {"get": get, "open": is_open, "scopes": names(scopes), "roles": names(roles)}
    assert len(contract) >= 20, "the contract is not in the form that this test reads"
    wrong = []
    for name in sorted(contract.keys() | table.keys()):
        theirs, ours = contract.get(name), table.get(name)
        if theirs is None or ours is None:
            wrong.append(f"{name}: only in the {'table' if theirs is None else 'contract'}")
            continue
        if missing := {"get", "open", "scopes", "roles", "session"} - theirs.keys():
            wrong.append(f"{name}: the contract lacks {sorted(missing)}")
            continue
        if bool(theirs["roles"]) != theirs.pop("session"):
            wrong.append(f"{name}: roles without a session, or the other way round")
        if theirs != ours:
            wrong.append(f"{name}: contract {theirs}, table {ours}")
    print("\n".join(wrong) or f"{len(contract)} operations agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
