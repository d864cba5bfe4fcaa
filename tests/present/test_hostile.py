"""Hostile texts in every column of a case, through every way of showing it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from trackway import query
from trackway.case import Case
from trackway.present.console import console
from trackway.present.machine import write_csv, write_json, write_jsonl
from trackway.present.summary import write_summary
from trackway.present.terminal import write_table
from trackway.present.tree import write_story
from trackway.schema import TABLES

from ..query.small_case import Row, finance, written

HOSTILE = {
    "ansi": "\x1b[2J\x1b[31mred\x9b5m",
    "link": "\x1b]8;;https://example.org\x1b\\click\x1b]8;;\x1b\\",
    "bidi": "cod\u202egpj.exe\u2066\u2069",
    "markup": "[red]x[/red] [link=https://example.org]y[/link] :smile: [/]",
    "formula": "=HYPERLINK(1)",
    "newline": "a\nb\r\nc\td\x0b\x0c",
    "unseen": "a\u200bb\ufeffc\u3164",
    "nul": "a\x00b",
    "surrogate": "\ud800".encode("utf-8", "replace").decode(),
}
STEERING = {
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x200B, 0x202E, 0x2066, 0x2069, 0xFEFF, 0x3164)
}
KEYS = {"story", "process", "lookup", "script", "subject", "object", "host", "parent", "ancestors"}


def poisoned(folder: Path, poison: str) -> Case:
    """Return the finance case with the poison at the front of every text that is no key."""
    tables = {
        table: [_poisoned(row, TABLES[table].arrow(), poison) for row in rows]
        for table, rows in finance().items()
    }
    return written(folder, tables)


def _poisoned(row: Row, schema: pa.Schema, poison: str) -> Row:
    return {key: value if key in KEYS else _value(value, poison) for key, value in row.items()}


def _value(value: Any, poison: str) -> Any:
    if isinstance(value, str):
        return poison + value
    if isinstance(value, list):
        return [_value(item, poison) for item in value]
    if isinstance(value, dict):
        return {key: inner if key in KEYS else _value(inner, poison) for key, inner in value.items()}
    return value


def printed(case: Case) -> list[str]:
    """Return all that people see: every table, every tree, the summary."""
    out = io.StringIO()
    with case.connect() as connection:
        for view in query.VIEWS:
            write_table(view, query.ask(connection, view).pages(), console(out))
        for identifier in ("aa00", "bb00", "cc00"):
            write_story(connection, identifier, console(out))
    write_summary(case, console(out))
    return out.getvalue().split("\n")


@pytest.mark.parametrize("poison", HOSTILE.values(), ids=HOSTILE)
def test_nothing_that_people_see_steers_their_terminal(tmp_path: Path, poison: str) -> None:
    lines = printed(poisoned(tmp_path / "case", poison))

    assert len(lines) > 50
    assert not [line for line in lines if STEERING & set(line)]


def test_markup_of_a_log_is_printed_and_not_obeyed(tmp_path: Path) -> None:
    shown = "".join(printed(poisoned(tmp_path / "case", HOSTILE["markup"])))

    assert "[red]x[/red]" in shown
    assert ":smile:" in shown


def test_what_is_hidden_is_written_out(tmp_path: Path) -> None:
    shown = "".join(printed(poisoned(tmp_path / "case", HOSTILE["bidi"])))

    assert r"cod\u202egpj.exe" in shown


@pytest.mark.parametrize("view", query.VIEWS)
@pytest.mark.parametrize("poison", HOSTILE.values(), ids=HOSTILE)
def test_machine_formats_stay_whole_and_steer_nothing(tmp_path: Path, poison: str, view: str) -> None:
    with poisoned(tmp_path / "case", poison).connect() as connection:
        outs = {write: io.BytesIO() for write in (write_jsonl, write_json, write_csv)}
        for write, out in outs.items():
            write(query.ask(connection, view).pages(), out)
        expected = query.ask(connection, view).table()
    jsonl, array, table = (out.getvalue().decode() for out in outs.values())
    rows = [json.loads(line) for line in jsonl.split("\n") if line]

    assert not (STEERING - {"\n"}) & set(jsonl + array + table)
    assert json.loads(array) == rows
    assert len(list(csv.reader(io.StringIO(table)))) == expected.num_rows + 1 == len(table.splitlines())
    for column in expected.schema:
        if column.type == pa.string():
            assert [row[column.name] for row in rows] == expected.column(column.name).to_pylist()
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
