"""The papers of a shipment, behind the gate: a blocked shipment gets none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shipsmart.compliance import gate, party_checks
from shipsmart.compliance.findings import Block
from shipsmart.compliance.party_checks import PartyHit
from shipsmart.documents import fonts
from shipsmart.documents.barcodes import UnencodableBarcode
from shipsmart.documents.consignments import Consignment
from shipsmart.documents.fonts import UnprintableText
from shipsmart.documents.forms.drawing import TextTooLong
from shipsmart.documents.html_engine import RenderingFailed
from shipsmart.documents.render import RenderedPaper, papers_for, render_consignment, render_paper
from shipsmart.documents.snapshots import PaperShipment


@dataclass(frozen=True, slots=True)
class Release:
    """Either papers or blocks, and what a person should look at in both cases."""

    papers: tuple[RenderedPaper, ...]
    blocks: tuple[Block, ...]
    warnings: tuple[Block, ...]


def release(
    shipment: PaperShipment,
    *,
    carrier_label: bytes | None = None,
    screen: Callable[[Sequence[str]], Sequence[PartyHit]] | None = None,
) -> Release:
    """Return every paper the shipment needs, or the blocks that keep it from having any; `screen` as in the gate."""
    verdict = gate.examine(shipment, screen=screen)
    papers: list[RenderedPaper] = []
    blocks = list(verdict.blocks)
    for kind in [] if blocks else papers_for(shipment):
        try:
            papers.append(render_paper(kind, shipment, carrier_label=carrier_label))
        except (TextTooLong, UnencodableBarcode, UnprintableText, RenderingFailed) as error:
            where = gate.place_of(error.details.get("text", ""), shipment) or kind
            blocks.append(Block(code=error.code, message=f"{error.message}; shorten it", where=where))
    return Release(papers=() if blocks else tuple(papers), blocks=tuple(blocks), warnings=verdict.warnings)


def release_consignment(
    consignment: Consignment, *, screen: Callable[[Sequence[str]], Sequence[PartyHit]] | None = None
) -> Release:
    """Return manifest, master air waybill and the labels of bags and pallets, or the blocks that keep them back.

    The parcels have passed the gate with their own papers; here the names are screened once more, and what no font
    prints is named.
    """
    names = _names(consignment)
    blocks = party_checks.resembling(names, screen) if screen else []
    for where, text in [*names, *_contents(consignment)]:
        missing = fonts.unprintable(text, consignment.consignee.country)
        if missing:
            message = f"no font of ours prints {missing[:5]!r}; write it in Latin letters, or leave it out"
            blocks.append(Block("unprintable_text", message, where))
    if not blocks:
        try:
            return Release(tuple(render_consignment(consignment)), (), ())
        except (TextTooLong, UnencodableBarcode, UnprintableText) as error:
            blocks.append(Block(error.code, f"{error.message}; shorten it", "consignment"))
    return Release((), tuple(blocks), ())


def _names(consignment: Consignment) -> list[tuple[str, str]]:
    """Return the names of all parties with their places."""
    parties = [("consignor", consignment.consignor), ("consignee", consignment.consignee)]
    names = [(f"{role}.{key}", getattr(party, key)) for role, party in parties for key in ("name", "company")]
    names += [
        (f"bags[{bag}].parcels[{number}].consignee", parcel.consignee)
        for bag, held in enumerate(consignment.bags)
        for number, parcel in enumerate(held.parcels)
    ]
    return [(where, text) for where, text in [*names, ("agent", consignment.agent)] if text]


def _contents(consignment: Consignment) -> list[tuple[str, str]]:
    return [
        (f"bags[{bag}].parcels[{number}].{key}", getattr(parcel, key))
        for bag, held in enumerate(consignment.bags)
        for number, parcel in enumerate(held.parcels)
        for key in ("contents", "city", "waybill")
    ]
