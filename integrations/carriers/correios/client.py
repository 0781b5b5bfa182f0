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
from integrations.kit.reading import checked, missing
from shipsmart.ports import CarrierAccountRef, IntegrationError

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
