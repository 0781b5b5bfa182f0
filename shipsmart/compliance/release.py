"""The papers of a shipment, behind the gate: a blocked shipment gets none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shipsmart.compliance import gate
from shipsmart.compliance.findings import Block
from shipsmart.compliance.party_checks import PartyHit
from shipsmart.documents.barcodes import UnencodableBarcode
from shipsmart.documents.fonts import UnprintableText
from shipsmart.documents.forms.drawing import TextTooLong
from shipsmart.documents.html_engine import RenderingFailed
from shipsmart.documents.render import RenderedPaper, papers_for, render_paper
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
