#!/usr/bin/env python3
"""Makes the wheel from what CMake has built. Standard library only, no network.

usage: build_wheel.py BUILD_FOLDER OUTPUT_FOLDER

BUILD_FOLDER has src/lib/libseawall.so.0 and bin/media_worker (default for `pip wheel python/`: $SEAWALL_BUILD_DIR, else
build/release). The same inputs give the same bytes. Why the wheel is what it is: docs/decisions, "the Python package".
"""
import base64
import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "src/seawall"
DATE = (1980, 1, 1, 0, 0, 0)


def version():
    text = (HERE.parent / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.search(r"project\(seawall VERSION ([0-9.]+)", text)[1]


def platform_tag():
    """The plain tag of this machine, such as linux_x86_64: the programs in the wheel need the shared libraries of the
    distribution that they were built on, so no tag of many distributions (manylinux) would be honest."""
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def stripped(program):
    """The file without debugging data; as it is where there is no strip."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "stripped"
        try:
            subprocess.run(["strip", "--strip-unneeded", "-o", out, program], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return Path(program).read_bytes()
        return out.read_bytes()


def metadata():
    project = (HERE / "pyproject.toml").read_text(encoding="utf-8")

    def said(name):
        return re.search(rf'^{name} = "(.*)"$', project, re.M)[1]

    rows = ["Metadata-Version: 2.1", "Name: seawall", f"Version: {version()}", f"Summary: {said('description')}",
            "License: Apache-2.0", f"Requires-Python: {said('requires-python')}"]
    rows += [f"Classifier: {row}" for row in re.findall(r'^  "(.* :: .*)",$', project, re.M)]
    guide = HERE.parent / "docs/howto/python.md"
    text = "\n".join([*rows, "Description-Content-Type: text/markdown", "", guide.read_text(encoding="utf-8")])
    return text.encode()


def contents(build):
    """Path in the wheel to (bytes, is a program)."""
    library = Path(build) / "src/lib/libseawall.so.0"
    worker = Path(build) / "bin/media_worker"
    for path in (library, worker):
        if not path.exists():
            sys.exit(f"build_wheel.py: {path} is missing; run: ./do wheel")
    info = f"seawall-{version()}.dist-info"
    files = {f"seawall/{path.name}": (path.read_bytes(), False)
             for path in sorted(PACKAGE.iterdir()) if path.suffix == ".py" or path.name == "py.typed"}
    files["seawall/_native/libseawall.so.0"] = (stripped(library), True)
    files["seawall/_native/media_worker"] = (stripped(worker), True)
    files[f"{info}/LICENSE"] = ((HERE.parent / "LICENSE").read_bytes(), False)
    files[f"{info}/METADATA"] = (metadata(), False)
    tag = f"py3-none-{platform_tag()}"
    files[f"{info}/WHEEL"] = (f"Wheel-Version: 1.0\nGenerator: seawall build_wheel\nRoot-Is-Purelib: false\n"
                              f"Tag: {tag}\n".encode(), False)
    record = "".join(f"{name},sha256={digest(data)},{len(data)}\n" for name, (data, _) in files.items())
    files[f"{info}/RECORD"] = (f"{record}{info}/RECORD,,\n".encode(), False)
    return f"seawall-{version()}-{tag}.whl", files


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def build(build_folder, output_folder):
    name, files = contents(build_folder)
    Path(output_folder).mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(Path(output_folder) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, (data, is_program) in files.items():
            entry = zipfile.ZipInfo(path, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if is_program else 0o100644) << 16
            wheel.writestr(entry, data)
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """PEP 517."""
    return build(os.environ.get("SEAWALL_BUILD_DIR", HERE.parent / "build/release"), wheel_directory)


def build_sdist(sdist_directory, config_settings=None):
    """PEP 517."""
    raise RuntimeError("the package is built from the whole project: ./do wheel")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(build(*sys.argv[1:]))
