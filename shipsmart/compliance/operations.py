"""Denied parties: lists taken into force, parties screened against them, decisions kept."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from shipsmart.compliance.findings import Block
from shipsmart.compliance.models import ScreenedName, ScreenedParty, ScreeningHit, ScreeningList
from shipsmart.compliance.party_checks import LONGEST_NAME, PartyHit, screened
from shipsmart.compliance.screening.lists import ReadList, ScreeningListInvalid, read_list
from shipsmart.compliance.screening.matching import Listed, Match, NameIndex
from shipsmart.compliance.wording import table
from shipsmart.core.errors import ShipSmartError
from shipsmart.documents.snapshots import PaperShipment
from shipsmart.merchants.models import Merchant

BATCH = 2_000
# An edition with less than half of the names before it is more likely a broken download than a list that shrank.
LEAST_SHARE = 0.5
Screen = Callable[[Sequence[str]], list[PartyHit]]


class DecisionInvalid(ShipSmartError):
    """A hit can only be cleared or blocked, and only with a reason."""

    code = "decision_invalid"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the edition, whether it is new, how many parties were screened again and hits found."""

    edition: ScreeningList
    is_new: bool
    parties: int
    new_hits: int


def import_list(source: str, content: bytes, *, alternates: bytes = b"", force: bool = False) -> Imported:
    """Take an edition into force and screen every known party against it again.

    The same file again changes nothing. Raises ScreeningListInvalid for what is not the list, or is less than half as
    long as the one in force (unless forced); the list in force then stays.
    """
    digest = hashlib.sha256(content + alternates).hexdigest()
    held = ScreeningList.objects.current().filter(source=source).first()
    if held and held.sha256 == digest:
        return Imported(held, False, 0, 0)
    read = read_list(source, content, alternates=alternates)
    if held and not force and len(read.names) < held.name_count * LEAST_SHARE:
        raise ScreeningListInvalid(
            f"the {source} file holds {len(read.names)} names, the list in force {held.name_count}; "
            "import it with --force if that is right",
            source=source,
        )
    with transaction.atomic():
        edition = _replace(source, read, digest)
    parties, hits = rescreen()
    return Imported(edition, True, parties, hits)


def _replace(source: str, read: ReadList, digest: str) -> ScreeningList:
    before = ScreeningList.objects.current().filter(source=source)
    ScreenedName.objects.filter(screening_list__in=before).delete()
    before.update(is_current=False)
    edition = ScreeningList.objects.create(
        source=source, published=read.published, sha256=digest, name_count=len(read.names)
    )
    rows = (
        ScreenedName(
            screening_list=edition, entry=listed.entry, name=listed.name, kind=listed.kind, program=listed.program
        )
        for listed in read.names
    )
    ScreenedName.objects.bulk_create(rows, batch_size=BATCH)
    return edition


def rescreen() -> tuple[int, int]:
    """Screen every party that was screened with other lists than those in force; return parties and new hits."""
    version, _ = _held.get()
    parties = list(ScreenedParty.objects.exclude(screened_with=version).select_related("merchant"))
    before = ScreeningHit.objects.count()
    for party in parties:
        screen_names(party.merchant, [party.name])
    return len(parties), ScreeningHit.objects.count() - before


def screen_shipment(merchant: Merchant, shipment: PaperShipment) -> list[Block]:
    """Return a block `party_screened` for each party whose name resembles a listed one and was not cleared.

    Hits are kept for the review queue; a decision holds for the next shipment to the same name. Without any imported
    list nothing is found: `lists_in_force()` tells.
    """
    return screened(shipment, lambda names: screen_names(merchant, names))


def screen_names(merchant: Merchant, names: Sequence[str]) -> list[PartyHit]:
    """Return the hits of the names that stand in the way: open ones and blocked ones."""
    version, index = _held.get()
    subjects = list(dict.fromkeys(text[:LONGEST_NAME] for text in names if text.strip()))
    hits = [_hit(merchant, name, match) for name in subjects for match in index.search(name)]
    _note_screened(merchant, subjects, version)
    return [_party_hit(hit) for hit in hits if hit.decision != ScreeningHit.Decision.CLEARED]


def _note_screened(merchant: Merchant, subjects: Sequence[str], version: str) -> None:
    now = timezone.now()
    ScreenedParty.objects.bulk_create(
        # Sorted, so that two shipments with the same names lock their rows in one order.
        (
            ScreenedParty(merchant=merchant, name=name, screened_with=version, screened_at=now)
            for name in sorted(subjects)
        ),
        update_conflicts=True,
        unique_fields=["merchant", "name"],
        update_fields=["screened_with", "screened_at"],
    )


def forget_parties(merchant: Merchant, names: Sequence[str]) -> None:
    """Screen these names no more when lists change. What resembled a listed name stays, with what was decided."""
    resembled = ScreeningHit.objects.for_merchant(merchant).filter(subject__in=names).values("subject")
    ScreenedParty.objects.filter(merchant=merchant, name__in=names).exclude(name__in=resembled).delete()


def _hit(merchant: Merchant, name: str, match: Match) -> ScreeningHit:
    listed = match.listed
    hit, _ = ScreeningHit.objects.get_or_create(
        merchant=merchant,
        subject=name,
        source=listed.source,
        entry=listed.entry,
        name_matched=listed.name,
        defaults={"score": match.score, "program": listed.program},
    )
    return hit


def _party_hit(hit: ScreeningHit) -> PartyHit:
    return PartyHit(
        subject=hit.subject,
        listed=hit.name_matched,
        source=f"{hit.get_source_display()}, entry {hit.entry}",
        score=hit.score,
        decision=hit.decision,
    )


def screener_without_merchant() -> Screen:
    """Return a screen that keeps nothing and knows no decisions, for papers made outside an account.

    Where there is no database, no name is found.
    """

    def screen(names: Sequence[str]) -> list[PartyHit]:
        try:
            _, index = _held.get()
        except DatabaseError:
            return []
        labels = dict(ScreeningList.Source.choices)
        return [
            PartyHit(name, listed.name, f"{labels[listed.source]}, entry {listed.entry}", match.score, "open")
            for name in dict.fromkeys(text[:LONGEST_NAME] for text in names)
            for match in index.search(name)
            for listed in (match.listed,)
        ]

    return screen


def decide(hit: ScreeningHit, decision: str, *, by: Any, reason: str) -> ScreeningHit:
    """Clear or block a hit; raises DecisionInvalid without a reason."""
    if decision not in (ScreeningHit.Decision.CLEARED, ScreeningHit.Decision.BLOCKED) or not reason.strip():
        raise DecisionInvalid("a hit is cleared or blocked, and with a reason", decision=decision)
    hit.decide(decision, by=by, reason=reason.strip()[:400])
    return hit


def lists_in_force() -> list[ScreeningList]:
    """Return the editions parties are screened against, oldest import first."""
    return list(ScreeningList.objects.current().order_by("imported_at"))


@dataclass(frozen=True, slots=True)
class Watch:
    """How a merchant's screening stands: editions with their age in days, lists nobody imported, and what came of it.

    `cleared` are the false alarms.
    """

    editions: tuple[tuple[ScreeningList, int, bool], ...]
    not_imported: tuple[str, ...]
    parties: int
    cleared: int
    blocked: int


def watch(merchant: Merchant) -> Watch:
    """Return how the screening stands today; an edition is stale when it was imported or published too long ago."""
    editions = [(edition, *_age(edition)) for edition in lists_in_force()]
    imported = {edition.source for edition, _, _ in editions}
    hits = ScreeningHit.objects.for_merchant(merchant)
    return Watch(
        editions=tuple(editions),
        not_imported=tuple(str(label) for key, label in ScreeningList.Source.choices if key not in imported),
        parties=ScreenedParty.objects.filter(merchant=merchant).count(),
        cleared=hits.filter(decision=ScreeningHit.Decision.CLEARED).count(),
        blocked=hits.filter(decision=ScreeningHit.Decision.BLOCKED).count(),
    )


def _age(edition: ScreeningList) -> tuple[int, bool]:
    """Return the days since an edition was published (imported, where it does not say), and whether it is stale."""
    limits, now = table("screening"), timezone.now()
    imported = (now - edition.imported_at).days
    age = (now.date() - edition.published).days if edition.published else imported
    return age, imported > limits["stale_after_days"] or age > limits["published_stale_after_days"]


class _Held:
    """The index of this process, built again when another edition is in force: one small query each time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version = ""
        self.index = NameIndex(())

    def get(self) -> tuple[str, NameIndex]:
        """Return the hash of the lists in force and the index of their names."""
        editions = sorted(ScreeningList.objects.current().values_list("pk", "source", "sha256"))
        version = hashlib.sha256(repr(editions).encode()).hexdigest()
        with self.lock:
            if version != self.version:
                rows = ScreenedName.objects.filter(screening_list__is_current=True).order_by("pk")
                columns = ("screening_list__source", "entry", "name", "kind", "program")
                self.index = NameIndex(Listed(*row) for row in rows.values_list(*columns).iterator(chunk_size=BATCH))
                self.version = version
            return self.version, self.index


_held = _Held()
