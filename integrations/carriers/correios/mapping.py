"""The Correios' answers and questions about prices, times and scans, in our values. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from integrations.carriers.correios.codes import EVENTS, SERVICES
from integrations.carriers.correios.limits import (
    CEP_DIGITS,
    HEAVIEST_G,
    LONGEST_SIDE_MM,
    LONGEST_SUM_MM,
    SMALLEST_CM,
)
from integrations.kit.fields import centimetres, kilograms, refused, required
from integrations.kit.reading import reading
from shipsmart.ports import (
    CarrierAccountRef,
    CarrierEnquiry,
    CarrierEvent,
    CarrierQuote,
    IntegrationError,
    Milestone,
    ParcelSpec,
    Party,
)

CARRIER = "correios"
PARCEL = "2"
_BRASILIA = ZoneInfo("America/Sao_Paulo")  # the scans' clock, wherever the parcel is


def services(account: CarrierAccountRef) -> Mapping[str, str]:
    """Return the contract's service codes with their names: the account's setting "services", else SEDEX and PAC.

    The setting is a list of codes, or a mapping for those who want names of their own.
    """
    found = account.settings.get("services") or SERVICES
    named = found if isinstance(found, Mapping) else {code: SERVICES.get(str(code), str(code)) for code in found}
    return {str(code): str(name) for code, name in named.items()}


def price_parameters(account: CarrierAccountRef, enquiry: CarrierEnquiry) -> list[dict[str, str]]:
    """Return one row a service. Raises IntegrationError for anything but one parcel inside Brazil."""
    parcel = checked_parcel(enquiry.parcels)
    lane = _lane(enquiry)
    length, width, height = (str(side) for side in sides(parcel))
    measured = {"psObjeto": str(parcel.weight_g), "tpObjeto": PARCEL, "comprimento": length, "largura": width}
    rows = [{"coProduto": code, "nuRequisicao": str(n), **lane} for n, code in enumerate(services(account), 1)]
    return [row | measured | {"altura": height} for row in rows]


def time_parameters(account: CarrierAccountRef, enquiry: CarrierEnquiry) -> list[dict[str, str]]:
    lane = _lane(enquiry)
    day = {"dtEvento": f"{enquiry.ship_on:%d-%m-%Y}"}
    return [{"coProduto": code, "nuRequisicao": str(n), **lane, **day} for n, code in enumerate(services(account), 1)]


def checked_parcel(parcels: Sequence[ParcelSpec]) -> ParcelSpec:
    """Return the one parcel. Raises IntegrationError for several, or one that is too heavy or too large."""
    if len(parcels) != 1:
        raise refused(
            f"the Correios take one parcel at a time, not {len(parcels)}",
            code="too_many_parcels",
            field="parcels",
        )
    parcel = parcels[0]
    kilograms(parcel.weight_g, "parcel weight")
    sizes = (parcel.length_mm, parcel.width_mm, parcel.height_mm)
    if parcel.weight_g > HEAVIEST_G or max(sizes) > LONGEST_SIDE_MM or sum(sizes) > LONGEST_SUM_MM:
        raise refused(
            f"the Correios take {HEAVIEST_G} g, {LONGEST_SIDE_MM} mm a side and {LONGEST_SUM_MM} mm in all: "
            f"{parcel.weight_g} g, {sizes}",
            code="too_large",
            field="parcels",
        )
    return parcel


def sides(parcel: ParcelSpec) -> tuple[int, ...]:
    """Return length, width and height in whole centimetres, rounded up, at least the smallest that is priced."""
    sizes = sorted((parcel.length_mm, parcel.width_mm, parcel.height_mm), reverse=True)
    whole = [int(centimetres(side, "parcel side").to_integral_value(ROUND_CEILING)) for side in sizes]
    return tuple(max(side, least) for side, least in zip(whole, SMALLEST_CM, strict=True))


def _lane(enquiry: CarrierEnquiry) -> dict[str, str]:
    return {
        "cepOrigem": cep(enquiry.shipper, "consignor"),
        "cepDestino": cep(enquiry.consignee, "consignee"),
    }


def cep(party: Party, field: str) -> str:
    """Return the postcode's digits. Raises IntegrationError abroad: nothing for that is open to programs."""
    if party.country != "BR":
        raise refused(
            f"{field} is in {party.country or 'no country'}: the Correios' APIs are for parcels inside Brazil",
            code="wrong_country",
            field=f"{field} country",
        )
    digits = re.sub(r"\D", "", required(party.postcode, f"{field} postcode"))
    if len(digits) != CEP_DIGITS:
        raise refused(
            f"{field} postcode {party.postcode!r} is no CEP", code="wrong_postcode", field=f"{field} postcode"
        )
    return digits


@reading("the prices of the Correios")
def quotes_from(
    account: CarrierAccountRef,
    enquiry: CarrierEnquiry,
    prices: Sequence[Mapping[str, Any]],
    times: Sequence[Mapping[str, Any]],
) -> list[CarrierQuote]:
    """Return the services that have a price; one with an error (`txErro`) is not for sale on this lane."""
    names = services(account)
    days = {str(row["coProduto"]): _day(row) for row in times}
    return [
        CarrierQuote(
            carrier=CARRIER,
            service=str(row["coProduto"]),
            service_name=f"Correios {names.get(str(row['coProduto']), row['coProduto'])}",
            price=reais(row["pcFinal"]),
            currency="BRL",
            deliver_from=days.get(str(row["coProduto"])),
            deliver_by=days.get(str(row["coProduto"])),
            account_number=account.number,
            ddp_available=False,
        )
        for row in prices
        if not row.get("txErro")
    ]


def reais(text: str) -> Decimal:
    """Return an amount written the Brazilian way: "1.234,50" is 1234.50."""
    return Decimal(str(text).replace(".", "").replace(",", "."))


def _day(row: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(row["dataMaxima"][:10]) if row.get("dataMaxima") else None


@reading("the scans of the Correios")
def events_from(document: Mapping[str, Any]) -> list[CarrierEvent]:
    """Return the scans in the order of time, each once; a code we do not know has milestone UNKNOWN."""
    found = {}
    for thing in document["objetos"]:
        for raw in thing.get("eventos") or []:
            event = event_from(raw)
            found[(event.at, event.code, event.place)] = event
    return sorted(found.values(), key=lambda event: event.at)


def event_from(raw: Mapping[str, Any]) -> CarrierEvent:
    """Return one scan; `code` is the Correios' code and type ("PAR:17")."""
    code, kind = str(raw.get("codigo") or ""), str(raw.get("tipo") or "").zfill(2)
    unit = raw.get("unidade") or {}
    address = unit.get("endereco") or {}
    milestone, reason = EVENTS.get((code, kind), (Milestone.UNKNOWN, ""))
    abroad = not address.get("uf")
    return CarrierEvent(
        at=_moment(raw),
        code=f"{code}:{kind}",
        text=str(raw.get("descricao") or ""),
        place=str(address.get("cidade") or unit.get("nome") or ""),
        country="" if abroad else "BR",  # a unit abroad has a name and no address
        milestone=milestone,
        reason=reason,
    )


def _moment(raw: Mapping[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(str(raw["dtHrCriado"]))
    except (KeyError, ValueError) as error:
        raise IntegrationError(
            f"Correios sent a scan without a time: {error!r}", permanent=False, code="unreadable_answer"
        ) from error
    return moment.replace(tzinfo=moment.tzinfo or _BRASILIA).astimezone(UTC)


def problem_from(document: Any) -> str:
    """Return what the Correios say was wrong."""
    messages = document.get("msgs") if isinstance(document, Mapping) else None
    return "; ".join(str(text) for text in messages or [])
