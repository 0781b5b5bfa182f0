"""Try papers as a customs officer would: read every text back, add up every sum, scan every barcode.

`python -m tests.documents.trial DIR` makes the papers of the forty shipments in DIR and tells what does not agree.
"""

import json
import os
import re
import sys
import time
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from tests.documents.forty import FORTY, Trial

MINOR = {"JPY": 0, "CLP": 0, "KRW": 0, "KWD": 3}
PARTY_TEXTS = ("name", "company", "address1", "address2", "city", "postcode")
BARCODED = frozenset({"label", "waybill", "cn22", "cn23"})


RIGHT_TO_LEFT = re.compile(r"[\u0590-\u06ff]+")


def pieces(text: str) -> list[str]:
    """Return what to look for of a text: the whole, or its words where readers part a line from right to left."""
    return RIGHT_TO_LEFT.findall(text) or [text]


def compact(text: str) -> str:
    """Return a text to compare by: composed, without blanks and hyphens that a line break may add."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def amount(value: Decimal, currency: str) -> str:
    """Return the amount rounded half up to the minor unit, as it should be printed."""
    return f"{value.quantize(Decimal(1).scaleb(-MINOR.get(currency, 2)), ROUND_HALF_UP):f}"


def sums(data: dict[str, Any]) -> tuple[list[Decimal], Decimal]:
    """Return the line totals and the total of the invoice, worked out again from the data."""
    step = Decimal(1).scaleb(-MINOR.get(data["currency"], 2))
    lines = [(Decimal(line["unit_price"]) * line["quantity"]).quantize(step, ROUND_HALF_UP) for line in data["lines"]]
    charges = Decimal(data["freight"]) + Decimal(data["insurance"]) + Decimal(data["other_charges"])
    return lines, sum(lines) - Decimal(data["discount"]) + charges


def differences(kind: str, pdf: bytes, data: dict[str, Any]) -> Iterator[str]:
    """Yield what a paper of a shipment says otherwise than its data."""
    from tests.documents.reading_back import codes_of, text_of  # noqa: PLC0415 - Django must be set up before

    read = text_of(pdf)
    held = compact(read)
    for piece in [piece for text in wanted(kind, data) for piece in pieces(text)]:
        if compact(piece) not in held:
            yield f"{kind}: {piece!r} is not on it"
    if "�" in read or "■" in read or "□" in read:
        yield f"{kind}: a box instead of a letter"
    if kind in BARCODED:
        number = data["waybill"] or data["reference"]
        codes = codes_of(pdf)
        if not codes or {text for _, text in codes} != {number}:
            yield f"{kind}: barcodes say {sorted({text for _, text in codes})}, not {number!r}"
    outside = kind not in {"commercial_invoice", "return_invoice"}
    for party in parties(data) if outside else ():
        for tax_id in party["tax_ids"]:
            if tax_id["type"] == "IOSS" and tax_id["number"] in held:
                yield f"{kind}: the IOSS number stands on the outside"


def wanted(kind: str, data: dict[str, Any]) -> list[str]:
    """Return the texts a paper of this kind must hold."""
    to, lines = data["consignee"], data["lines"]
    texts = [to[key] for key in PARTY_TEXTS] + [data["waybill"] or data["reference"]]
    if kind in {"packing_list", "commercial_invoice", "return_invoice"}:
        texts += [
            text
            for line in lines
            for text in (line["description"], line["hs_code"], line["sku"], str(line["quantity"]))
        ]
        texts += [data["shipper"][key] for key in ("name", "company", "city")]
    if kind in {"commercial_invoice", "return_invoice"}:
        totals, total = sums(data)
        currency = data["currency"]
        texts += [amount(value, currency) for value in [*totals, sum(totals)]] + [
            f"{amount(total, currency)} {currency}"
        ]
        texts += [data["invoice_number"], data["invoice_date"], data["incoterm"], *data["references"].values()]
        texts += [
            tax_id["number"] for party in parties(data) for tax_id in party["tax_ids"] if tax_id["type"] != "IOSS"
        ]
        texts += [line.get("national_code", "") for line in lines]
        texts.append(f"{Decimal(sum(parcel['weight_g'] for parcel in data['parcels'])) / 1000:.3f} kg")
    if kind in {"cn22", "cn23"}:
        texts = [text for line in lines for text in (line["description"], line["hs_code"], line["origin"])]
        texts.append(f"{amount(sum(sums(data)[0]), data['currency'])} {data['currency']}")
    if kind in {"origin_statement", "dangerous_goods_note"}:
        texts = [to[key] for key in PARTY_TEXTS] + [data["reference"]]
    return [text for text in texts if text]


def parties(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [data[role] for role in ("shipper", "consignee", "importer", "seller") if data[role]]


def carried(pages: list[str]) -> Iterator[str]:
    """Yield sub-totals that do not go over from one sheet to the next as they left it."""
    left = [re.search(r"Carried forward(?: · [^\d]+?)? *([\d.]+)", page) for page in pages[:-1]]
    entered = [re.search(r"Carried over(?: · [^\d]+?)? *([\d.]+)", page) for page in pages[1:]]
    for number, (a, b) in enumerate(zip(left, entered, strict=True), start=1):
        if not (a and b) or a[1] != b[1]:
            yield f"sheet {number}: carries {a and a[1]} forward, the next starts with {b and b[1]}"


def run(trial: Trial, folder: Path) -> list[str]:
    """Return what is wrong with the papers of one shipment."""
    from pypdf import PdfReader  # noqa: PLC0415

    from shipsmart.compliance.release import release  # noqa: PLC0415
    from shipsmart.documents.snapshots import parse_shipment  # noqa: PLC0415

    released = release(parse_shipment(trial.data))
    found = []
    codes = {block.code for block in released.blocks}
    if codes != set(trial.blocked):
        said = "; ".join(f"{block.code} {block.where}: {block.message}" for block in released.blocks)
        found.append(f"blocks {sorted(codes)} instead of {sorted(trial.blocked)}: {said}")
    kinds = {paper.kind for paper in released.papers}
    found += [f"no {kind}" for kind in trial.kinds if kind not in kinds]
    for paper in released.papers:
        path = folder / f"{trial.name}-{paper.kind}.pdf"
        path.write_bytes(paper.pdf)
        found += differences(paper.kind, paper.pdf, trial.data)
        if paper.kind == "commercial_invoice":
            found += carried([" ".join(page.extract_text().split()) for page in PdfReader(path).pages])
    return found


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for trial in FORTY:
        start = time.perf_counter()
        found = run(trial, folder)
        wrong += len(found)
        sys.stdout.write(
            json.dumps([trial.name, round(time.perf_counter() - start, 2), found], ensure_ascii=False) + "\n"
        )
    sys.stdout.write(f"{len(FORTY)} shipments, {wrong} differences\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shipsmart.settings")
    import django

    django.setup()
    sys.exit(main(Path(sys.argv[1])))
