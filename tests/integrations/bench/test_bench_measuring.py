"""The instruments: medians, load, the command."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command

from integrations.bench import load as loads
from integrations.bench.load import Load, LoadFailed, latencies, throughput
from integrations.bench.measure import Result, median_of, medians_of, per_second


def test_the_first_value_does_not_count():
    values = iter([1000.0, 5.0, 1.0, 4.0, 2.0, 3.0])
    assert median_of(lambda: next(values)) == 3.0


def test_two_are_taken_in_turns():
    order: list[str] = []
    first, second = medians_of(lambda: order.append("a") or 1.0, lambda: order.append("b") or 2.0, runs=2)
    assert (first, second, "".join(order)) == (1.0, 2.0, "ababab")


def test_work_per_second_is_counted():
    done: list[int] = []
    rate = per_second(lambda: done.append(sum(range(10_000))), seconds=0.05)
    assert rate == pytest.approx(len(done) / 0.05, rel=0.5)


def test_a_ratio_needs_a_floor():
    assert Result("a", 1.0, "ms").as_dict()["ratio"] is None
    assert Result("a", 1.0, "ms", "floor", 4.0).as_dict()["ratio"] == 0.25


class Counting(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for the client's delayed acknowledgement
    seen: list[tuple[str, str, bytes]]
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.headers.get("X-Kind", ""), self.headers.get("X-Id", ""), body))
        self.send_response(self.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


class Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """wrk cuts its connections when its time is over: no fault of the server's."""


@pytest.fixture
def target() -> Iterator[tuple[str, type[Counting]]]:
    handler = type("Handler", (Counting,), {"seen": []})
    server = Quiet(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x", handler
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("with_wrk", [True, False])
def test_load_is_sent_as_described(target, monkeypatch, with_wrk):
    if with_wrk and loads.client_name() != "wrk":
        pytest.skip("wrk is not installed")
    if not with_wrk:
        monkeypatch.setattr(loads.shutil, "which", lambda _: None)
    url, handler = target
    body = '{"a": "b ]] \\" c"}'
    load = Load(url, body, {"X-Kind": "k]"}, connections=2, seconds=1, numbered="X-Id", prefix="p-")
    assert throughput(load) > 10
    assert {(kind, sent) for kind, _, sent in handler.seen} == {("k]", body.encode())}
    ids = [number for _, number, _ in handler.seen]
    assert all(number.startswith("p-") for number in ids)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("take", [throughput, latencies])
def test_a_figure_about_failures_is_refused(target, take):
    url, handler = target
    handler.status = 503
    with pytest.raises(LoadFailed, match="requests failed"):
        take(Load(url, "{}", connections=2, seconds=1))


def test_an_open_loop_keeps_its_rate(target):
    url, handler = target
    found = latencies(Load(url, "{}", connections=4, seconds=1, rate=50))
    assert len(handler.seen) == 50
    assert 0 < found["p50"] <= found["p99"] <= found["max"]


def test_the_command_prints_one_json_object():
    out = io.StringIO()
    call_command("bench", "--json", "--only", "landed_cost.cart_50", stdout=out, stderr=io.StringIO())
    (row,) = json.loads(out.getvalue())["results"]
    assert row["name"] == "landed_cost.cart_50"
    assert row["unit"] == "ms"
    assert 0 < row["value"] < 1000
    assert {"against", "against_value", "ratio"} <= set(row)


def test_an_unknown_name_is_refused():
    with pytest.raises(CommandError, match="no benchmark is named nothing"):
        call_command("bench", "--only", "nothing")


def test_bodies_in_turns_are_sent_with_headers_of_their_own() -> None:
    load = Load("http://127.0.0.1/x", "", {"X-Shop": "s"}, turns=[("a", {"X-Sign": "1"}), ("b", {"X-Sign": "2"})])
    assert [load.body_of(n) for n in range(3)] == ["a", "b", "a"]
    assert load.headers_of(1) == {"X-Shop": "s", "X-Sign": "2"}
