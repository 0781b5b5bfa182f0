"""What we ask of stores about their catalogue as a whole: reading it with progress, and writing codes back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class ImportProgress:
    """How far the import of a catalogue is. `state`: none, asked, running, reading, done, failed or cancelled.

    `done` variants of `total` are here; `total` is 0 while the store has not counted them.
    """

    state: str
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    reason: str = ""

    @property
    def under_way(self) -> bool:
        return self.state in ("asked", "running", "reading")


class StoreCatalogueImport(Protocol):
    """capability "catalogue_import"; works on in the background and survives restarts."""

    def start(self, connection: Any, *, actor: str) -> ImportProgress:
        """Begin an import, or go on with one that was stopped; one that is under way stays as it is."""

    def cancel(self, connection: Any, *, actor: str) -> ImportProgress: ...

    def progress(self, connection: Any) -> ImportProgress: ...


class StoreCodes(Protocol):
    """capability "codes": what a person approved is written into the store."""

    def approve(self, connection: Any, variants: Iterable[Any], *, actor: str) -> int:
        """Have codes and origins of catalog.Variants written back; return how many have anything to write."""

    def told(self, connection: Any, variants: Iterable[Any]) -> Mapping[int, str]:
        """Return what became of the values decided now, by primary key: "new", "done", "dead"; none unless approved."""
