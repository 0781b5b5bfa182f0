"""Papers read back as a customs officer would; `python -m tests.documents.trial DIR` tries all forty shipments."""

import pytest

from tests.documents.forty import FORTY
from tests.documents.trial import run

# One of each form and currency; the others differ in their texts only and would take ten seconds more.
TRIED = {
    "us-ddp", "brazil-out", "canada", "australia-gst", "japan-yen", "kuwait-dinar", "emirates", "india", "mexico-usmca",
    "gift", "return", "battery", "parcels-three", "long-texts", "blocked-many", "blocked-ddp",
}  # fmt: skip


def test_the_trial_knows_forty_shipments_of_different_names():
    assert len({trial.name for trial in FORTY}) == len(FORTY) == 40


@pytest.mark.parametrize("trial", [trial for trial in FORTY if trial.name in TRIED], ids=lambda trial: trial.name)
def test_papers_say_what_the_data_says(trial, tmp_path):
    assert run(trial, tmp_path) == []
