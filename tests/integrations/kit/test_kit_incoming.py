"""Bodies are read within limits, and not at all where the sender says beforehand that they are too long."""

import io

import pytest
from django.test import RequestFactory

from integrations.kit.incoming import Refused, raw_body


def _request(body: bytes, **meta: str):
    return RequestFactory().generic("POST", "/", body, content_type="application/json", **meta)


def _status(request, max_bytes: int = 10) -> int:
    with pytest.raises(Refused) as caught:
        raw_body(request, max_bytes=max_bytes)
    return caught.value.status


def test_body_of_exactly_the_limit_is_read():
    assert raw_body(_request(b"0123456789"), max_bytes=10) == b"0123456789"


def test_body_over_the_limit_is_refused_unread():
    request = _request(b"0123456789x")
    assert _status(request) == 413
    assert request._stream.read() == b"0123456789x"


def test_body_longer_than_it_says_is_refused():
    request = _request(b"", CONTENT_LENGTH="5")
    request._body = b"0123456789x"
    assert _status(request) == 413


def test_length_that_is_no_number_is_refused():
    assert _status(_request(b"x", CONTENT_LENGTH="eleven")) == 400


def test_chunked_body_without_a_length_is_refused():
    request = _request(b"x", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    request._stream = io.BytesIO(b"x")
    assert _status(request) == 411


def test_no_body_is_an_empty_one():
    assert raw_body(RequestFactory().get("/"), max_bytes=10) == b""
