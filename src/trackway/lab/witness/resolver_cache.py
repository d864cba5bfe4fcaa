"""The resolver's cache as somebody dumped it: `ipconfig /displaydns` in several languages, Get-DnsClientCache.

Source: published dumps. A negative answer has neither name nor time to live; lines of the hosts file count
down from a week.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from trackway.lab.world.resolver import Cached
from trackway.lab.world.schedule import SECOND


class Words(NamedTuple):
    """The labels of one language."""

    title: str
    name: str
    type: str
    ttl: str
    length: str
    section: str
    answer: str
    records: Mapping[int, str]
    nothing: str


LANGUAGES: Final = {
    "en": Words(
        "Windows IP Configuration", "Record Name", "Record Type", "Time To Live", "Data Length", "Section", "Answer",
        {1: "A (Host) Record", 28: "AAAA Record", 5: "CNAME Record"}, "Name does not exist.",
    ),
    "de": Words(
        "Windows-IP-Konfiguration", "Eintragsname", "Eintragstyp", "Gültigkeitsdauer", "Datenlänge", "Abschnitt",
        "Antwort", {1: "(Host-)A-Eintrag", 28: "AAAA-Eintrag", 5: "CNAME-Eintrag"}, "Der Name ist nicht vorhanden.",
    ),
    "es": Words(
        "Configuración IP de Windows", "Nombre de registro", "Tipo de registro", "Período de vida", "Longitud de datos",
        "Sección", "respuesta", {1: "Un registro (host)", 28: "Registro AAAA", 5: "Registro CNAME"},
        "El nombre no existe.",
    ),
    "zh": Words(
        "Windows IP 配置", "记录名称", "记录类型", "生存时间", "数据长度", "部分", "答案",
        {1: "A (主机)记录", 28: "AAAA 记录", 5: "CNAME 记录"}, "名称不存在。",
    ),
}  # fmt: skip
_COLUMN: Final = 22
CODE_PAGES: Final = {"en": "cp437", "de": "cp850", "es": "cp850", "zh": "cp936"}


class Row(NamedTuple):
    """One record of the cache."""

    entry: str
    name: str
    type: int
    ttl: int
    data: str
    status: int
    lookup: str


class Dump(NamedTuple):
    """A printed cache, and the look-up that each line with a record came of."""

    content: bytes
    lines: tuple[tuple[int, str], ...]


def rows(cache: Mapping[str, Cached], now: int) -> Iterator[Row]:
    """Yield the records of a cache, entry by entry; what has run out is not shown."""
    for entry, cached in cache.items():
        left = (cached.expires - now) // SECOND
        if left <= 0:
            continue
        site, owner = cached.site, entry
        if site.status or not (site.addresses or site.addresses6):
            yield Row(entry, "", 0, left, "", site.status or 9701, cached.lookup)
            continue
        for alias in site.cnames:
            yield Row(entry, owner, 5, left, alias, 0, cached.lookup)
            owner = alias
        for address in (*site.addresses, *site.addresses6):
            yield Row(entry, owner, 28 if ":" in address else 1, left, address, 0, cached.lookup)


def displaydns(cache: Mapping[str, Cached], now: int, language: str = "en") -> Dump:
    """Return the output of `ipconfig /displaydns`, redirected by cmd: the language's code page."""
    words, before, lines = LANGUAGES[language], "", list[tuple[int, str]]()
    out = ["", words.title, ""]
    for row in rows(cache, now):
        if row.entry != before:
            out += [f"    {row.entry}", f"    {'-' * 40}"]
            before = row.entry
        lines.append((len(out) + 1, row.lookup))
        out += [f"    {words.nothing}"] if row.status else _record(row, words)
        out += ["", ""]
    return Dump("\r\n".join([*out, ""]).encode(CODE_PAGES[language], "replace"), tuple(lines))


def _record(row: Row, words: Words) -> list[str]:
    length = {1: 4, 28: 16}.get(row.type, 8)
    lines = (
        (words.name, row.name), (words.type, row.type), (words.ttl, row.ttl), (words.length, length),
        (words.section, words.answer), (words.records[row.type], row.data),
    )  # fmt: skip
    return [f"    {_dotted(label)}: {value}" for label, value in lines]


def _dotted(label: str) -> str:
    """Return a label with its dots, which stand in fixed columns: `Time To Live  . . . . `."""
    text = f"{label} "
    while len(text) < _COLUMN:
        text += " " if len(text) % 2 else "."
    return text


def dns_client_cache(cache: Mapping[str, Cached], now: int) -> Dump:
    """Return Get-DnsClientCache through Export-Csv."""
    out, lines = io.StringIO(), list[tuple[int, str]]()
    table = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(("Entry", "Name", "Type", "Status", "Section", "TimeToLive", "DataLength", "Data"))
    for number, row in enumerate(rows(cache, now), start=2):
        lines.append((number, row.lookup))
        length = {1: 4, 28: 16, 0: 0}.get(row.type, 8)
        table.writerow(
            (
                row.entry,
                row.name,
                row.type or "",
                row.status,
                0 if row.status else 1,
                row.ttl,
                length,
                row.data,
            )
        )
    return Dump(out.getvalue().encode(), tuple(lines))
