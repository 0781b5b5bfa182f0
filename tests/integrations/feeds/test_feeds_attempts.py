"""A download that fails every night is told by the doctor, and not only by cron's mail."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integrations.feeds import attempts

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
ECB = '<Envelope><Cube><Cube time="2026-11-20"><Cube currency="USD" rate="1.1"/></Cube></Cube></Envelope>'


def said(root, now=NOW):
    return list(attempts.complaints(attempts.read(root), now=now))


def test_a_good_import_leaves_nothing_to_tell_until_the_next_is_due(root):
    attempts.record(root, "rates ecb", at=NOW)
    assert said(root) == []
    assert said(root, NOW + timedelta(days=5)) == []
    assert said(root, NOW + timedelta(days=5, seconds=1)) == [
        "feeds rates ecb is late: the last good one is of 2026-11-22, one is due every 5 days"
    ]


def test_a_failure_names_its_reason_and_the_last_good_import(root):
    attempts.record(root, "rates ecb", at=NOW - timedelta(days=2))
    attempts.record(root, "rates ecb", at=NOW, problem="line 4: no element found")
    assert said(root) == [
        "feeds rates ecb failed on 2026-11-22: line 4: no element found (the last good one is of 2026-11-20)"
    ]
    attempts.record(root, "rates ecb", at=NOW)
    assert said(root) == []


def test_a_feed_that_was_never_tried_is_no_complaint(root):
    assert said(root) == []


def test_the_command_remembers_how_it_ended_and_a_trial_run_does_not(root, tmp_path):
    bad = tmp_path / "bad.xml"
    bad.write_text("<html></html>")
    with pytest.raises(CommandError):
        call_command("feeds", "rates", "ecb", str(bad), "--dry-run", stdout=StringIO())
    assert attempts.read(root) == {}
    with pytest.raises(CommandError):
        call_command("feeds", "rates", "ecb", str(bad), stdout=StringIO())
    assert "a web page, often a log-in or an error" in attempts.read(root)["rates ecb"]["problem"]
    good = tmp_path / "good.xml"
    good.write_text(ECB)
    call_command("feeds", "rates", "ecb", str(good), stdout=StringIO())
    assert attempts.read(root)["rates ecb"]["problem"] == ""


@pytest.mark.django_db
def test_the_doctor_tells_of_a_failed_import(root):
    attempts.record(root, "rates ecb", at=NOW, problem="line 4: no element found")
    out = StringIO()
    with suppress(SystemExit, CommandError):  # other checks of this bare database may fail too
        call_command("doctor", "--json", stdout=out)
    found = json.loads(out.getvalue())
    rulebook = found["checks"]["rulebook"] if "checks" in found else found["rulebook"]
    assert rulebook["ok"] is False
    assert "feeds rates ecb failed on 2026-11-22: line 4: no element found (none has succeeded yet)" in str(rulebook)
