"""What became of the last import of each feed: a download that fails every night must not go unseen.

Cron fetches the files and calls `manage.py feeds`; this file remembers how that ended, and `manage.py doctor` tells.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from integrations.feeds.store import locked, replace_file

FILE = "attempts.json"
# A feed that was imported once is late when no import has succeeded for so long.
DUE_DAYS = {
    "rates ecb": 5,
    "rates hmrc": 35,
    "rates eu": 35,
    "tariff hts": 60,
    "tariff uk": 45,
    "tariff xi": 45,
    "tariff taric": 45,
    "tariff gecex": 45,
    "tariff australia": 400,
    "tariff canada": 400,
    "tariff newzealand": 45,
    "tariff norway": 45,
    "salestax sst": 100,
    "nomenclature ncm": 200,
    "nomenclature hts": 200,
    "nomenclature taric": 200,
    "nomenclature uk": 200,
    "nomenclature canada": 400,
    "nomenclature australia": 400,
}


def record(root: Path, feed: str, *, at: datetime, problem: str = "") -> None:
    """Remember how an import of `feed` (like `rates ecb`) ended: `problem` is empty when it succeeded."""
    with locked(root):
        known = read(root)
        before = known.get(feed, {})
        good = before.get("good") if problem else at.isoformat()
        known[feed] = {"at": at.isoformat(), "good": good, "problem": problem}
        replace_file(root / FILE, json.dumps(known, ensure_ascii=False, sort_keys=True, indent=1) + "\n")


def read(root: Path) -> dict[str, dict[str, Any]]:
    """Return the last attempt of each feed: `at`, `good` (the last success, or None) and `problem`."""
    try:
        found = json.loads((root / FILE).read_text())
    except FileNotFoundError:
        return {}
    return {str(feed): dict(one) for feed, one in found.items()}


def complaints(attempts: Mapping[str, Mapping[str, Any]], *, now: datetime) -> Iterator[str]:
    """Return a sentence for each feed whose last import failed or that has not been imported when it was due."""
    for feed, one in sorted(attempts.items()):
        good = datetime.fromisoformat(one["good"]) if one["good"] else None
        since = f"the last good one is of {good:%Y-%m-%d}" if good else "none has succeeded yet"
        if one["problem"]:
            yield f"feeds {feed} failed on {one['at'][:10]}: {one['problem']} ({since})"
        elif good and feed in DUE_DAYS and now - good > timedelta(days=DUE_DAYS[feed]):
            yield f"feeds {feed} is late: {since}, one is due every {DUE_DAYS[feed]} days"
