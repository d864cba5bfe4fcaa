"""What an evidence source declares: what it recognises, what it needs, what it proves and never says.

One module of this package is one source: it ends in `SOURCE = Source(...)`, and the SQL file of the
same name turns raw rows into observations. The facts a source states about itself are shown to users
and stand in `docs/sources/`; they come from Microsoft's and Sysinternals' documentation and from
recordings, as each module says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from trackway.formats.rows import Shape
from trackway.schema import TEXT, Table
from trackway.sources.values import PLAIN_ADDRESS, address


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A column made of one raw field by a function, before SQL sees the rows.

    For texts that SQL reads badly: addresses, resolver answers, socket addresses. The function is
    called once for each different text of a batch and must be pure; null stays null. `plain` is a pattern
    of texts that it would give back as they are: for them it need not be called at all.
    """

    field: str
    function: Callable[[str], object]
    type: pa.DataType
    plain: str | None = None


def address_in(field: str) -> Decoded:
    """Return the address that a field holds, in its shortest spelling, or null where it holds none."""
    return Decoded(field=field, function=address, type=TEXT, plain=PLAIN_ADDRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One evidence source.

    Attributes:
        name: module and SQL file.
        title: as a responder calls it.
        kinds: values of `source` that its observations carry.
        shape: the events and fields it reads.
        table: the observation table it fills.
        default_on: whether Windows writes it without anybody asking.
        built_in: whether it comes with Windows; else something was installed, or is elsewhere in the network.
        needs: what must be switched on for it to exist.
        enable: the command that switches it on.
        proves: what a record of it proves.
        never: what no record of it can ever say.
        decoded: further columns, by name.
        further: what the same records tell by the way: SQL file, and the observation table it fills. Each
            may make as many rows as it likes; they count as no records.
    """

    name: str
    title: str
    kinds: tuple[str, ...]
    shape: Shape
    table: Table
    default_on: bool
    needs: str
    enable: str
    proves: str
    never: str
    built_in: bool = True
    decoded: Mapping[str, Decoded] = field(default_factory=dict)
    further: Mapping[str, Table] = field(default_factory=dict)
