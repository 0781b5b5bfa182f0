"""What a label's order says of the export filing, in the words carriers print."""

from shipsmart.ports import LabelOrder


def us_filing(order: LabelOrder) -> str:
    """Return the AES number or the exemption from filing, as in `AES X20261122000001`, `NOEEI 30.37(h)`; "" for none.

    Source: 15 CFR 30.7(b), citations on carriers' documents.
    """
    if itn := order.references.get("itn"):
        return f"AES {itn}"
    exemption = order.references.get("noeei")
    return f"NOEEI {exemption}" if exemption else ""


def in_words(order: LabelOrder) -> list[str]:
    """Return every number customs ask for as a sentence of its own, for carriers that have no field for them."""
    said = [us_filing(order)]
    for key, name in (("mrn", "MRN"), ("nfe_key", "NF-e"), ("permit", "Permit")):
        if number := order.references.get(key):
            said.append(f"{name} {number}")
    return [text for text in said if text]
