"""Pseudonyms for users, hosts and internal addresses, the same one for the same thing all over a report.

The tables of a connection are replaced by redacted ones before anything reads them, so whatever is shown is
made of pseudonyms. They are numbered in alphabetical order: equal cases get equal ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

import duckdb
import pyarrow as pa

from trackway.schema import TABLES

_BUILT_IN: Final = frozenset(
    {
        "nt authority", "nt service", "system", "local service", "network service", "builtin", "window manager",
        "font driver host", "anonymous logon", "iis apppool", "public", "default", "all users", "default user",
        "defaultapppool", "iusr", "-", "", "n/a", "localhost",
    }
)  # fmt: skip
_GENERATED: Final = re.compile(r"(dwm|umfd)-\d+")
_PROFILE: Final = re.compile(r"\\Users\\([^\\/:*?\"<>|\s]+)", re.IGNORECASE)
_SID: Final = re.compile(r"S-1-5-21(?:-\d+){3,4}")
_ADDRESS: Final = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w])|(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}(?![\w:])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is replaced by what; names in lower case."""

    names: dict[str, str]
    addresses: dict[str, str]
    sids: dict[str, str]
    pattern: re.Pattern[str]

    def text(self, text: str) -> str:
        """Return a text with pseudonyms."""
        text = _SID.sub(lambda found: self.sids.get(found[0], found[0]), text)
        text = _ADDRESS.sub(lambda found: self.addresses.get(found[0].lower(), found[0]), text)
        return self.pattern.sub(lambda found: self.names[found[0].lower()], text) if self.names else text

    def value(self, value: object) -> object:
        """Return a value with pseudonyms in every text of it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        return value


def redacted(connection: duckdb.DuckDBPyConnection) -> Redaction:
    """Replace the tables of a connection of `Case.connect` by redacted ones."""
    tables = {name: connection.execute(f'FROM "{name}"').to_arrow_table() for name in TABLES}
    redaction = _redaction(tables)
    replace = lru_cache(maxsize=1_000_000)(redaction.text)
    for name, table in tables.items():
        changed = pa.table(  # noqa: F841  DuckDB reads it by name
            [_replaced(column.combine_chunks(), replace) for column in table.columns], schema=table.schema
        )
        connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS FROM changed')
    return redaction


def _redaction(tables: dict[str, pa.Table]) -> Redaction:
    texts = {text for table in tables.values() for column in table.columns for text in _texts(column)}
    hosts = {host for table in tables.values() for host in _column(table, "host")}
    suffixes = {host.partition(".")[2].lower() for host in hosts} - {""}
    accounts = {user for table in tables.values() for user in _column(table, "user")}
    users, domains = _accounts(accounts, texts)
    names = {
        **_numbered("domain", {*domains, *suffixes} - users),
        **_numbered("user", users),
        **_numbered(
            "host", {host.partition(".")[0].lower() for host in hosts} | _neighbours(texts, suffixes)
        ),
    }
    names = {
        name: alias
        for name, alias in names.items()
        if name not in _BUILT_IN and not _GENERATED.fullmatch(name)
    }
    longest = sorted(names, key=lambda name: (-len(name), name))
    return Redaction(
        names=names,
        addresses=_numbered(
            "internal",
            {found.lower() for text in texts for found in _ADDRESS.findall(text) if _is_internal(found)},
        ),
        sids=_numbered("SID", {found for text in texts for found in _SID.findall(text)}),
        pattern=re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE),
    )


def _accounts(accounts: Iterable[str], texts: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the names of users, of accounts and of profile folders, and the names of their domains."""
    users = {found.lower() for text in texts for found in _PROFILE.findall(text)}
    domains: set[str] = set()
    for account in accounts:
        domain, _, user = account.lower().rpartition("\\")
        users.add(user.removesuffix("$"))
        domains.add(domain)
    return users - _BUILT_IN, domains - _BUILT_IN


def _neighbours(texts: Iterable[str], suffixes: set[str]) -> set[str]:
    """Return the short names of other hosts in the domains of the case's hosts."""
    if not suffixes:
        return set()
    pattern = re.compile(rf"([\w-]+)\.(?:{'|'.join(map(re.escape, sorted(suffixes)))})(?!\w)", re.IGNORECASE)
    return {found.lower() for text in texts for found in pattern.findall(text)}


def _numbered(kind: str, names: Iterable[str]) -> dict[str, str]:
    return {name: f"{kind}-{number}" for number, name in enumerate(sorted(names), 1)}


def _is_internal(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return address.is_private and not (address.is_loopback or address.is_unspecified)


def _column(table: pa.Table, name: str) -> set[str]:
    return set(_texts(table[name])) if name in table.column_names else set()


def _texts(array: pa.Array | pa.ChunkedArray) -> Iterator[str]:
    """Yield each different text of a column, at any depth."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_string(array.type):
        yield from (text for text in array.unique().to_pylist() if text is not None)
    elif pa.types.is_list(array.type):
        yield from _texts(array.flatten())
    elif pa.types.is_struct(array.type):
        for field in array.flatten():
            yield from _texts(field)


def _replaced(array: pa.Array, replace: object) -> pa.Array:
    if pa.types.is_string(array.type):
        coded = array.dictionary_encode()
        changed = pa.array([replace(text) for text in coded.dictionary.to_pylist()], pa.string())  # type: ignore[operator]
        return changed.take(coded.indices)
    if pa.types.is_list(array.type):
        return pa.ListArray.from_arrays(
            array.offsets, _replaced(array.values, replace), type=array.type, mask=array.is_null()
        )
    if pa.types.is_struct(array.type):
        fields = [_replaced(array.field(place), replace) for place in range(array.type.num_fields)]
        return pa.StructArray.from_arrays(fields, fields=list(array.type.fields), mask=array.is_null())
    return array
