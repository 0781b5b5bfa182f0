"""The papers of a shipment for callers of the API: as JSON with the files in base64, or as one zip file."""

import base64
import io
import json
import zipfile
from typing import Any

from shipsmart.api.errors import Refused
from shipsmart.compliance.management.commands.papers import numbered
from shipsmart.compliance.operations import screen_names
from shipsmart.compliance.release import Release, release
from shipsmart.documents.render import RenderedPaper
from shipsmart.documents.snapshots import parse_shipment
from shipsmart.merchants.models import Merchant

THE_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can name; the same papers give the same file


def make_papers(merchant: Merchant, shipment: dict[str, Any]) -> Release:
    """Return the papers that a shipment needs, or why it gets none. Raises ShipmentInvalid naming the field."""
    return release(numbered(parse_shipment(shipment)), screen=lambda names: screen_names(merchant, names))


def as_json(released: Release) -> dict[str, Any]:
    papers = [_entry(paper) | {"content": base64.b64encode(paper.pdf).decode()} for paper in released.papers]
    return {"papers": papers, **_findings(released)}


def as_zip(released: Release) -> bytes:
    """Return the papers and their list, papers.json, in one file. Raises Refused 422 for a blocked shipment."""
    if released.blocks:
        message = "the shipment is blocked and gets no papers; mend what is named under details.blocked"
        raise Refused(422, "shipment_blocked", message, **_findings(released))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for paper in released.papers:
            archive.writestr(zipfile.ZipInfo(_entry(paper)["path"], THE_DAY_OF_ZIP), paper.pdf)
        listed = {"papers": [_entry(paper) for paper in released.papers], **_findings(released)}
        archive.writestr(zipfile.ZipInfo("papers.json", THE_DAY_OF_ZIP), json.dumps(listed, indent=2))
    return target.getvalue()


def _entry(paper: RenderedPaper) -> dict[str, Any]:
    return {"kind": paper.kind, "path": f"{paper.kind}.pdf", "pages": paper.pages, "sha256": paper.sha256}


def _findings(released: Release) -> dict[str, Any]:
    return {
        "blocked": [block.as_dict() for block in released.blocks],
        "warnings": [warning.as_dict() for warning in released.warnings],
    }
