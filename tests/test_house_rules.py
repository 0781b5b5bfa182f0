"""The house rules that a linter does not know: sizes, swallowed errors, words that must not be in the tree."""

import ast
import gc
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAX_LINES, MAX_FUNCTION = 400, 60


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        return [p for p in ROOT.rglob("*") if p.is_file() and not {".venv", ".tools", "var", ".git"} & set(p.parts)]
    return [ROOT / name for name in listed.stdout.split("\n") if name and (ROOT / name).is_file()]


FILES = _tracked()
PYTHON = [p for p in FILES if p.suffix == ".py" and "migrations" not in p.parts]


@cache
def _trees() -> dict[Path, ast.Module]:
    """Return the parsed files; not at import, which every worker of the suite does."""
    gc.disable()  # a million nodes, none of them garbage: looking for some takes three quarters of the time
    try:
        return {p: ast.parse(p.read_text()) for p in PYTHON}
    finally:
        gc.enable()


def _functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in _trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def _report(rows: list[str]) -> None:
    assert not rows, "\n" + "\n".join(rows)


def test_no_file_is_longer_than_400_lines() -> None:
    _report([f"{p.relative_to(ROOT)}: {n} lines" for p in PYTHON if (n := p.read_text().count("\n")) > MAX_LINES])


def test_no_function_is_longer_than_60_lines() -> None:
    rows = [(p, f, (f.end_lineno or 0) - f.lineno + 1) for p, f in _functions()]
    _report([f"{p.relative_to(ROOT)}:{f.lineno} {f.name}: {n} lines" for p, f, n in rows if n > MAX_FUNCTION])


def test_no_error_is_swallowed() -> None:
    rows = []
    for path, tree in _trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and all(isinstance(b, ast.Pass) for b in node.body):
                rows.append(f"{path.relative_to(ROOT)}:{node.lineno} except: pass")
    _report(rows)


def test_nothing_is_left_unfinished() -> None:
    unfinished = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    here = Path(__file__).resolve()
    rows = [
        f"{p.relative_to(ROOT)}:{n} {line.strip()[:80]}"
        for p in PYTHON
        if p != here
        for n, line in enumerate(p.read_text().split("\n"), start=1)
        if unfinished.search(line)
    ]
    _report(rows)


def test_no_float_in_the_arithmetic() -> None:
    rows = []
    for path, tree in _trees().items():
        if not {"core", "rules"} & set(path.relative_to(ROOT).parts[:2]) or "tests" in path.parts:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                rows.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value}")
    _report(rows)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-uv.lock"])
def test_locks_pin_by_hash_and_name_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "http" not in text
    pinned = re.findall(r"^[a-z0-9][a-z0-9._-]*(?:\[[^\]]*\])?==", text, re.MULTILINE | re.IGNORECASE)
    assert text.count("--hash=sha256:") >= len(pinned) > 0


def test_every_commit_word_is_our_own() -> None:
    """Nothing names the place where it was written."""
    workplace = re.compile(r"/work/(main|shared)|\.library\b|/tmp/full_|helper-\d")
    here = Path(__file__).resolve()
    texts = [
        p
        for p in FILES
        if p.suffix in {".py", ".md", ".toml", ".txt", ".html", ".js", ".css", ".yml", ".yaml", ".sh", ""}
    ]
    rows = [
        f"{p.relative_to(ROOT)}:{n}"
        for p in texts
        if p != here and p.stat().st_size < 2_000_000
        for n, line in enumerate(p.read_text(errors="replace").split("\n"), start=1)
        if workplace.search(line)
    ]
    _report(rows)
