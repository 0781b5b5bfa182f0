"""Landed cost as arithmetic: no Django, no file, no clock.

Where machine code of these very sources has been made (`make setup`, mypyc), it runs instead of them, at twice the
speed. It lies under a digest of the sources, so that a changed file never meets an old build: then Python reads the
sources, as it does without a compiler. `SHIPSMART_CORE=plain` asks for that.
"""

import os
import sys
from hashlib import sha256
from pathlib import Path

# Errors stay as they are: classes all over the product inherit from theirs, and none of them is in a hurry.
PLAIN = ("__init__.py", "errors.py")
SOURCES = sorted(file for file in Path(__file__).parent.glob("*.py") if file.name not in PLAIN)


def machine_code() -> Path:
    """Return the folder where machine code of the sources as they stand belongs; it need not be there."""
    digest = sha256(sys.version.encode())
    for file in SOURCES:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return Path(__file__).parents[2] / "build" / "core" / digest.hexdigest()[:20]


_folder = machine_code()
COMPILED = os.environ.get("SHIPSMART_CORE") != "plain" and _folder.is_dir()
if COMPILED:
    __path__.insert(0, str(_folder / "shipsmart" / "core"))
    sys.path.append(str(_folder))  # there lies the library that all the modules share
