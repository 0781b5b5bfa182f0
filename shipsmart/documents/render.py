"""Each paper of a shipment as a PDF. Pure: no clock, no database, the same input gives the same bytes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from shipsmart.core.errors import ShipSmartError
from shipsmart.documents import invoice, packing
from shipsmart.documents.carrier_label import count_pages_of
from shipsmart.documents.consignments import Consignment
from shipsmart.documents.forms import cn23, label, letters, waybill
from shipsmart.documents.forms.consignment import render_air_waybill, render_labels, render_manifest
from shipsmart.documents.needs import papers_for
from shipsmart.documents.snapshots import PaperShipment


class UnknownPaper(ShipSmartError):  # noqa: N818 - the name is part of the interface
    """There is no paper of this kind."""

    code = "unknown_paper"


class PaperNotNumbered(ShipSmartError):  # noqa: N818 - the name is part of the interface
    """An invoice is to be printed before it has a number and a date."""

    code = "paper_not_numbered"


@dataclass(frozen=True, slots=True)
class RenderedPaper:
    """A finished paper: `pdf` holds the file as it is (a carrier's label may be ZPL), `sha256` its hash in hex."""

    kind: str
    pdf: bytes
    pages: int
    sha256: str


RENDERERS: dict[str, Callable[[PaperShipment], tuple[bytes, int]]] = {
    "commercial_invoice": lambda shipment: invoice.render(shipment, kind="commercial_invoice"),
    "return_invoice": lambda shipment: invoice.render(shipment, kind="return_invoice"),
    "packing_list": packing.render,
    "waybill": waybill.render,
    "cn22": cn23.render_cn22,
    "cn23": cn23.render_cn23,
    "label": label.render,
    "origin_statement": letters.render_origin_statement,
    "dangerous_goods_note": letters.render_dangerous_goods_note,
}
NUMBERED = frozenset({"commercial_invoice", "return_invoice"})


def render_paper(kind: str, shipment: PaperShipment, *, carrier_label: bytes | None = None) -> RenderedPaper:
    """Return one paper of a shipment; a carrier's own label passes through untouched.

    Raises UnknownPaper, PaperNotNumbered, UnprintableText, TextTooLong, UnencodableBarcode, RenderingFailed.
    """
    if kind not in RENDERERS:
        raise UnknownPaper(f"{kind!r} is no paper; known are {', '.join(RENDERERS)}", kind=kind)
    if kind in NUMBERED and not (shipment.invoice_number and shipment.invoice_date):
        raise PaperNotNumbered(f"{kind} of {shipment.reference} has no number or no date", reference=shipment.reference)
    if kind == "label" and carrier_label:
        return _rendered(kind, carrier_label, count_pages_of(carrier_label))
    return _rendered(kind, *RENDERERS[kind](shipment))


def render_consignment(consignment: Consignment) -> list[RenderedPaper]:
    """Return what flies with bags and pallets: manifest, master air waybill, a label for each of them.

    Raises UnprintableText, TextTooLong, UnencodableBarcode.
    """
    made = (("manifest", render_manifest), ("air_waybill", render_air_waybill), ("bag_labels", render_labels))
    return [_rendered(kind, *render(consignment)) for kind, render in made]


def _rendered(kind: str, pdf: bytes, pages: int) -> RenderedPaper:
    return RenderedPaper(kind=kind, pdf=pdf, pages=pages, sha256=hashlib.sha256(pdf).hexdigest())


__all__ = ["PaperNotNumbered", "RenderedPaper", "UnknownPaper", "papers_for", "render_consignment", "render_paper"]
