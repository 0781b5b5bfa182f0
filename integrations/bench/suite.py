"""Every benchmark by its name, and the servers they share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from integrations.bench import callbacks, carriers, classify, embedded, labels, landed_cost, papers, screening, taxes
from integrations.bench.measure import Result
from integrations.bench.server import Server, serving

Alone = Callable[[], list[Result]]
OverHttp = Callable[[Server], list[Result]]

ALONE: dict[str, Alone] = {
    "landed_cost.quotes": landed_cost.quotes,
    "landed_cost.cart_50": landed_cost.cart_50,
    "landed_cost.memory": landed_cost.memory,
    "carriers.overhead": carriers.overhead,
    "papers.pairs": papers.pairs,
    "labels.batch": labels.batch,
    "labels.cpu": labels.batch,
    "screening.party": screening.party,
    **classify.BENCHMARKS,
}
# In this order: after the hung carriers their circuits stay open for a while.
OVER_HTTP: dict[str, OverHttp] = {
    "rate_callback.throughput": callbacks.rates,
    "rate_callback.p99": callbacks.rates,
    "rate_callback.cold": callbacks.rates,
    "rate_callback.cold_p99": callbacks.rates,
    "intake.webhooks": callbacks.webhooks,
    "vtex_tax.throughput": taxes.tax_service,
    "vtex_tax.new_carts": taxes.tax_service,
    "vtex_tax.p99": taxes.tax_service,
    "vtex_tax.new_carts_p99": taxes.tax_service,
    "embedded.paint": embedded.page,
    "rate_callback.hung": callbacks.hung,
}
NAMES = (*ALONE, *OVER_HTTP)


def run(names: frozenset[str]) -> Iterator[Result]:
    """Yield the results of the named benchmarks, each as soon as it is there."""
    for take in dict.fromkeys(take for name, take in ALONE.items() if name in names):
        yield from (result for result in take() if result.name in names)
    wanted = dict.fromkeys(take for name, take in OVER_HTTP.items() if name in names)
    if not wanted:
        return
    with ExitStack() as stack:
        server = stack.enter_context(serving())
        for take in wanted:
            yield from (result for result in take(server) if result.name in names)
