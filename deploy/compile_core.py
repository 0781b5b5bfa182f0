"""Make machine code of `shipsmart/core` with mypyc, for this Python; `make setup` and the Dockerfile run it.

Needs mypyc and setuptools (`requirements-compile.lock`) and a C compiler. Without them the product runs all the same,
with landed cost at half the speed; that is said once and is no failure, unless `--strict` asks for it.
"""

import contextlib
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from shipsmart import core  # noqa: E402 - the path comes first


def main(arguments: list[str]) -> int:
    """Return the exit status: 0, or 1 under `--strict` when nothing could be made."""
    os.chdir(ROOT)  # mypyc names modules by their path from here
    folder, strict = core.machine_code(), "--strict" in arguments
    failed = folder.with_suffix(".failed")  # what was said when it was tried; `make core` tries again
    if folder.is_dir() or (failed.exists() and not strict):
        return 0
    print("making machine code of shipsmart/core (once for each change of it)", file=sys.stderr)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            _make(folder)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a compiler lacks, the product runs without
        text = f"{said.getvalue()[-2000:]}\n{error}\nno machine code: landed cost runs in plain Python"
        print(text, file=sys.stderr)
        failed.parent.mkdir(parents=True, exist_ok=True)
        failed.write_text(text)
        return int(strict)
    return 0


def _make(folder: Path) -> None:
    """Build beside the place and move there: a build that is cut short is never taken for one."""
    from mypyc.build import mypycify  # noqa: PLC0415 - may not be installed
    from setuptools import Extension  # noqa: PLC0415

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        probe = Path(work, "probe.c")
        probe.write_text("#include <Python.h>\n")
        # A compiler or Python's headers that are missing are noticed before five seconds go into the translation.
        _build([Extension("probe", [str(probe)])], work, "tried")
        sources = [str(file.relative_to(ROOT)) for file in core.SOURCES]
        _build(mypycify([*sources, "--ignore-missing-imports"], target_dir=f"{work}/c"), work, "made")
        for old in folder.parent.iterdir():
            if old.is_dir() and old != Path(work):
                shutil.rmtree(old)
        Path(work, "made").rename(folder)


def _build(modules: list[Any], work: str, name: str) -> None:
    from setuptools import Distribution  # noqa: PLC0415

    command = Distribution({"ext_modules": modules}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = f"{work}/{name}", f"{work}/objects"
    command.ensure_finalized()
    command.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
