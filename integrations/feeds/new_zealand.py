"""New Zealand's tariff as the customs service gives it to brokers' programs: the unpacked `tariff.tar.gz`, a folder.

`Tariff_Rates.csv` and `Tariff_Details.csv`, cells split by `~`, Windows-1252. A code stands in five levels of two
digits (the last may be empty). Formula 1 is free, 3 a per cent of the value, 4 an amount per unit, 5 both; 2 is worked
out by hand. The unit stands with the details. The files do not say which rate group is the normal one: it is the group
that nearly every code has, and of several such the one with the most dutiable codes, for no preference is dearer.

Source: https://www.customs.govt.nz/business/tariffs/tariff-classifications-and-rates/
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from integrations.feeds.reading import Progress, csv_rows, exact, no_progress
from integrations.feeds.report import BadFeed, Tally, Unread
from integrations.feeds.schedule import Schedule, plain, sorted_rows
from shipsmart.rules.hts import TariffRow, programmes_cell

RATES, DETAILS = "Tariff_Rates.csv", "Tariff_Details.csv"
GROUP, FORMULA = "Tdrc Rate Group", "Tdrc Rate Formula"
UNITS = {"KGM": "kg", "LTR": "l", "NMB": "item", "PRS": "pair", "DOZ": "doz", "TNE": "t"}
PATTERNS = ("%b %d %Y %I:%M%p", "%Y-%m-%d %I:%M %p", "%Y-%m-%d")
NEARLY_EVERY = Decimal("0.8")
Rate = tuple[str, str, str, str]  # formula, factor A, factor B, line number


def read(path: Path, *, day: date, progress: Progress = no_progress) -> Schedule:
    """Return the rates in force on a day; raises BadFeed naming file, row and column."""
    if not path.is_dir():
        raise BadFeed(f"{path.name}: give the folder into which tariff.tar.gz was unpacked", file=path.name)
    tally = Tally()
    units = _units(_member(path, DETAILS), day, progress)
    groups = _rates(_member(path, RATES), day, (units, tally), progress)
    normal = _normal(groups)
    rows = [_row(code, groups, normal, (units, tally)) for code in sorted(groups[normal])]
    return Schedule(sorted_rows([*rows, *_without_normal(groups, normal, tally)]), tally)


def _without_normal(groups: Mapping[str, Mapping[str, Rate]], normal: str, tally: Tally) -> Iterator[TariffRow]:
    """Yield a row that nobody can compute for each code that has preferences only; each of its lines is listed."""
    lost = {code for rates in groups.values() for code in rates} - set(groups[normal])
    for group, rates in groups.items():
        for code in sorted(lost & rates.keys()):
            tally.fail(Unread(rates[code][3], GROUP, code, group, f"no rate of the normal group {normal}"))
    for code in sorted(lost):
        yield TariffRow(code, "?", "", "")


def _member(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise BadFeed(f"{folder.name}: {name} is missing; unpack the whole of tariff.tar.gz", file=name)
    return path


def _lines(path: Path, prefix: str, day: date, progress: Progress) -> Iterator[tuple[int, str, dict[str, str], bool]]:
    """Return (line number, code, cells, whether it is in force) of each line of a file."""
    levels = [f"{prefix} Tariff Level {level}" for level in range(1, 6)]
    first, last = f"{prefix} Start Date", f"{prefix} Expiry Date"
    columns = [*levels, first, last, *((GROUP, FORMULA, "Tdrc Factor A", "Tdrc Factor B") if prefix == "Tdrc" else ())]
    for number, cells in csv_rows(path, columns=columns, progress=progress, encoding="cp1252", delimiter="~"):
        code = "".join(cells[level].strip() for level in levels)
        if not (code.isascii() and code.isdigit() and len(code) in (8, 10)):
            raise BadFeed(f"{path.name} row {number}: {code!r} is no code", row=number, column=levels[0])
        start, end = (_day(path.name, number, name, cells[name]) for name in (first, last))
        yield number, code, cells, (start is None or start <= day) and (end is None or day <= end)


def _day(file: str, number: int, column: str, text: str) -> date | None:
    text = " ".join(text.split())
    if not text:
        return None
    for pattern in PATTERNS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise BadFeed(f"{file} row {number}: {text!r} in {column!r} is no day", row=number, column=column)


def _units(path: Path, day: date, progress: Progress) -> dict[str, str]:
    """Return the statistical unit of each code in force, and of its first eight digits."""
    found: dict[str, str] = {}
    for _, code, cells, live in _lines(path, "Tic", day, progress):
        if live:
            unit = cells.get("Tic Statistical Unit", "").strip()
            found[code] = unit
            found.setdefault(code[:8], unit)
    return found


def _rates(
    path: Path, day: date, into: tuple[Mapping[str, str], Tally], progress: Progress
) -> dict[str, dict[str, Rate]]:
    """Return the rates in force by group and code."""
    units, tally = into
    groups: dict[str, dict[str, Rate]] = defaultdict(dict)
    for number, code, cells, live in _lines(path, "Tdrc", day, progress):
        if not live:
            tally.set_aside("not in force on the day")
        elif code not in units and code[:8] not in units:
            tally.set_aside("a rate of a code that the details no longer have")
        else:
            group = cells[GROUP].strip()
            rate = (cells[FORMULA].strip().lstrip("0"), cells["Tdrc Factor A"].strip(), cells["Tdrc Factor B"].strip())
            before = groups[group].get(code)
            if before is not None and before[:3] != rate:
                raise BadFeed(f"{path.name} row {number}: a second rate of {code} in {group} on one day", row=number)
            if before is not None:
                tally.set_aside("the same rate twice")
            groups[group][code] = (*rate, str(number))
    if not groups:
        raise BadFeed(f"{path.name}: no rate is in force on {day}; look at --effective", file=path.name)
    return groups


def _normal(groups: Mapping[str, Mapping[str, Rate]]) -> str:
    codes = {code for rates in groups.values() for code in rates}
    wide = [group for group, rates in groups.items() if len(rates) >= NEARLY_EVERY * len(codes)]
    if not wide:
        raise BadFeed(f"{RATES}: no rate group has all codes; found {', '.join(sorted(groups)[:12])}", column=GROUP)
    return max(wide, key=lambda group: (sum(rate[0] != "1" for rate in groups[group].values()), group))


def _row(
    code: str, groups: Mapping[str, Mapping[str, Rate]], normal: str, into: tuple[Mapping[str, str], Tally]
) -> TariffRow:
    units, tally = into
    unit = units.get(code) or units.get(code[:8], "")
    rate = groups[normal][code]
    duty = _duty(rate, unit)
    if duty is None:
        tally.fail(Unread(rate[3], FORMULA, code, _told(rate, unit), "a rate or unit that no cart tells"))
    else:
        tally.take()
    free, reduced = [], {}
    for group in sorted(groups.keys() - {normal}):
        found = groups[group].get(code)
        if found is None:
            continue
        other = _duty(found, unit)
        if other is None:
            tally.fail(
                Unread(found[3], GROUP, code, f"{group} {_told(found, unit)}", "a preference that cannot be read")
            )
            continue
        tally.take()
        if other == "Free":
            free.append(group)
        else:
            reduced[group] = other
    useful = (free or reduced) and duty != "Free"
    return TariffRow(code, duty or "?", "", programmes_cell(free, reduced) if useful else "")


def _told(rate: Rate, unit: str) -> str:
    return f"formula {rate[0]}, A {rate[1] or '-'}, B {rate[2] or '-'}, unit {unit or '-'}"


def _duty(rate: Rate, unit: str) -> str | None:
    """Return a rate in the grammar of duties, None for one that is reckoned by hand or by a unit no cart tells."""
    formula, a, b = rate[0], exact(rate[1]), exact(rate[2])
    if formula == "1":
        return "Free"
    if formula == "3" and a is not None:
        return f"{plain(a)}%" if a else "Free"
    if formula == "4" and a is not None and unit in UNITS:
        return f"{plain(a)} NZD / {UNITS[unit]}"
    if formula == "5" and a is not None and b is not None and unit in UNITS:
        return f"{plain(a)}% + {plain(b)} NZD / {UNITS[unit]}"
    return None
