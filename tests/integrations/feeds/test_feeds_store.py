"""Releases, generations and the pointer: whole or not at all, also when the importing process is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from integrations.feeds import operations, store
from integrations.feeds.operations import Wishes
from integrations.feeds.report import BadFeed
from shipsmart import rules
from shipsmart.quotes import rulebook

REPOSITORY = Path(__file__).resolve().parents[3]
TODAY = date(2026, 11, 22)
HEAD = "HTS Number,Description,General Rate of Duty,Special Rate of Duty,Column 2 Rate of Duty\n"
MERGED = Wishes(effective=date(2026, 11, 1), merge=True)


def hts(folder, *lines, name="hts.csv"):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(HEAD + "".join(f"{code},goods,{duty},,90%\n" for code, duty in lines))
    return path


def duty_in_force(code, at="2026-11-22T12:00:00+00:00"):
    regime = rulebook.current().regime("US", region=None, at=datetime.fromisoformat(at))
    return regime.plan(code, "GB", None).base.text


def test_an_import_stands_whole_on_disk_with_its_report(root, tmp_path):
    done = operations.import_tariff("hts", hts(tmp_path, ("6109.10.00", "17.5%")), wishes=MERGED, today=TODAY)
    [release] = rulebook.releases(root, done.generation)
    assert sorted(p.name for p in release.path.iterdir()) == ["release.json", "report.json", "table.csv"]
    assert (release.path / "table.csv").read_text() == "hs,duty,column_2\n61091000,17.5%,90%\n"
    report = json.loads((release.path / "report.json").read_text())
    assert (report["rows_read"], report["taken"], report["not_parsed"]) == (1, 1, 0)
    assert report["effective"]["from"] == "2026-11-01T00:00:00-04:00"
    assert not list(root.glob(".making-*"))


def test_the_same_import_again_makes_no_new_generation(root, tmp_path):
    path = hts(tmp_path, ("6109.10.00", "17.5%"))
    numbers = [operations.import_tariff("hts", path, wishes=MERGED, today=TODAY).generation for _ in range(3)]
    assert numbers == [1, 1, 1]


def test_a_new_file_of_the_same_day_takes_the_place_of_the_old(root, tmp_path):
    for duty in ("17.5%", "18.5%"):
        operations.import_tariff("hts", hts(tmp_path, ("6109.10.00", duty)), wishes=MERGED, today=TODAY)
    assert len(rulebook.releases(root, 2)) == 1
    assert duty_in_force("61091000") == "18.5%"


def test_undo_goes_back_one_import_at_a_time(root, tmp_path):
    for duty in ("17.5%", "18.5%"):
        operations.import_tariff("hts", hts(tmp_path, ("6109.10.00", duty)), wishes=MERGED, today=TODAY)
    assert store.undo(root) == 1
    rulebook.forget()
    assert duty_in_force("61091000") == "17.5%"
    assert store.undo(root) == 0
    rulebook.forget()
    assert rulebook.current() is rules.current()
    with pytest.raises(BadFeed, match="no import to undo"):
        store.undo(root)


def test_an_import_after_an_undo_has_a_number_of_its_own(root, tmp_path):
    for duty in ("17.5%", "18.5%"):
        operations.import_tariff("hts", hts(tmp_path, ("6109.10.00", duty)), wishes=MERGED, today=TODAY)
    store.undo(root)
    done = operations.import_tariff("hts", hts(tmp_path, ("6109.10.00", "19%")), wishes=MERGED, today=TODAY)
    assert done.generation == 3
    assert rulebook.generation(root, 3)["previous"] == 1


def test_a_trial_run_changes_nothing(root, tmp_path):
    wishes = Wishes(merge=True, dry_run=True)
    done = operations.import_tariff("hts", hts(tmp_path, ("6109.10.00", "17.5%")), wishes=wishes, today=TODAY)
    assert (done.generation, done.report.tally.taken, root.exists()) == (None, 1, False)


@pytest.mark.parametrize(
    ("kind", "lines", "said"),
    [
        ("hts", [("6109.10.00", "17.5%")], "no lines for chapters 01, 02"),
        ("hts", [("6109.10.00", "68¢/head")], "not one duty could be taken"),
        ("nonsense", [("6109.10.00", "17.5%")], "'nonsense' is none of hts, uk, xi, taric, canada, gecex"),
    ],
)
def test_a_refused_file_leaves_no_trace(root, tmp_path, kind, lines, said):
    with pytest.raises(BadFeed, match=said):
        operations.import_tariff(kind, hts(tmp_path, *lines), wishes=Wishes(), today=TODAY)
    assert not root.exists()


def test_what_a_killed_process_left_is_cleared_by_the_next_import(root, tmp_path):
    (root / ".making-1-dead").mkdir(parents=True)
    (root / ".making-1-dead" / "table.csv").write_text("hs,du")
    operations.import_tariff("hts", hts(tmp_path, ("6109.10.00", "17.5%")), wishes=MERGED, today=TODAY)
    assert not list(root.glob(".making-*"))


def command(*arguments):
    out = StringIO()
    call_command("feeds", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_prints_the_report_and_lists_what_is_in_force(root, tmp_path):
    path = hts(tmp_path, ("6109.10.00", "17.5%"), ("0104.20.00", "68¢/head"))
    said = command("tariff", "hts", path, "--merge", "--effective", "2026-11-01", "--title", "Revision 21")
    assert "2 rows read: 1 taken, 1 not parsed, 0 set aside" in said
    assert "row 3, General Rate of Duty, 01042000: '68¢/head'" in said
    assert "generation 1 is in force" in said
    assert "tariff us from 2026-11-01T00:00:00-04:00 over the table before it: Revision 21" in command("list")
    assert "the packaged rulebook is in force" in command("undo")


def test_the_command_refuses_with_a_sentence_and_not_with_a_trace(root, tmp_path):
    with pytest.raises(CommandError, match="there is no file 'nowhere.csv'"):
        command("rates", "manual", tmp_path / "nowhere.csv")


def test_rates_of_several_imports_live_together(root, tmp_path):
    for day, price in (("2026-11-19", "1.11"), ("2026-11-20", "1.12")):
        path = tmp_path / f"{day}.csv"
        path.write_text(f"base,currency,rate,day\nEUR,USD,{price},{day}\n")
        command("rates", "manual", path)
    days = {one.day for one in rulebook.current().exchange if one.source == "the merchant's own exchange rates"}
    assert days == {date(2026, 11, 19), date(2026, 11, 20)}


def large_file(folder, duty):
    codes = [f"{c:02d}{h:02d}.{s:02d}.{n:02d}" for c in range(10, 97) for h in range(1, 10) for s in (10, 90)
             for n in range(0, 90, 5)]  # fmt: skip
    return hts(folder, *((code, duty) for code in codes), name=f"large-{duty}.csv")


def started(root, path):
    environment = {**os.environ, "VAR_DIR": str(root.parent), "DATABASE_URL": ""}
    what = ["feeds", "tariff", "hts", str(path), "--merge", "--effective", "2026-11-02"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "manage.py", *what], cwd=REPOSITORY, env=environment, stdout=quiet, stderr=quiet
    )


def killed_when(process, ready):
    """Kill a process with signal 9 as soon as `ready` says so."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.0002)
    process.wait(timeout=60)


def state(root):
    rulebook.forget()
    return rulebook.in_force(root), duty_in_force("61091000")


def test_kill_in_the_middle_of_writing_leaves_the_old_rulebook_in_force(root, tmp_path):
    operations.import_tariff("hts", hts(tmp_path, ("6109.10.00", "17.5%")), wishes=MERGED, today=TODAY)
    caught = False
    for duty in ("9%", "10%", "11%", "12%", "13%"):
        number, old = state(root)
        killed_when(started(root, large_file(tmp_path, duty)), lambda: any(root.glob(".making-*")))
        caught = any(root.glob(".making-*"))
        assert state(root) in ({(number, old)} if caught else {(number, old), (number + 1, duty)})
        if caught:
            break
    assert caught, "no process could be killed while it was writing"
    assert started(root, large_file(tmp_path, "14%")).wait(timeout=60) == 0
    assert state(root) == (number + 1, "14%")
    assert not list(root.glob(".making-*"))


def test_kill_before_anything_is_written_changes_nothing(root, tmp_path):
    operations.import_tariff("hts", hts(tmp_path, ("6109.10.00", "17.5%")), wishes=MERGED, today=TODAY)
    with store.locked(root):
        process = started(root, large_file(tmp_path, "9%"))
        until = time.monotonic() + 2.5
        killed_when(process, lambda: time.monotonic() > until)
    assert process.returncode == -signal.SIGKILL
    assert state(root) == (1, "17.5%")
