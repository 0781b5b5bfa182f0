from datetime import UTC, datetime

import pytest

from integrations.sandbox.carriers.journeys import Kind, Route, Step, hub_for, plan
from integrations.sandbox.carriers.places import Place

BOOKED = datetime(2026, 11, 22, 12, tzinfo=UTC)
PORTO, BERLIN, LONDON = Place("OPO", "PORTO", "PT"), Place("BER", "BERLIN", "DE"), Place("LHR", "LONDON", "GB")


def _route(destination: Place, days: int = 2) -> Route:
    return Route(PORTO, destination, hub_for("PT", "dhl_express"), days)


@pytest.mark.parametrize("destination", [BERLIN, LONDON])
@pytest.mark.parametrize("kind", list(Kind))
def test_scans_follow_one_another_in_time(kind: Kind, destination: Place) -> None:
    moments = [scan.at for scan in plan(_route(destination), kind, BOOKED)]
    assert all(earlier < later for earlier, later in zip(moments, moments[1:], strict=False))


def test_customs_is_passed_only_where_there_is_a_border() -> None:
    customs = {Step.EXPORT_CLEARED, Step.IMPORT_CUSTOMS, Step.CUSTOMS_CLEARED}
    inside = {scan.step for scan in plan(_route(BERLIN), Kind.NORMAL, BOOKED)}
    abroad = {scan.step for scan in plan(_route(LONDON), Kind.NORMAL, BOOKED)}
    assert not customs & inside
    assert customs <= abroad


def test_a_slower_service_takes_longer() -> None:
    two, five = (plan(_route(LONDON, days), Kind.NORMAL, BOOKED)[-1].at - BOOKED for days in (2, 5))
    assert (two.total_seconds() / 3600, five.total_seconds() / 3600) == (46, 115)


def test_a_returned_parcel_ends_where_it_began() -> None:
    last = plan(_route(LONDON), Kind.RETURNED, BOOKED)[-1]
    assert (last.step, last.place) == (Step.RETURNED, PORTO)
