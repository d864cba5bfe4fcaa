"""What a reader is asked for and what it gives: raw rows in Arrow, without meaning.

A `Shape` names one kind of event and the fields wanted of it. A reader answers with batches of one
shape each, every value as the text that the evidence holds, null where it is absent. A native reader
can take the place of a slower one without a change above this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

SYSTEM: Final = (
    ("line", pa.int64()),  # 1-based line of a text file, 1-based element of a JSON array
    ("record", pa.int64()),  # EventRecordID
    ("computer", pa.string()),
    ("provider", pa.string()),
    ("channel", pa.string()),
    ("event_id", pa.int64()),
    ("event_version", pa.int64()),
    ("time_text", pa.string()),  # the record's own time as written
    ("ingested_text", pa.string()),  # a collector's time as written, null where it is the same field
    ("header_pid", pa.int64()),  # System/Execution@ProcessID
    ("header_user", pa.string()),  # System/Security@UserID, or the account an exporter made of it
    ("activity_id", pa.string()),
)
"""Columns every batch starts with."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of event: where it is found and which of its fields are wanted.

    Attributes:
        source: name of the source that asks, handed back with the rows.
        providers: provider names; letter case does not matter.
        channels: channel names, for exports that leave the provider out.
        events: event ids.
        fields: names of EventData (or UserData) fields; letter case does not matter.
            `Data` is the joined text of unnamed fields, `Message` the rendered text.
        kind: for what is no event: the kind of record, as its reader calls it. Such records name no
            computer, and may say no time: whose they are shows the place where they were found.
        of_clients: true where each record is about some client of the network, which its address tells.
    """

    source: str
    providers: tuple[str, ...]
    channels: tuple[str, ...]
    events: frozenset[int]
    fields: tuple[str, ...]
    kind: str | None = None
    of_clients: bool = False

    def schema(self) -> pa.Schema:
        """Return the Arrow schema of a batch: SYSTEM, then the fields as text."""
        return pa.schema([*SYSTEM, *((name, pa.string()) for name in self.fields)])


def records(source: str, kind: str, *fields: str, of_clients: bool = False) -> Shape:
    """Return the shape of records that are no events."""
    return Shape(
        source=source,
        providers=(),
        channels=(),
        events=frozenset(),
        fields=fields,
        kind=kind,
        of_clients=of_clients,
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """Raw rows of one shape."""

    shape: Shape
    batch: pa.RecordBatch


@dataclass(frozen=True, slots=True)
class Skip:
    """A record that could not be used, where it is and why."""

    line: int | None
    record: int | None
    reason: str


@dataclass(slots=True)
class Ledger:
    """What became of every record of one file: seen = used + ignored + skipped.

    A reader counts `seen` and `ignored` and adds the records it cannot decode to `skips`; what it
    hands out as rows is the rest. `note` is a remark about the file as a whole. `damaged` is set where
    an unknown number of records is lost (a truncated archive), so that the user is told.
    """

    seen: int = 0
    ignored: int = 0
    skips: list[Skip] = field(default_factory=list)
    note: str | None = None
    damaged: bool = False

    def skip(self, reason: str, *, line: int | None = None, record: int | None = None) -> None:
        """Record one record that could not be used."""
        self.skips.append(Skip(line, record, reason))


RowStream = Iterator[Rows]
