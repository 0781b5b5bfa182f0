"""`manage.py papers < shipment.json --out DIR`: every paper the shipment needs, or the reasons why it gets none.

An object with `bags` is a consignment: it gets manifest, master air waybill and the labels of its bags and pallets.
"""

import json
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from shipsmart.compliance.operations import screener_without_merchant
from shipsmart.compliance.release import Release, release, release_consignment
from shipsmart.core.errors import ShipSmartError
from shipsmart.documents.consignments import parse_consignment
from shipsmart.documents.render import RenderedPaper
from shipsmart.documents.snapshots import PaperShipment, ShipmentInvalid, parse_shipment

MOST_BYTES = 32_000_000


class Command(BaseCommand):
    help = "Write the papers of the shipment on standard input; prints one JSON object."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, type=Path, help="folder for the papers; made when it is not there")

    def handle(self, *args: Any, **options: Any) -> None:
        source = getattr(sys.stdin, "buffer", sys.stdin)
        try:
            answer = self._answer(source, options["out"])
        except ShipSmartError as error:
            answer = refusal(error)
        # Escaped, so that a lone surrogate out of the input cannot break the answer.
        self.stdout.write(json.dumps(answer, indent=2, default=str))
        if "error" in answer:
            raise SystemExit(2)

    def _answer(self, source: BinaryIO, folder: Path) -> dict[str, Any]:
        released = released_papers(read_json(source))
        folder.mkdir(parents=True, exist_ok=True)
        return {
            "papers": [self._write(paper, folder) for paper in released.papers],
            "blocked": [block.as_dict() for block in released.blocks],
            "warnings": [warning.as_dict() for warning in released.warnings],
        }

    def _write(self, paper: RenderedPaper, folder: Path) -> dict[str, Any]:
        path = folder / f"{paper.kind}.pdf"
        path.write_bytes(paper.pdf)
        return {"kind": paper.kind, "path": str(path), "pages": paper.pages, "sha256": paper.sha256}


def released_papers(data: Any) -> Release:
    """Return the papers of a shipment, or of a consignment where the object has `bags`, or why there are none."""
    screen = screener_without_merchant()
    if isinstance(data, dict) and "bags" in data:
        return release_consignment(parse_consignment(data), screen=screen)
    return release(numbered(parse_shipment(data)), screen=screen)


def refusal(error: ShipSmartError) -> dict[str, Any]:
    """Return the answer to a description that cannot be read: every place to mend, as blocks.

    Texts that no paper can carry block the shipment like any other gap; what is no description of a shipment (no JSON,
    keys or types that are not the contract's) is an error beside.
    """
    if isinstance(error, ShipmentInvalid):
        blocks = error.problems()
    else:
        blocks = [{"code": error.code, "message": error.message, "where": "shipment"}]
    answer: dict[str, Any] = {"papers": [], "blocked": blocks, "warnings": []}
    if any(block["code"] == error.code for block in blocks):
        answer["error"] = {"code": error.code, "message": error.message, "details": {"field": blocks[0]["where"]}}
    return answer


def read_json(source: BinaryIO) -> Any:
    """Return the JSON value of a stream with exact decimals; raises ShipmentInvalid for what is none."""
    data = source.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ShipmentInvalid(f"is longer than {MOST_BYTES} bytes", field="shipment")
    try:
        return json.loads(data, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ShipmentInvalid(f"is no JSON object in UTF-8: {error}", field="shipment") from error


def numbered(shipment: PaperShipment) -> PaperShipment:
    """Return the shipment with an invoice number made of its reference and today's date where it has none."""
    number = shipment.invoice_number or f"INV-{shipment.reference}"[:60]
    return replace(shipment, invoice_number=number, invoice_date=shipment.invoice_date or timezone.now().date())


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
