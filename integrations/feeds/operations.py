"""Import one official file: read it, weigh it, publish it. Until the last step nothing has changed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from integrations.feeds import (
    australia,
    brazil,
    canada,
    local_plain,
    new_zealand,
    nomenclatures,
    norway,
    rates,
    streamlined,
    taric,
    trade_tariff,
    us_hts,
)
from integrations.feeds.local_rates import StateTable, midnight, rule_of
from integrations.feeds.reading import Progress, no_progress, refuse_other_kinds, sha256_of
from integrations.feeds.report import BadFeed, Report, Tally
from integrations.feeds.schedule import Schedule
from integrations.feeds.store import NewRelease, publish
from shipsmart.quotes import rulebook
from shipsmart.rules.local_rates import LocalTable
from shipsmart.rules.tariff import Tariff

UNREADABLE_SHARE = 4
Reader = Callable[[Path, date, Progress], Schedule]


@dataclass(frozen=True, slots=True)
class Feed:
    """One official file: whose tariff it is, where it is published, and in which zone its days begin."""

    name: str
    title: str
    url: str
    zone: str = "UTC"
    rule: str = ""
    reader: Reader | None = None
    part: bool = False  # documents of single codes: always merged


def _hts(path: Path, _day: date, progress: Progress) -> Schedule:
    return us_hts.read(path, progress=progress)


def _documents(path: Path, day: date, progress: Progress) -> Schedule:
    return trade_tariff.read(path, day=day, progress=progress)


def _taric(path: Path, day: date, progress: Progress) -> Schedule:
    return taric.read(path, day=day, progress=progress)


def _australia(path: Path, _day: date, progress: Progress) -> Schedule:
    return australia.read(path, progress=progress)


def _canada(path: Path, _day: date, progress: Progress) -> Schedule:
    return canada.read(path, progress=progress)


def _new_zealand(path: Path, day: date, progress: Progress) -> Schedule:
    return new_zealand.read(path, day=day, progress=progress)


def _norway(path: Path, day: date, progress: Progress) -> Schedule:
    return norway.read(path, day=day, progress=progress)


def _gecex(path: Path, day: date, progress: Progress) -> Schedule:
    return brazil.read_duties(path, day=day, progress=progress)


TARIFFS = {
    "hts": Feed("us", "USITC, Harmonized Tariff Schedule of the United States", "https://hts.usitc.gov/",
                "America/New_York", "us/base_duty", _hts),
    "uk": Feed("gb", "UK Integrated Online Tariff", "https://www.trade-tariff.service.gov.uk/",
               "Europe/London", "gb/base_duty", _documents, part=True),
    "xi": Feed("eu", "EU tariff as applied in Northern Ireland", "https://www.trade-tariff.service.gov.uk/xi/",
               "Europe/Brussels", "eu/base_duty", _documents, part=True),
    "taric": Feed("eu", "European Commission, TARIC, import duties",
                  "https://ec.europa.eu/taxation_customs/dds2/taric/taric_consultation.jsp",
                  "Europe/Brussels", "eu/base_duty", _taric),
    "canada": Feed("ca", "CBSA, Customs Tariff of Canada",
                   "https://www.cbsa-asfc.gc.ca/trade-commerce/tariff-tarif/menu-eng.html",
                   "America/Toronto", "ca/base_duty", _canada),
    "gecex": Feed("br", "Resolução Gecex 272/2021, anexos I a X",
                  "https://www.gov.br/mdic/pt-br/assuntos/camex/se-camex/strat/tarifas/vigentes",
                  "America/Sao_Paulo", "br/base_duty", _gecex),
    "australia": Feed("au", "Australian Border Force, Customs Tariff, Schedule 3",
                      "https://www.abf.gov.au/importing-exporting-and-manufacturing/tariff-classification/current-tariff",
                      "Australia/Sydney", "au/base_duty", _australia),
    "newzealand": Feed("nz", "New Zealand Customs Service, tariff classifications and rates",
                       "https://www.customs.govt.nz/business/tariffs/tariff-classifications-and-rates/",
                       "Pacific/Auckland", "nz/base_duty", _new_zealand),
    "norway": Feed("no", "Norwegian Customs, current and future duty rates (CC BY 4.0)",
                   "https://data.toll.no/dataset/tollavgiftssats", "Europe/Oslo", "no/base_duty", _norway),
}  # fmt: skip
SISCOMEX = "https://portalunico.siscomex.gov.br/classif/"
NOMENCLATURES = {
    "ncm": Feed("br", "Nomenclatura Comum do Mercosul", SISCOMEX, "America/Sao_Paulo"),
    "hts": Feed("us", "USITC, Harmonized Tariff Schedule of the United States, lines", "https://hts.usitc.gov/",
                "America/New_York"),
    "taric": Feed("eu", "European Commission, TARIC, nomenclature",
                  "https://circabc.europa.eu/ui/group/0e5f18c2-4b2f-42e9-aed4-dfe50ae1263b/library", "Europe/Brussels"),
    "uk": Feed("gb", "UK tariff, report of commodities", "https://data.api.trade.gov.uk/", "Europe/London"),
    "canada": Feed("ca", "CBSA, Customs Tariff of Canada, lines",
                   "https://www.cbsa-asfc.gc.ca/trade-commerce/tariff-tarif/menu-eng.html", "America/Toronto"),
    "australia": Feed("au", "ABF, Customs Tariff, Schedule 3",
                      "https://www.abf.gov.au/importing-exporting-and-manufacturing/tariff-classification/"
                      "current-tariff", "Australia/Sydney"),
}  # fmt: skip
RATES = {
    "ecb": Feed("ecb", "ECB euro foreign exchange reference rates",
                "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html"),
    "hmrc": Feed("hmrc", "HMRC monthly exchange rates", "https://www.trade-tariff.service.gov.uk/exchange_rates"),
    "eu": Feed("eu", "EU monthly customs exchange rates", "https://www.trade-tariff.service.gov.uk/xi/exchange_rates"),
    "manual": Feed("manual", "the merchant's own exchange rates", ""),
}  # fmt: skip
SALES_TAXES = {
    "sst": Feed("us", "Streamlined Sales Tax, rate and boundary files",
                "https://www.streamlinedsalestax.org/"),
    "manual": Feed("us", "the merchant's own table of local sales taxes", ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who imports may set: all have sensible defaults."""

    effective: date | None = None
    merge: bool = False
    title: str = ""
    url: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """The outcome: the report, and the generation now in force (None after a trial run)."""

    report: Report
    generation: int | None


def import_tariff(kind: str, path: Path, *, wishes: Wishes, today: date, progress: Progress = no_progress) -> Imported:
    """Import a tariff file and put it in force from its day on; raises BadFeed, and then nothing has changed.

    A whole file must hold every chapter. With `merge` (always for single commodities) its codes are laid over the
    table in force before it.
    """
    feed = _feed(TARIFFS, kind)
    if feed.reader is None:
        raise BadFeed(f"{kind!r} has no duties")
    path = _existing(path)
    day = wishes.effective or today
    effective = datetime.combine(day, time(), tzinfo=ZoneInfo(feed.zone))
    digest = sha256_of(path)
    schedule = feed.reader(path, day, progress)
    merge = wishes.merge or feed.part
    if not schedule.rows or not schedule.tally.taken:
        raise BadFeed(f"{path.name}: not one duty could be taken; {_why(schedule.tally)}", file=path.name)
    if not merge:
        schedule.check_whole()
        _check_readable(schedule.tally, path, "--dry-run --merge")
    content = schedule.as_csv()
    Tariff(feed.name, content)
    report = Report(kind, path.name, digest, wishes.title or feed.title, wishes.url or feed.url, effective.isoformat(),
                    schedule.tally, len(schedule.rows))  # fmt: skip
    return _put(NewRelease("tariff", feed.name, effective, content, report, feed.rule, merge), wishes=wishes)


def import_rates(kind: str, path: Path, *, wishes: Wishes) -> Imported:
    """Import a file of exchange rates; each set says its own day. Raises BadFeed, and then nothing has changed."""
    feed = _feed(RATES, kind)
    path = _existing(path)
    digest = sha256_of(path)
    found = rates.READERS[kind](path)
    title, url = wishes.title or feed.title, wishes.url or feed.url
    content = found.as_lines(source=title, url=url)
    days = sorted(rates.days_of(found))
    effective = datetime.combine(days[0], time(), tzinfo=UTC)
    found.tally.until = days[-1].isoformat()
    report = Report(kind, path.name, digest, title, url, effective.isoformat(), found.tally, found.tally.taken)
    return _put(NewRelease("exchange", feed.name, effective, content, report), wishes=wishes)


def import_nomenclature(
    kind: str, path: Path, *, wishes: Wishes, today: date, progress: Progress = no_progress
) -> Imported:
    """Import the codes of a nomenclature with their days of validity; it carries no duty and changes no answer."""
    feed = _feed(NOMENCLATURES, kind)
    path = _existing(path)
    effective = datetime.combine(wishes.effective or today, time(), tzinfo=ZoneInfo(feed.zone))
    digest = sha256_of(path)
    if kind == "ncm":
        found: brazil.Nomenclature | nomenclatures.Lines = brazil.read_nomenclature(path, progress=progress)
    else:
        found = nomenclatures.read(kind, path, progress=progress)
    report = Report(kind, path.name, digest, wishes.title or feed.title, wishes.url or feed.url, effective.isoformat(),
                    found.tally, len(found.rows))  # fmt: skip
    return _put(NewRelease("nomenclature", feed.name, effective, found.as_csv(), report), wishes=wishes)


def import_local_rates(kind: str, path: Path, *, wishes: Wishes, progress: Progress = no_progress) -> Imported:
    """Import local sales taxes: `sst` reads a folder of states' files, `manual` one CSV. All states change, or none.

    A table serves its state from the first day it tells of, or that `wishes` name, until the next table of the state.
    Raises BadFeed, and then nothing has changed.
    """
    feed = _feed(SALES_TAXES, kind)
    path = _existing(path)
    digest = sha256_of(path)
    found = (streamlined if kind == "sst" else local_plain).read(path, progress=progress)
    tally = found.tally
    if not tally.taken:
        raise BadFeed(f"{path.name}: not one rate could be taken; {_why(tally)}", file=path.name)
    # A trial shows what is wrong with a file, however much that is.
    if not wishes.dry_run:
        _check_readable(tally, path, "--dry-run")
    report = Report(kind, path.name, digest, wishes.title or feed.title, wishes.url or feed.url, "", tally, 0)
    tables = [table for _, table in sorted(found.tables.items()) if not table.is_empty]
    releases = [_local_release(table, report, wishes) for table in tables]
    whole = replace(
        report,
        effective=min(one.effective for one in releases).isoformat(),
        rows_written=sum(one.report.rows_written for one in releases),
    )
    return _put(*releases, wishes=wishes, report=whole)


def _local_release(table: StateTable, about: Report, wishes: Wishes) -> NewRelease:
    """Return the release of one state; the report beside it counts the rows of the whole file."""
    text, effective = table.as_text(), _first_instant(table, wishes.effective)
    title = f"{about.title}, {table.state}"
    LocalTable(text, effective=effective, title=title, url=about.url)
    report = replace(about, title=title, effective=effective.isoformat(), rows_written=text.count("\n"))
    return NewRelease("sales_tax", f"us-{table.state.lower()}", effective, text, report, table.rule)


def _first_instant(table: StateTable, wish: date | None) -> datetime:
    rule = rule_of(table.state)
    first = midnight(table.state, wish or table.first_day())
    return first if rule is None else max(first, midnight(table.state, rule.entries[0].effective.date()))


def _put(*new: NewRelease, wishes: Wishes, report: Report | None = None) -> Imported:
    """Put releases in force together; `report` speaks for all of them where there are several."""
    report = report or new[0].report
    if wishes.dry_run:
        return Imported(report, None)
    number = publish(rulebook.folder(), *new)
    rulebook.forget()
    return Imported(report, number)


def _feed(feeds: dict[str, Feed], kind: str) -> Feed:
    if kind not in feeds:
        raise BadFeed(f"{kind!r} is none of {', '.join(feeds)}")
    return feeds[kind]


def _existing(path: Path) -> Path:
    if not path.exists():
        raise BadFeed(f"there is no file {path.name!r}", file=path.name)
    refuse_other_kinds(path)
    return path


def _check_readable(tally: Tally, path: Path, look: str) -> None:
    """Raise BadFeed when so many rates are unreadable that the file has changed its shape: some 1 % is usual."""
    if len(tally.unread) * UNREADABLE_SHARE > tally.taken:
        first = tally.unread[0]
        raise BadFeed(
            f"{path.name}: {len(tally.unread)} of {tally.taken + len(tally.unread)} rates cannot be read, the first in "
            f"row {first.row}: {first.text[:80]!r} ({first.reason}); its columns have moved or it is damaged: "
            f"look at it with {look}, download it again",
            file=path.name,
        )


def _why(tally: Tally) -> str:
    reasons = [reason for reason, _ in tally.aside.most_common(2)] + [cell.reason for cell in tally.unread[:1]]
    return f"{tally.read} rows read ({'; '.join(reasons) or 'none'})"
