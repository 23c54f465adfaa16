"""under_unit.py UNIT PROGRAM ARGUMENT...: runs a program under the system calls, families of sockets and limits of a systemd unit.

The lists come from `systemd-analyze syscall-filter`, the filter is put on by libseccomp as systemd does. What the unit does not allow
ends the program (SIGSYS) here, where the unit only answers EPERM: so that a test sees it.
"""
import ctypes
import ctypes.util
import os
import re
import resource
import subprocess
import sys

KILL, ALLOW = 0x80000000, 0x7FFF0000
PR_SET_NO_NEW_PRIVS = 38


def calls_of(word):
    """The names of a system call or of a group, groups within it too."""
    if not word.startswith("@"):
        return {word}
    text = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", word], capture_output=True, text=True,
                          check=True).stdout
    names = {line.strip() for line in text.splitlines()[1:] if line.strip() and not line.strip().startswith("#")}
    return set().union(*map(calls_of, names))


def allowed(unit):
    """As systemd reads SystemCallFilter=: the first line is a list of what is allowed, ~ takes away."""
    calls = calls_of("@default")
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit, flags=re.M):
        named = set().union(*map(calls_of, line.lstrip("~").split()))
        calls = calls - named if line.startswith("~") else calls | named
    return calls


def put_on(calls):
    library = ctypes.CDLL(ctypes.util.find_library("seccomp") or "libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    context = library.seccomp_init(KILL)
    known = 0
    for name in calls:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            known += library.seccomp_rule_add_array(context, ALLOW, number, 0, None) == 0
    if known < 100 or library.seccomp_load(context) != 0:
        sys.exit("the filter could not be put on")


def limit(kind, text):
    factor = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1], 1)
    number = int(text.rstrip("KMG")) * factor
    hard = resource.getrlimit(kind)[1]
    try:
        resource.setrlimit(kind, (number, number))
    except ValueError:  # A container may not raise its limits.
        resource.setrlimit(kind, (min(number, hard), min(number, hard)))


def main():
    with open(sys.argv[1]) as file:
        unit = file.read()
    for name, kind in (("MEMLOCK", resource.RLIMIT_MEMLOCK), ("CORE", resource.RLIMIT_CORE), ("NOFILE", resource.RLIMIT_NOFILE)):
        limit(kind, re.search(rf"^Limit{name}=(\S+)$", unit, flags=re.M)[1])
    calls = allowed(unit)
    if os.geteuid() == 0:
        calls = calls | {"fchown"}  # As root, SQLite gives its log to whom the database belongs; the unit's user is not root.
    assert "mount" not in calls and "setuid" not in calls, sorted(calls)
    # A sanitizer's look for leaks at the end traces the program, which the unit forbids: it would wait for ever. Others do not read this.
    os.environ["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "detect_leaks=0"]))
    os.umask(int(re.search(r"^UMask=(\d+)$", unit, flags=re.M)[1], 8))
    if ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        sys.exit("no_new_privs could not be set")
    put_on(calls)
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
