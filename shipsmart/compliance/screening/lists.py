"""Reading the official screening lists as they are published. Pure: bytes in, names out, nothing kept.

| list | publisher | shape |
| --- | --- | --- |
| csl | US Department of Commerce, Consolidated Screening List | CSV with a header, aliases parted by semicolons |
| ofac | US Treasury, SDN.CSV or CONS_PRIM.CSV, with ALT.CSV beside it | CSV without a header, `-0-` for nothing |
| dpl | US Department of Commerce, Denied Persons List | tab-separated with a header |
| un | United Nations Security Council, consolidated list | XML |
| eu | European Commission, consolidated list of financial sanctions, CSV 1.1 | semicolons, one row per name |
| uk | Foreign, Commonwealth and Development Office, UK Sanctions List | CSV, the report's date above the header |
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from shipsmart.compliance.screening.matching import Listed
from shipsmart.core.errors import ShipSmartError

NOTHING = "-0-"
ALSO_KNOWN = re.compile(r"a\.k\.a\. '([^']+)'")
ALIAS_TYPES = {"aka", "fka", "nka", "a.k.a.", "f.k.a.", "n.k.a."}
KNOWN_AS = re.compile(r"\s+(?:A/K/A|AKA|F/K/A)\s+", re.IGNORECASE)
csv.field_size_limit(1_000_000)


class ScreeningListInvalid(ShipSmartError):
    """A file is not the list it is said to be; the list in force stays as it is."""

    code = "screening_list_invalid"


@dataclass(frozen=True, slots=True)
class ReadList:
    """What a file holds: its names, each once per entry, and the day it was published where the file says so."""

    names: tuple[Listed, ...]
    published: date | None


def read_list(source: str, content: bytes, *, alternates: bytes = b"") -> ReadList:
    """Return the names of a list; `alternates` is OFAC's ALT.CSV. Raises ScreeningListInvalid."""
    if source not in READERS:
        raise ScreeningListInvalid(f"{source!r} is no list; known are {', '.join(READERS)}", source=source)
    if not content.strip(b"\x1a \r\n\t"):
        raise ScreeningListInvalid(f"the {source} file is empty; download it again", source=source)
    text = "" if source == "un" else _text(content, source)
    try:
        read = read_un(content) if source == "un" else READERS[source](text)
        names = [*read.names, *(_alternates(_text(alternates, source), read.names) if alternates else ())]
    except (KeyError, IndexError, csv.Error, expat.ExpatError) as error:
        raise ScreeningListInvalid(f"the {source} file has another shape than known: {error}", source=source) from error
    tidy = dict.fromkeys(_tidy(listed) for listed in names)
    kept = tuple(listed for listed in tidy if re.search(r"\w{2}", listed.name))
    if not kept:
        raise ScreeningListInvalid(f"the {source} file holds no name", source=source)
    return ReadList(kept, read.published)


def read_csl(text: str) -> ReadList:
    names = []
    for row in _rows(text, ",", {"source", "entity_number", "type", "name", "alt_names"}):
        publisher = row["source"].split(" - ")[0]
        # Most of the lists within have no numbers; the name then tells the entry, as its row may be another tomorrow.
        entry = row["entity_number"] or f"{publisher}: {row['name'].strip()}"
        # Only an alias, not every part of a sentence: the last is led in by "and".
        aliases = [re.sub(r"^and\s+", "", alias.strip()) for alias in row["alt_names"].split(";")]
        for name in [row["name"], *aliases]:
            names.append(Listed("csl", entry, name, (row["type"] or "").lower(), publisher))
    return ReadList(tuple(names), None)


def read_ofac(text: str) -> ReadList:
    names = []
    for row in csv.reader(io.StringIO(text.rstrip("\x1a"))):
        if not row:
            continue
        cells = ["" if cell.strip() == NOTHING else cell.strip() for cell in row]
        if len(cells) < 12 or not cells[0].isdigit():
            raise KeyError(f"row {row[:3]!r} is none of SDN.CSV or CONS_PRIM.CSV")
        kind, program = cells[2] or "entity", cells[3]
        for name in [cells[1], *ALSO_KNOWN.findall(cells[11])]:
            names.append(Listed("ofac", cells[0], name, kind, program))
    return ReadList(tuple(names), None)


def _alternates(text: str, names: tuple[Listed, ...]) -> Iterator[Listed]:
    by_entry = {listed.entry: listed for listed in names}
    for row in csv.reader(io.StringIO(text.rstrip("\x1a"))):
        if row and (len(row) < 4 or row[2].strip() not in ALIAS_TYPES):
            raise KeyError(f"row {row[:4]!r} is none of ALT.CSV: number, number, aka, fka or nka, and a name")
        if row and row[0].strip() in by_entry and row[3].strip() != NOTHING:
            known = by_entry[row[0].strip()]
            yield Listed("ofac", known.entry, row[3], known.kind, known.program)


def read_dpl(text: str) -> ReadList:
    names = []
    for row in _rows(text, "\t", {"Name", "Effective_Date", "FR_Citation"}):
        entry = f"{row['Name'].strip()}, {row['FR_Citation'].strip()}"
        names += [Listed("dpl", entry, name) for name in KNOWN_AS.split(row["Name"])]
    return ReadList(tuple(names), None)


def read_un(content: bytes) -> ReadList:
    root = parse_xml(content)
    if root.tag != "CONSOLIDATED_LIST":
        raise KeyError(f"<{root.tag}> instead of <CONSOLIDATED_LIST>")
    names: list[Listed] = []
    for kind, path in (("individual", "INDIVIDUALS/INDIVIDUAL"), ("entity", "ENTITIES/ENTITY")):
        for node in root.iterfind(path):
            names += _un_names(node, kind)
    return ReadList(tuple(names), _iso_day(root.get("dateGenerated", "")))


def _un_names(node: Element, kind: str) -> list[Listed]:
    keys = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
    whole = " ".join(text for key in keys if (text := (node.findtext(key) or "").strip()))
    aliases = [alias.findtext("ALIAS_NAME") or "" for alias in node.iterfind(f"{kind.upper()}_ALIAS")]
    original = re.split(r"[;؛]|\s/\s", node.findtext("NAME_ORIGINAL_SCRIPT") or "")
    written = [part for text in (whole, *aliases) for part in re.split(r"\s/\s|;", text)]
    entry = node.findtext("REFERENCE_NUMBER") or node.findtext("DATAID") or ""
    program = node.findtext("UN_LIST_TYPE") or ""
    return [Listed("un", entry, name, kind, program) for name in [*written, *original]]


def read_eu(text: str) -> ReadList:
    names, published = [], None
    for row in _rows(text, ";", {"Entity_LogicalId", "NameAlias_WholeName"}):
        parts = (row.get(f"NameAlias_{part}Name") or "" for part in ("First", "Middle", "Last"))
        name = row["NameAlias_WholeName"] or " ".join(part for part in parts if part)
        entry = row.get("Entity_EU_ReferenceNumber") or row["Entity_LogicalId"]
        kind = row.get("Entity_SubjectType") or row.get("Entity_SubjectType_ClassificationCode") or ""
        names.append(Listed("eu", entry, name, kind.lower(), row.get("Entity_Regulation_Programme") or ""))
        published = published or _iso_day(row.get("fileGenerationDate") or "") or _day(row.get("fileGenerationDate"))
    return ReadList(tuple(names), published)


def read_uk(text: str) -> ReadList:
    """Return the names of the UK Sanctions List; its sister, the OFSI list, differs in a few headings only."""
    above, header, below = text.partition(next((line for line in text.splitlines() if "Name 6" in line), "Name 6"))
    names = []
    for row in _rows(header + below, ",", {"Name 6", "Name 1"}):
        whole = " ".join(
            part for key in ("1", "2", "3", "4", "5", "6") if (part := (row.get(f"Name {key}") or "").strip())
        )
        entry = row.get("Unique ID") or row.get("OFSI Group ID") or row.get("Group ID") or ""
        original = row.get("Name non-latin script") or row.get("Name Non-Latin Script") or ""
        kind = row.get("Designation Type") or row.get("Individual, Entity, Ship") or row.get("Group Type") or ""
        program = row.get("Regime Name") or row.get("Regime") or ""
        names += [Listed("uk", entry, name, kind.lower(), program) for name in (whole, original)]
    found = re.search(r"\d{1,2}[-/][A-Za-z0-9]{2,3}[-/]\d{4}", above)
    return ReadList(tuple(names), _day(found[0]) if found else None)


def parse_xml(content: bytes) -> Element:
    """Return the root of a document without a type declaration: no entity can grow, no file be read through it."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise ScreeningListInvalid("the XML declares a document type; official lists have none")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(content, True)  # noqa: FBT003 - the parser takes no keyword
    return builder.close()


READERS: dict[str, Callable[[str], ReadList]] = {
    "csl": read_csl,
    "ofac": read_ofac,
    "dpl": read_dpl,
    "un": lambda text: read_un(text.encode()),
    "eu": read_eu,
    "uk": read_uk,
}


def _rows(text: str, delimiter: str, needed: set[str]) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restval="")
    missing = needed - set(reader.fieldnames or ())
    if missing:
        raise KeyError(f"columns {', '.join(sorted(missing))} are missing")
    yield from reader


def _text(content: bytes, source: str) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ScreeningListInvalid(f"the {source} file is no text in UTF-8 or Windows-1252", source=source)


def _tidy(listed: Listed) -> Listed:
    name = " ".join(listed.name.replace('"', " ").split())
    return Listed(listed.source, listed.entry.strip()[:120], name[:400], listed.kind[:20], listed.program.strip()[:120])


def _iso_day(text: str) -> date | None:
    return date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d{2}-\d{2}", text) else None


def _day(text: str | None) -> date | None:
    for form in ("%d/%m/%Y", "%d-%b-%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text or "", form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return None
