"""The one way out: every request to a partner goes through `call`."""

import logging
import time
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack
from urllib.parse import urljoin, urlsplit

import msgspec
import requests

from integrations.kit.answers import Answer
from integrations.kit.redaction import redacted_url
from integrations.kit.sessions import session, time_limit
from shipsmart.ports import IntegrationError

__all__ = ["Answer", "Options", "call"]
logger = logging.getLogger(__name__)

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_ANSWER_BYTES = 16 * 1024 * 1024
CONNECT_TIMEOUT_S = 3.0
TRIES = 2
PAUSE_S = 0.1
RETRIED = frozenset({429, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 3
_encoder = msgspec.json.Encoder(decimal_format="number")


class Options(TypedDict, total=False):
    """`json` may hold Decimals: they go out as exact numbers. `data` is a form or raw bytes. `retry`: see `call`."""

    headers: Mapping[str, str]
    json: Any
    data: Mapping[str, str] | bytes | None
    auth: tuple[str, str] | None
    params: Mapping[str, str]
    retry: bool
    max_bytes: int


def call(session_key: str, method: str, url: str, *, timeout_s: float, **options: Unpack[Options]) -> Answer:
    """Return the partner's answer, whatever its status; raise IntegrationError when there was none.

    `session_key` names partner and account: connections are kept open per key. `timeout_s` is the whole time, tries
    and body included. `retry=True` is the caller's word that doing it twice is harmless (GET, quotes, tokens): one
    second try on a broken line or 429, 502, 503, 504, if time is left. A request without that word that breaks after
    the line stood has `outcome_unknown`. Plain HTTP goes to loopback only; redirects are followed for GET on the same
    origin only; answers over `max_bytes` are refused.
    """
    _check_address(url)
    ends_at = time.monotonic() + timeout_s
    harmless = method in ("GET", "HEAD") or options.get("retry", False)
    tries = TRIES if options.get("retry", False) else 1
    for left in range(tries - 1, -1, -1):
        try:
            answer = _followed(session_key, _prepared(session_key, method, url, options), ends_at, options)
        except IntegrationError as error:
            if not left or error.permanent or not _pause(ends_at, None):
                raise
            continue
        if left and answer.status in RETRIED and _pause(ends_at, answer.retry_after_s()):
            continue
        return Answer(answer.status, answer.headers, answer.content, repeatable=harmless)
    raise AssertionError("unreachable: the last try returns or raises")


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise IntegrationError(
            f"{redacted_url(url)}: refused, plain HTTP is for loopback only; use https",
            permanent=True,
            code="insecure_address",
        )


def _prepared(session_key: str, method: str, url: str, options: Options) -> requests.PreparedRequest:
    headers = {"Accept": "application/json", **options.get("headers", {})}
    data = options.get("data")
    if "json" in options:
        data = _encoder.encode(options["json"])
        headers.setdefault("Content-Type", "application/json")
    request = requests.Request(
        method, url, headers=headers, data=data, auth=options.get("auth"), params=options.get("params")
    )
    return session(session_key).prepare_request(request)


def _followed(session_key: str, request: requests.PreparedRequest, ends_at: float, options: Options) -> Answer:
    for _ in range(MAX_REDIRECTS + 1):
        answer = _sent(session_key, request, ends_at, options)
        if answer.status not in REDIRECTS:
            return answer
        target = urljoin(request.url or "", answer.headers.get("Location", ""))
        if request.method != "GET" or urlsplit(target)[:2] != urlsplit(request.url or "")[:2]:
            break
        request.url = target
    raise IntegrationError(
        f"{redacted_url(request.url or '')} redirects elsewhere: not followed", permanent=True, code="redirect_refused"
    )


def _sent(session_key: str, request: requests.PreparedRequest, ends_at: float, options: Options) -> Answer:
    harmless = request.method in ("GET", "HEAD") or options.get("retry", False)
    left_s = ends_at - time.monotonic()
    if left_s <= 0:
        raise _error(request, "no time left to ask", permanent=False, code="timed_out")
    try:
        with time_limit(left_s) as limit:
            started = time.monotonic()
            # The adapter itself, not Session.send: that reads the whole body of a redirect, however large.
            adapter = session(session_key).get_adapter(request.url or "")
            response = adapter.send(request, stream=True, timeout=(min(CONNECT_TIMEOUT_S, left_s), left_s))
            with response:
                content = _bounded(response, request, options.get("max_bytes", MAX_ANSWER_BYTES), harmless)
    except requests.exceptions.ConnectTimeout as error:
        raise _error(request, "no connection in time", permanent=False, code="unreachable") from error
    except requests.RequestException as error:
        raise _network_error(request, error, harmless=harmless, late=limit.fired) from error
    if limit.fired:  # a body without a length ends when the line does: half of it must not pass for the whole
        raise _error(request, "no answer in time", permanent=False, code="timed_out", outcome_unknown=not harmless)
    _log(request, response.status_code, started)
    return Answer(response.status_code, response.headers, content)


def _bounded(response: requests.Response, request: requests.PreparedRequest, max_bytes: int, harmless: bool) -> bytes:
    parts, size = [], 0
    for part in response.iter_content(65_536):
        size += len(part)
        if size > max_bytes:
            raise _error(
                request,
                f"the answer is larger than {max_bytes} bytes",
                permanent=harmless,
                code="answer_too_large",
                outcome_unknown=not harmless,
            )
        parts.append(part)
    return b"".join(parts)


def _network_error(
    request: requests.PreparedRequest, error: requests.RequestException, *, harmless: bool, late: bool
) -> IntegrationError:
    """A line that never stood sent nothing; one that broke later may have carried the request through."""
    cause = repr(error)
    if "CERTIFICATE_VERIFY_FAILED" in cause:
        return _error(request, "its certificate is not trusted", permanent=True, code="certificate_refused")
    if "NewConnectionError" in cause or "NameResolutionError" in cause:
        return _error(request, "no connection", permanent=False, code="unreachable")
    if late or isinstance(error, requests.exceptions.Timeout):
        return _error(request, "no answer in time", permanent=False, code="timed_out", outcome_unknown=not harmless)
    return _error(
        request,
        f"the line broke ({type(error).__name__})",
        permanent=False,
        code="line_broken",
        outcome_unknown=not harmless,
    )


def _error(request: requests.PreparedRequest, what: str, **kind: Any) -> IntegrationError:
    address = redacted_url(request.url or "")
    logger.warning("%s %s: %s", request.method, address, what)
    return IntegrationError(f"{request.method} {address}: {what}", **kind)


def _log(request: requests.PreparedRequest, status: int, started: float) -> None:
    if logger.isEnabledFor(logging.DEBUG):
        took_ms = (time.monotonic() - started) * 1000
        logger.debug("%s %s: %s in %.0f ms", request.method, redacted_url(request.url or ""), status, took_ms)


def _pause(ends_at: float, wished_s: float | None) -> bool:
    """Sleep before the second try; False when the partner's wish does not fit into the time left."""
    pause_s = PAUSE_S if wished_s is None else wished_s
    if time.monotonic() + pause_s >= ends_at:
        return False
    time.sleep(pause_s)
    return True
