"""A migration that landed is never changed, renamed or taken away: some installation has applied it.

`migrations.sha256` holds their hashes in the form of `sha256sum`; what lands is added to it:
`sha256sum */*/migrations/0*.py > tests/migrations.sha256`.
"""

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LANDED = dict(
    reversed(line.split("  ")) for line in (Path(__file__).parent / "migrations.sha256").read_text().splitlines()
)
MIGRATIONS = sorted(ROOT.glob("*/*/migrations/0*.py"))


@pytest.mark.parametrize("name", LANDED)
def test_a_migration_that_landed_stands_as_it_was(name: str) -> None:
    assert (ROOT / name).is_file(), f"{name} landed: bring it back and build on it"
    found = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
    assert found == LANDED[name], f"{name} landed: undo its change and write another migration"


def test_what_others_build_on_is_among_them() -> None:
    """Nobody need remember each landing: at the latest the next migration of an app asks for its forerunner."""
    numbered = {(path.parent, path.name) for path in MIGRATIONS}
    forerunners = {a for a, b in pairwise(sorted(numbered)) if a[0] == b[0]}
    names = {str((folder / name).relative_to(ROOT)) for folder, name in forerunners}
    assert names <= set(LANDED)
