"""One practice process for all of the carriers' tests; its clock stands nearly still unless a test moves it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integrations.carriers.carrier_cases import CARRIERS, Practice, practice_carriers


@pytest.fixture(scope="session")
def _running_carriers() -> Iterator[Practice]:
    with practice_carriers(time_scale=1) as running:
        yield running


@pytest.fixture
def practice(_running_carriers: Practice, settings: Any) -> Iterator[Practice]:
    for carrier in CARRIERS:
        setattr(settings, f"{carrier.upper()}_BASE_URL", getattr(_running_carriers, carrier))
    yield _running_carriers
    _running_carriers.calm()
