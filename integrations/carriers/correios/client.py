"""HTTP to the Correios: one function per endpoint. Source: https://www.correios.com.br/atendimento/developers"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any
from urllib.parse import quote

from django.conf import settings

from integrations.carriers.correios.mapping import problem_from
from integrations.kit.fields import required
from integrations.kit.http import Answer, call
from integrations.kit.oauth import Token, token_key, with_token
from integrations.kit.reading import checked, missing, problem_in
from shipsmart.ports import CarrierAccountRef, IntegrationError

PREPOSTAGENS = "/prepostagem/v1/prepostagens"
STILL_DRAWING = 400
BRASILIA = timezone(timedelta(hours=-3))


def prices(account: CarrierAccountRef, asked: Sequence[Mapping[str, Any]], *, timeout_s: float) -> Any:
    """POST domestic prices of several services at once: a question, so it may be asked twice."""
    body = {"idLote": "1", "parametrosProduto": asked}
    return _checked(_ask(account, "POST", "/preco/v1/nacional", timeout_s=timeout_s, json=body, retry=True)).rows()


def times(account: CarrierAccountRef, asked: Sequence[Mapping[str, Any]], *, timeout_s: float) -> Any:
    """POST domestic delivery times of several services at once."""
    body = {"idLote": "1", "parametrosPrazo": asked}
    return _checked(_ask(account, "POST", "/prazo/v1/nacional", timeout_s=timeout_s, json=body, retry=True)).rows()


def track(account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> Any:
    """GET every scan of an object; None when the Correios do not know the number yet."""
    path = f"/srorastro/v1/objetos/{quote(required(waybill, 'waybill'), safe='')}"
    answer = _ask(account, "GET", path, timeout_s=timeout_s, params={"resultado": "T"}, retry=True)
    return None if missing(answer) else _checked(answer).record()


def announce(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST a prepostagem: books, every time it is sent; a broken line leaves the outcome unknown."""
    return _checked(_ask(account, "POST", PREPOSTAGENS, timeout_s=timeout_s, json=body)).record()


def announced(account: CarrierAccountRef, asked: Mapping[str, Any], *, timeout_s: float) -> Any:
    """GET a page of prepostagens; one without rows where there are none (the Correios answer 404 then)."""
    path = "/prepostagem/v2/prepostagens"
    answer = _ask(account, "GET", path, timeout_s=timeout_s, params=asked, retry=True)
    return {"itens": []} if missing(answer) else _checked(answer).record()


def order_label(account: CarrierAccountRef, body: Mapping[str, Any], *, timeout_s: float) -> Any:
    """POST the wish for a label: it is drawn while we wait, as often as it is asked for."""
    path = f"{PREPOSTAGENS}/rotulo/assincrono/pdf"
    return _checked(_ask(account, "POST", path, timeout_s=timeout_s, json=body, retry=True)).record()


def drawn_label(account: CarrierAccountRef, receipt: str, *, timeout_s: float) -> Any:
    """GET a label by its receipt; None while it is still being drawn (400, or a message in a 200)."""
    path = f"{PREPOSTAGENS}/rotulo/download/assincrono/{quote(receipt, safe='')}"
    answer = _ask(account, "GET", path, timeout_s=timeout_s, retry=True)
    if answer.status == STILL_DRAWING and "process" in problem_in(answer, problem_from).lower():
        return None
    return _checked(answer).record()


def cancel(account: CarrierAccountRef, waybill: str, *, timeout_s: float) -> None:
    """DELETE a prepostagem by the number of its object."""
    path = f"{PREPOSTAGENS}/objeto/{quote(required(waybill, 'waybill'), safe='')}"
    who = {"idCorreiosSolicitanteCancelamento": account.credentials.get("user", "")}
    _checked(_ask(account, "DELETE", path, timeout_s=timeout_s, params=who, retry=True))


def _ask(account: CarrierAccountRef, method: str, path: str, *, timeout_s: float, **options: Any) -> Answer:
    user = required(account.credentials.get("user", ""), "Correios user")
    code = required(account.credentials.get("access_code", ""), "Correios access code")
    ends_at = time.monotonic() + timeout_s  # over token and question together

    def send(access: str) -> Answer:
        address, left_s = settings.CORREIOS_BASE_URL + path, ends_at - time.monotonic()
        headers = {"Authorization": f"Bearer {access}"}
        return call(f"correios:{account.number}", method, address, timeout_s=left_s, headers=headers, **options)

    key = token_key("correios", f"{user}:{account.number}", code)
    return with_token(key, lambda: _fetch_token(account, (user, code), ends_at - time.monotonic()), send)


def _fetch_token(account: CarrierAccountRef, login: tuple[str, str], timeout_s: float) -> Token:
    """POST the posting card: the token carries the contract's own prices."""
    answer = call(
        f"correios:{account.number}",
        "POST",
        f"{settings.CORREIOS_BASE_URL}/token/v1/autentica/cartaopostagem",
        timeout_s=timeout_s,
        json={"numero": required(account.number, "posting card")},
        auth=login,
        retry=True,
    )
    document = _checked(answer).record()
    try:
        ends = datetime.fromisoformat(document["expiraEm"])
        aware = ends.replace(tzinfo=ends.tzinfo or BRASILIA)
        return Token(document["token"], (aware - datetime.now(aware.tzinfo)).total_seconds())
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrationError(
            "Correios answered a token of an unknown shape", permanent=False, code="unreadable_answer"
        ) from error


_checked = partial(checked, who="Correios", problem_from=problem_from)
