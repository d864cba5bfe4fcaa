"""What columns must hold for a record to be wanted, and which rows of a batch do.

A column tells less than a record, so a row that may be wanted stays: one too many costs time, one too few
loses evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

FIELDS: Final = "fields"
"""The column that holds names and values of all fields, in their order."""

_XML: Final = "xml"
_AS_IT_STANDS: Final = re.compile("[ !#-%(-;=?-~]+")  # of ASCII all but " & ' < >
_TREE: Final = '{"'  # an element with elements in it is told as JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A value of a column that will do.

    Attributes:
        column: a System column as the native reader calls it, or `FIELDS`.
        name: of the field, letter by letter; null for any.
        any_case: whether the name is in lower case and meant in any.
        text: the one value that will do, null where `is_so` decides.
        part: what any value that will do contains, in any letter case; null where nothing is known.
        is_so: whether a value will do; of an absent one it is asked as of an empty one.
    """

    column: str
    name: str | None = None
    any_case: bool = False
    text: str | None = None
    part: str | None = None
    is_so: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Written:
    """The XML has this text somewhere, in any letter case."""

    text: str


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold."""

    parts: tuple[Holds, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One of these holds."""

    parts: tuple[Holds, ...]


Holds = Held | Written | Every | Some


def columns(holds: Holds) -> set[str]:
    """Return the columns that are looked at."""
    if isinstance(holds, Every | Some):
        return {column for part in holds.parts for column in columns(part)}
    return {holds.column if isinstance(holds, Held) else _XML}


def as_written(text: str) -> Written | None:
    """Return that the XML has a text, null for one that XML, or a letter's other case, spells in another way."""
    return Written(text) if _AS_IT_STANDS.fullmatch(text) else None


def every(parts: Iterable[Holds]) -> Holds | None:
    """Return that all of these hold, null for none."""
    given = tuple(parts)
    return Every(given) if len(given) > 1 else next(iter(given), None)


def needles(holds: Holds | None) -> list[list[tuple[str, bool]]]:
    """Return texts, and whether their letter case does not matter: of each list a wanted record holds one."""
    if isinstance(holds, Every):
        return [some for part in holds.parts for some in needles(part)]
    if isinstance(holds, Some):
        told = [needles(part) for part in holds.parts]
        return [[needle for some in told for needle in some[0]]] if all(told) else []
    if isinstance(holds, Written):
        return [[(holds.text, True)]]
    if holds is None or holds.column != FIELDS:
        return []
    if holds.text:
        return [[(holds.text, False)]]
    return [[(holds.part, True)]] if holds.part else []


def mask(holds: Holds, rows: pa.RecordBatch) -> pa.Array:
    """Return for each row whether its record may be wanted; never null."""
    if isinstance(holds, Every):
        return reduce(pc.and_, (mask(part, rows) for part in holds.parts))
    if isinstance(holds, Some):
        return reduce(pc.or_, (mask(part, rows) for part in holds.parts))
    if isinstance(holds, Written):
        return pc.match_substring(rows[_XML], holds.text, ignore_case=True)
    return _of_fields(holds, rows) if holds.column == FIELDS else _will_do(rows[holds.column], holds)


def _will_do(values: pa.Array, held: Held) -> pa.Array:
    """Ask once for each different value."""
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    answers = [held.is_so(value or "") for value in encoded.dictionary.to_pylist()]
    of_nothing = held.is_so("")
    return pc.fill_null(pa.array(answers, pa.bool_()).take(encoded.indices), of_nothing)


def _of_fields(held: Held, rows: pa.RecordBatch) -> pa.Array:
    """A row stays where one of its fields will do, is a tree, or has a name that only the record tells."""
    pairs = rows[FIELDS]
    owners = pc.list_parent_indices(pairs)
    names, values = pairs.flatten().flatten()
    if held.text is not None:  # values differ more than names, so fewer are left for what follows
        found = _is_text(values, held.text)
        owners = owners.filter(found).filter(_is_named(names.filter(found), held))
    else:
        meant = _is_named(names, held)
        values = values.filter(meant)
        owners = owners.filter(meant).filter(pc.or_(_will_do(values, held), _is_tree(values)))
    return pc.is_in(pa.array(range(rows.num_rows), owners.type), owners.unique())


def _is_text(values: pa.Array, text: str) -> pa.Array:
    return pc.or_(pc.fill_null(pc.equal(values, text), not text), _is_tree(values))


def _is_tree(values: pa.Array) -> pa.Array:
    return pc.fill_null(pc.starts_with(values, _TREE), False)


def _is_named(names: pa.Array, held: Held) -> pa.Array:
    if held.name is None:
        return pc.is_valid(names)
    return pc.or_(pc.equal(pc.utf8_lower(names) if held.any_case else names, held.name), pc.equal(names, ""))
