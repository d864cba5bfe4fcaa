"""The parts of the pages that are made from the code, so that they cannot differ from it.

They stand between `<!-- made from the code: NAME -->` and `<!-- end -->`. `python -m tests.docs.made`
writes them anew, and with them the numbers in what the README shows of the demo.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final

from tests.docs import excerpts
from tests.docs.pages import Page, pages
from trackway.schema import MANIFEST, OBSERVATIONS, OBSERVED, TABLES, Column, Table, sql_type
from trackway.sources import Source, installed

_MADE = re.compile(r"(<!-- made from the code: ([^\n]+?) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def parts(page: Page) -> list[tuple[str, str, str]]:
    """Return name, present text and text wanted of each part of the page."""
    return [(name, present, made(name)) for _, name, present, _ in _MADE.findall(page.text)]


def made(name: str) -> str:
    """Return a part: the name of a maker, then what it is asked for."""
    maker, _, about = name.partition(" ")
    return f"\n{MAKERS[maker](about)}\n\n"


def _tables(_: str) -> str:
    common = "## Columns of every observation\n\n" + _columns(OBSERVED)
    return "\n\n".join([common, *map(_table, TABLES.values())])


def _table(table: Table) -> str:
    own = table.columns[len(OBSERVED) :] if table in OBSERVATIONS else table.columns
    return f"## `{table.name}`\n\nA row is {table.grain}. {_place(table)}\n\n{_columns(own)}"


def _place(table: Table) -> str:
    if table in MANIFEST:
        return f"In `{table.name}.parquet`."
    further = " Its own columns:" if table in OBSERVATIONS else ""
    return f"In `{table.name}/host=NAME/part.parquet`.{further}"


def _columns(columns: Iterable[Column]) -> str:
    rows = ((f"`{column.name}`", f"`{_kind(column.type)}`", _cell(column.meaning)) for column in columns)
    return _grid(("column", "type", "meaning"), rows)


def _kind(kind: Any) -> str:
    """Return the type as DuckDB spells it; of a record the names of its fields."""
    return re.sub(r'"(\w+)" \w+(\[\])?', r"\1\2", sql_type(kind))


def _sources(folder: str) -> str:
    rows = (
        (
            f"[{source.title}]({folder}{source.name}.md)",
            "on" if source.default_on else "**off**",
            _cell(source.proves),
            _cell(source.never),
        )
        for source in installed().values()
    )
    return _grid(("source", "by default", "a record proves", "no record ever says"), rows)


def _events(_: str) -> str:
    rows = (
        (f"`{kind}`", f"[{source.title}]({source.name}.md)", f"`{source.table.name}`")
        for source in installed().values()
        for kind in source.kinds
    )
    return _grid(("kind of record", "source", "table it fills"), rows)


def _facts(name: str) -> str:
    source = installed()[name]
    rows = (
        ("by default", "on" if source.default_on else "**off**"),
        ("needs", _cell(source.needs)),
        ("switched on by", f"`{_cell(source.enable)}`"),
        ("a record proves", _cell(source.proves)),
        ("no record ever says", _cell(source.never)),
        ("kinds of record", _coded(source.kinds)),
        *_read(source),
        ("fills", f"[`{source.table.name}`](../tables.md#{source.table.name})"),
    )
    return _grid(("", ""), rows)


def _read(source: Source) -> Iterable[tuple[str, str]]:
    shape = source.shape
    for what, words in (
        ("provider", shape.providers),
        ("log", shape.channels),
        ("fields read", shape.fields),
    ):
        if words:
            yield what, _coded(words)


def _coded(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _grid(headers: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (headers, ("---",) * len(headers), *rows)
    return "\n".join(f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in line)}|" for line in lines)


MAKERS: Final[dict[str, Callable[[str], str]]] = {
    "tables": _tables,
    "sources": _sources,
    "events": _events,
    "facts": _facts,
}
"""Who makes which part."""


def write() -> None:
    """Write every part anew and say which page changed."""
    for page in pages():
        _replace(page, _MADE.sub(lambda found: found[1] + made(found[2]) + found[4], page.text))
    readme = Page("README.md")
    _replace(readme, excerpts.refreshed(readme.text, excerpts.printed()))


def _replace(page: Page, text: str) -> None:
    if text != page.text:
        page.path.write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{page.name}\n")


if __name__ == "__main__":
    write()
