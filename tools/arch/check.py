#!/usr/bin/env python3
"""Checks the architecture rules of this tree; prints "path:line: rule: what" and exits 1 on a breach.

The module graph is read from seawall_module() calls, the same text that builds the libraries, so the
build and the check cannot disagree. Standard library only.
"""
import re
import sys
from pathlib import Path

MAX_LINE, MAX_FILE, MAX_FUNCTION = 110, 500, 70
SUFFIXES = {".h", ".cpp"}

# Third-party headers, by the modules that alone may include them. One line per dependency.
OWNERS = {
    r"<tl/expected\.hpp>": {"base"},
    r"<openssl/(ssl|err|x509)\.h>": {"http", "tls"},
    r"<openssl/(?!(ssl|err|x509)\.h>)|<sodium": {"crypto"},
    r"<argon2\.h>": {"argon2"},
    r"<qrencode\.h>": {"qr"},
    r"<xxhash\.h>": {"durable_file"},
    r"<sqlite3\.h>": {"sqlite"},
    r"<libpq-fe\.h>": {"sql"},
    r"<expat\.h>": {"xml"},
    r"<nlohmann/|<simdjson\.h>": {"json"},
    r"<toml\+\+/": {"toml"},
    r"<curl/": {"net_curl"},
    r"<zlib\.h>": {"console_files", "net_curl"},
    r"<seccomp\.h>": {"media_sandbox"},
    r"<jpeglib\.h>|<png\.h>|<webp/|<gif_lib\.h>|<libheif/|<jxl/|<tiffio\.h>|<leptonica/": {"media_images"},
    r"<immintrin\.h>|<arm_neon\.h>": {"fingerprint", "index"},
    r"<boost/": {"http", "fetch"},
    r"<libav": {"media_video"},
    r"<p11-kit/": {"pkcs11"},
    r"<srt(/srt)?\.h>": {"stream_srt"},
}

# Text that library code must not hold, with what to use instead.
BANNED = {
    r"\bstd::(cout|cerr|clog)\b": "write through the Log port",
    r"\bsystem_clock::now\b": "take a seawall::Clock",
    r"\busing namespace\b": "name what you use",
    r"\b(FIXME|XXX)\b": "finish it or file an issue",
    r"\bNOLINT\b(?!.*:\s*\S)": "say why: NOLINT(check): reason",
    r"\bstd::(rand|random_device)\b": "take a seeded engine or crypto::random",
}

MODULE = re.compile(r"seawall_module\(\s*(\w+)\s+LAYER\s+(\d+)(.*?)\)", re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"][^>"]+[>"])')
KEYWORDS = ("USES", "THIRD_PARTY", "HEADERS", "SOURCES", "TESTS")


def read_modules(cmake_text):
    """{name: (layer, {used modules}, {listed files})} from seawall_module() calls, comments removed."""
    text = re.sub(r"#.*", "", cmake_text)
    modules = {}
    for name, layer, rest in MODULE.findall(text):
        words = {key: set() for key in KEYWORDS}
        key = None
        for word in rest.split():
            if word in words:
                key = word
            elif key:
                words[key].add(word)
        modules[name] = (int(layer), words["USES"], words["HEADERS"] | words["SOURCES"] | words["TESTS"])
    return modules


def check_graph(modules):
    for name, (layer, uses, _) in modules.items():
        for used in sorted(uses):
            if used not in modules:
                yield f"{name}: uses unknown module {used}"
            elif modules[used][0] >= layer:
                yield f"{name} (layer {layer}) may not use {used} (layer {modules[used][0]})"


def check_file(module, path, text, modules, seen):
    """Yields (line number, rule, message); adds the module edges it meets to `seen`."""
    lines = text.splitlines()
    if len(lines) > MAX_FILE:
        yield 1, "size", f"{len(lines)} lines, at most {MAX_FILE}"
    if path.suffix == ".h" and not lines[0].startswith("#pragma once"):
        yield 1, "header", "first line is not #pragma once"
    is_test = path.name.endswith("_test.cpp")
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            yield number, "width", f"{len(line)} columns, at most {MAX_LINE}"
        include = INCLUDE.match(line)
        if include:
            yield from ((number, "include", m) for m in check_include(module, include[1], modules, seen, is_test))
        for pattern, instead in BANNED.items():
            if not is_test and re.search(pattern, line.split("//")[0] if "NOLINT" not in line else line):
                yield number, "banned", f"{pattern}: {instead}"
    yield from ((n, "size", m) for n, m in long_functions(lines))


def check_include(module, target, modules, seen, is_test):
    inner = re.match(r'"seawall/(\w+)/(detail/)?', target)
    if inner:
        other, private = inner.groups()
        if other == module:
            return
        seen.add((module, other))
        if private:
            yield f"{target} is private to {other}"
        if other not in modules[module][1]:
            yield f"{module} does not declare USES {other}"
        return
    for pattern, owners in OWNERS.items():
        if re.match(pattern, target) and module not in owners and not is_test:
            yield f"{target} belongs to {', '.join(sorted(owners))}"


def long_functions(lines):
    """Namespace-level bodies longer than MAX_FUNCTION: an opening line in column 0 to its '}' in column 0."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and re.match(r"^[\w:<~].*\) ?(const|noexcept|override| )*\{$", line):
            start = number
        elif line.startswith("}") and start is not None:
            if number - start + 1 > MAX_FUNCTION:
                yield start, f"function of {number - start + 1} lines, at most {MAX_FUNCTION}"
            start = None


def check_tree(root):
    source = root / "src" / "seawall"
    modules = read_modules((source / "CMakeLists.txt").read_text())
    yield from (f"src/seawall/CMakeLists.txt:1: graph: {m}" for m in check_graph(modules))
    seen = set()
    for path in sorted(p for p in source.rglob("*") if p.suffix in SUFFIXES):
        relative = path.relative_to(source)
        module = relative.parts[0]
        where = path.relative_to(root)
        if module not in modules:
            yield f"{where}:1: module: {module} is declared by no seawall_module()"
            continue
        if relative.as_posix() not in modules[module][2] and "detail" not in relative.parts:
            yield f"{where}:1: orphan: not listed in seawall_module({module}), so it is never built or run"
        for number, rule, message in check_file(module, path, path.read_text(), modules, seen):
            yield f"{where}:{number}: {rule}: {message}"
    for name, (_, uses, _) in modules.items():
        for used in sorted(uses):
            if (name, used) not in seen:
                yield f"src/seawall/CMakeLists.txt:1: graph: {name} declares USES {used} but includes nothing of it"


def main():
    breaches = list(check_tree(Path(sys.argv[1])))
    print("\n".join(breaches) if breaches else "architecture: ok")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
