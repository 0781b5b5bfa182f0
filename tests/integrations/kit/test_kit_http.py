import socket
import threading
import time
from decimal import Decimal

import pytest

from integrations.kit.http import call
from integrations.kit.redaction import redacted_headers, redacted_text, redacted_url
from integrations.kit.sessions import Limit
from shipsmart.ports import IntegrationError
from tests.integrations.kit.naughty_server import Reply, naughty_server, reply_json, self_signed


def answering(*replies):
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def test_decimals_go_out_and_come_in_exactly():
    with naughty_server(lambda heard: Reply(body=heard.body)) as server:
        answer = call("t", "POST", server.url, timeout_s=2, json={"price": Decimal("19.990"), "zero": Decimal("0.10")})
        assert server.heard[0].body == b'{"price":19.990,"zero":0.10}'
        assert answer.json() == {"price": Decimal("19.990"), "zero": Decimal("0.10")}


def test_the_line_is_kept_open_per_account():
    with naughty_server(answering(Reply())) as server:
        for key in ("a", "a", "b"):
            call(key, "GET", server.url, timeout_s=2)
        first, again, other = (heard.connection for heard in server.heard)
    assert first == again != other


def test_basic_credentials_and_queries_are_sent():
    with naughty_server(answering(Reply())) as server:
        call("t", "GET", server.url + "/x", timeout_s=2, auth=("user", "word"), params={"q": "a b"})
        assert server.heard[0].path == "/x?q=a+b"
        assert server.heard[0].headers["Authorization"] == "Basic dXNlcjp3b3Jk"


def test_a_label_post_is_never_sent_twice_and_its_outcome_is_unknown():
    with naughty_server(answering(Reply(drop=True))) as server:
        with pytest.raises(IntegrationError) as caught:
            call("label", "POST", server.url, timeout_s=2, json={})
        assert len(server.heard) == 1
    assert caught.value.outcome_unknown
    assert not caught.value.permanent


def test_a_503_to_a_label_post_is_not_repeated():
    with naughty_server(answering(Reply(status=503))) as server:
        answer = call("label", "POST", server.url, timeout_s=2, json={})
        assert len(server.heard) == 1
    assert answer.failure("DHL").outcome_unknown


def test_a_quote_is_asked_once_more_after_a_broken_line():
    with naughty_server(answering(Reply(drop=True), reply_json({"ok": True}))) as server:
        assert call("q", "POST", server.url, timeout_s=2, json={}, retry=True).json() == {"ok": True}
        assert len(server.heard) == 2


def test_the_partners_wish_to_wait_longer_than_the_time_left_ends_the_tries():
    with naughty_server(answering(Reply(status=429, headers={"Retry-After": "30"}))) as server:
        answer = call("q", "GET", server.url, timeout_s=1, retry=True)
        assert len(server.heard) == 1
    error = answer.failure("UPS", "slow down")
    assert (error.code, error.retry_after_s, error.permanent) == ("too_many_requests", 30.0, False)


@pytest.mark.parametrize("reply", [Reply(hang_s=30), Reply(body=b"x" * 400, drip_s=0.1)])
def test_a_partner_that_hangs_or_drips_is_cut_off_at_the_time_limit(reply):
    with naughty_server(answering(reply)) as server:
        started = time.monotonic()
        with pytest.raises(IntegrationError) as caught:
            call("slow", "GET", server.url, timeout_s=0.4)
        assert 0.3 < time.monotonic() - started < 10  # of the 30 or 40 the partner would take
    assert caught.value.code == "timed_out"


def test_a_line_that_stands_only_after_the_time_is_over_is_closed_at_once():
    """Connecting took all the time there was: nobody watches the drip that comes through then."""
    limit = Limit(0)
    limit.fire()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        limit.hold(ours)
        assert limit.fired
        assert theirs.recv(1) == b""


def test_nobody_listening_is_known_to_have_done_nothing():
    with naughty_server(answering(Reply())) as server:
        gone = server.url
    with pytest.raises(IntegrationError) as caught:
        call("gone", "POST", gone, timeout_s=1, json={})
    assert (caught.value.code, caught.value.outcome_unknown) == ("unreachable", False)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "http://127.0.0.1.example.com/", "ftp://localhost/", "file:///etc"]
)
def test_plain_http_beyond_loopback_is_refused_before_anything_is_sent(url):
    with pytest.raises(IntegrationError) as caught:
        call("t", "GET", url, timeout_s=0.2)
    assert caught.value.code == "insecure_address"


def test_a_redirect_to_another_host_is_refused_and_never_asked():
    with (
        naughty_server(answering(Reply())) as other,
        naughty_server(answering(Reply(status=302, headers={"Location": other.url + "/"}))) as server,
    ):
        with pytest.raises(IntegrationError) as caught:
            call("t", "GET", server.url, timeout_s=1, auth=("user", "word"))
        assert other.heard == []
    assert caught.value.code == "redirect_refused"


def test_a_redirect_on_the_same_host_is_followed_for_get_only():
    with naughty_server(
        lambda heard: Reply(status=307, headers={"Location": "/b"}) if heard.path == "/a" else Reply(body=b'"b"')
    ) as server:
        assert call("t", "GET", server.url + "/a", timeout_s=1).json() == "b"
        with pytest.raises(IntegrationError):
            call("t", "POST", server.url + "/a", timeout_s=1, json={})


def test_an_answer_over_the_limit_is_refused():
    with naughty_server(answering(Reply(body=b"x" * 5000))) as server, pytest.raises(IntegrationError) as caught:
        call("t", "GET", server.url, timeout_s=1, max_bytes=1000)
    assert caught.value.code == "answer_too_large"


@pytest.mark.parametrize("body", [b"<html>", b"", b'{"a":', b"\xff\xfe", b"[" * 100_000])
def test_rubbish_after_a_label_post_leaves_the_outcome_unknown(body):
    with naughty_server(answering(Reply(body=body))) as server:
        answer = call("t", "POST", server.url, timeout_s=2, json={})
    with pytest.raises(IntegrationError) as caught:
        answer.json()
    assert caught.value.outcome_unknown


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [(400, "partner_refused", True), (401, "credentials_refused", True), (500, "partner_failed", False)],
)
def test_a_status_says_whether_asking_again_can_help(status, code, permanent):
    with naughty_server(answering(Reply(status=status))) as server:
        error = call("t", "GET", server.url, timeout_s=1).failure("DHL", "words")
    assert (error.code, error.permanent, error.outcome_unknown) == (code, permanent, False)


def test_no_thread_stays_behind_a_cut_off_call():
    before = threading.active_count()
    with naughty_server(answering(Reply(hang_s=30))) as server:
        threads = [threading.Thread(target=_swallow, args=(server.url,)) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(2)
        assert not any(thread.is_alive() for thread in threads)
    assert threading.active_count() <= before + 8  # the server's own handlers may still be closing


def _swallow(url):
    with pytest.raises(IntegrationError):
        call("many", "GET", url, timeout_s=0.3)


def test_secrets_do_not_reach_a_log():
    assert redacted_headers({"Authorization": "Basic x", "X-Api-Key": "y", "Accept": "a"}) == {
        "Authorization": "***",
        "X-Api-Key": "***",
        "Accept": "a",
    }
    assert redacted_text('{"access_token": "abc", "city": "Bonn"}') == '{"access_token": ***, "city": "Bonn"}'
    assert redacted_text("client_secret=abc&x=1") == "client_secret=***&x=1"
    assert redacted_url("https://u:p@host.example:8443/a/b?token=1") == "https://host.example:8443/a/b"


def test_a_certificate_nobody_trusts_is_refused_for_good(tmp_path):
    with naughty_server(answering(Reply()), tls=self_signed(tmp_path)) as server:
        with pytest.raises(IntegrationError) as caught:
            call("tls", "POST", server.url, timeout_s=2, json={})
        assert server.heard == []
    assert (caught.value.code, caught.value.permanent) == ("certificate_refused", True)
