"""Make machine code of `shipsmart/core` with mypyc, for this Python; `make setup` and the Dockerfile run it.

Needs mypyc and setuptools (`requirements-compile.lock`) and a C compiler. Without them the product runs all the same,
with landed cost at half the speed; that is said and is no failure, unless `--strict` asks for it.
"""

import contextlib
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from shipsmart import core  # noqa: E402 - the path comes first


def main(arguments: list[str]) -> int:
    """Return the exit status: 0, or 1 under `--strict` when nothing could be made."""
    os.chdir(ROOT)  # mypyc names modules by their path from here
    folder = core.machine_code()
    if folder.is_dir():
        return 0
    print("making machine code of shipsmart/core (once for each change of it)", file=sys.stderr)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            _make(folder)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a compiler lacks, the product runs without
        print(f"{said.getvalue()[-2000:]}\n{error}\nno machine code: landed cost runs in plain Python", file=sys.stderr)
        return int("--strict" in arguments)
    return 0


def _make(folder: Path) -> None:
    """Build beside the place and move there: a build that is cut short is never taken for one."""
    from mypyc.build import mypycify  # noqa: PLC0415 - may not be installed
    from setuptools import Distribution  # noqa: PLC0415

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        sources = [str(file.relative_to(ROOT)) for file in core.SOURCES]
        modules = mypycify([*sources, "--ignore-missing-imports"], target_dir=f"{work}/c")
        command = Distribution({"ext_modules": modules}).get_command_obj("build_ext")
        command.build_lib, command.build_temp = f"{work}/made", f"{work}/objects"
        command.ensure_finalized()
        command.run()
        for old in folder.parent.iterdir():
            if old != Path(work):
                shutil.rmtree(old)
        Path(work, "made").rename(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
