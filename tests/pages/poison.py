"""Texts that a log may hold to hurt whoever shows them, and cases that hold them in every field."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from trackway.case import Case
from trackway.schema import TABLES

from ..query.small_case import Row, finance, written

POISON: Final = {
    "script": "<x-poison></x-poison><script>window.pwned=1;alert(1)</script>",
    "end of script": "</script></style></title></textarea><x-poison></x-poison><script>alert(1)</script>",
    "comment": "<!--<script>--><x-poison></x-poison>]]><![CDATA[",
    "event handler": "\"' onmouseover=alert(1) x='<img src=x onerror=alert(1)><x-poison></x-poison>",
    "javascript url": "javascript:alert(1)//<a href='javascript:alert(1)'>x</a>",
    "svg": "<svg onload=alert(1)><x-poison></x-poison><animate onbegin=alert(1)></svg>",
    "remote": "<img src=//198.51.100.9/x><link rel=stylesheet href=//198.51.100.9/y>@import url(//198.51.100.9)",
    "markdown": "[x](javascript:alert(1)) ![y](http://198.51.100.9/z) **b**",
    "formula": '=HYPERLINK("http://198.51.100.9")',
    "bidi": "cod\u202egpj.exe\u2066\u2069",
    "no width": "a\u200bb\ufeffc\u3164",
    "ansi": "\x1b[2J\x1b]8;;https://198.51.100.9\x1b\\x\x07",
    "template": "{{7*7}}${7*7}{%raw%}#{7*7}<%=7*7%>",
    "surrogate": "\ud800".encode("utf-8", "replace").decode() + "\U0010ffff\x00",
    "json": '","__proto__":{"x":1},"a":"\u2028\u2029\\',
}
TOGETHER: Final = {
    "markup": "".join(list(POISON.values())[:9]),
    "unseen": "".join(list(POISON.values())[9:12]),
    "templates": "".join(list(POISON.values())[12:]),
}
"""The same, few at a time: a visit to every view takes a browser a while."""

UNSEEN: Final = "\u202e\u2066\u2069\u200b\ufeff\u3164\x1b\x07\x00"
_HOST: Final = 40
KEYS: Final = frozenset(
    {
        "story",
        "process",
        "lookup",
        "script",
        "subject",
        "object",
        "parent",
        "ancestors",
        "direction",
        "action",
    }
)  # our own identifiers and closed sets of words: no text of a log


def poisoned(folder: Path, poison: str) -> Case:
    """Return the finance case with the poison at the end of every text."""
    tables = {table: [_row(row, poison) for row in rows] for table, rows in finance().items()}
    assert set(tables) <= set(TABLES)
    return written(folder, tables)


def _row(row: Row, poison: str) -> Row:
    return {key: value if key in KEYS else _value(value, _fitting(key, poison)) for key, value in row.items()}


def _fitting(key: str, poison: str) -> str:
    """Return as much poison as fits: a host names a folder of the case."""
    return poison[:_HOST] if key in ("host", "hosts") else poison


def _value(value: Any, poison: str) -> Any:
    if isinstance(value, str):
        return value + poison
    if isinstance(value, list):
        return [_value(item, poison) for item in value]
    return _row(value, poison) if isinstance(value, dict) else value


def huge(folder: Path) -> Case:
    """Return the finance case with texts of a megabyte."""
    tables = finance()
    tables["process"][2]["command_line"] = "<b>" + "A" * 1_000_000
    tables["script"][0]["text"] = "&" * 1_000_000
    tables["story"][0]["names"][0]["name"] = "n" * 1_000_000
    return written(folder, tables)
