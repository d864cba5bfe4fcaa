r"""The registry as `reg query` prints it, and as `reg export` and the Registry Editor write it.

    HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Dnscache\Parameters
        MaxCacheTtl    REG_DWORD    0x15180

    [HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Dnscache\Parameters]
    "MaxCacheTtl"=dword:00015180

Source: Microsoft, "reg query", "reg export" (Registry Editor 5.00: `hex(7):` are texts in UTF-16). Neither is taken
for a word on whose evidence it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import IO, Final

from trackway.formats.registry_keys import Value, hive_and_path, rows_of, wanted
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text

_KEY: Final = re.compile(r"\[?(?P<key>HKEY_LOCAL_MACHINE\\[^\]\n]+?|HKLM\\[^\]\n]+?)\]?\s*")
_QUERIED: Final = re.compile(r" {4}(?P<name>\S.*?) {4}(?P<type>REG_\w+)(?: {4}(?P<data>.*))?")
_EXPORTED: Final = re.compile(r"(?:\"(?P<name>(?:[^\"\\]|\\.)*)\"|@)=(?P<data>.*)")
_TEXT, _SEVERAL, _EXPANDED, _NUMBER = 1, 7, 2, 4

Key = tuple[str, dict[str, int], dict[str, Value]]
"""A key, the lines of its values by their names in lower case (its own has none), and the values."""


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the settings that a printed part of the registry holds; see `formats.read`."""
    yield from gathered(_settings(whole_text(stream, ledger)), shapes, ledger)


def _settings(text: str) -> Iterator[Found]:
    for key, lines, values in _keys(_joined(text)):
        hive, path = hive_and_path(key)
        if (each := wanted(hive, path)) and values:
            yield from rows_of(each, path, values, partial(_line, lines), None)


def _line(lines: Mapping[str, int], name: str) -> int:
    return lines.get(name, lines[""])


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their numbers; a value in hexadecimal goes on where its line ends in a backslash."""
    start, parts = 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        if line.endswith(",\\"):
            start = start or number
            parts.append(line.strip().removesuffix("\\"))
        else:
            yield start or number, "".join([*parts, line.strip() if parts else line])
            start, parts = 0, []


def _keys(lines: Iterator[tuple[int, str]]) -> Iterator[Key]:
    key, places, values = "", dict[str, int](), dict[str, Value]()
    for number, written in lines:
        if found := _KEY.fullmatch(written):
            if key:
                yield key, places, values
            key, places, values = found["key"], {"": number}, {}
        elif key and (value := _value(written)):
            values[value[0]], places[value[0].lower()] = value[1], number
    if key:
        yield key, places, values


def _value(written: str) -> tuple[str, Value] | None:
    """Return name and data of one value, or null for what is none."""
    if found := _QUERIED.fullmatch(written):
        return found["name"], _queried(found["type"], found["data"] or "")
    if found := _EXPORTED.fullmatch(written):
        name = re.sub(r"\\(.)", r"\1", found["name"]) if found["name"] is not None else "(Default)"
        return name, _exported(found["data"].strip())
    return None


def _queried(kind: str, data: str) -> Value:
    if kind in ("REG_DWORD", "REG_QWORD") and re.fullmatch(r"0x[0-9a-fA-F]{1,16}", data):
        return str(int(data, 16))
    if kind == "REG_BINARY" and re.fullmatch(r"(?:[0-9A-Fa-f]{2})*", data):
        return bytes.fromhex(data)
    return data.split("\\0") if kind == "REG_MULTI_SZ" else data


def _exported(data: str) -> Value:
    if text := re.fullmatch(r'"((?:[^"\\]|\\.)*)"', data):
        return re.sub(r"\\(.)", r"\1", text[1])
    if number := re.fullmatch(r"dword:([0-9a-fA-F]{1,8})", data):
        return str(int(number[1], 16))
    coded = re.fullmatch(r"hex(?:\(([0-9a-fA-F])\))?:((?:[0-9a-fA-F]{2},?)*)", data)
    return _coded(int(coded[1] or "3", 16), bytes.fromhex(coded[2].replace(",", ""))) if coded else data


def _coded(kind: int, raw: bytes) -> Value:
    if kind == _NUMBER:
        return str(int.from_bytes(raw, "little"))
    text = raw.decode("utf-16-le", "replace").rstrip("\0")
    texts: dict[int, Value] = {_TEXT: text, _EXPANDED: text, _SEVERAL: text.split("\0")}
    return texts.get(kind, raw)
