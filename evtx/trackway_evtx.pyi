"""Windows event logs (EVTX) to Arrow. What each thing means stands in `docs/reader.md`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike
from typing import Final, Literal, Protocol

__version__: str

SYSTEM: Final[list[str]]
"""Names of the System columns, in their order."""

class Readable(Protocol):
    """A binary file that can seek."""

    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...

Source = str | PathLike[str] | Readable

Type = Literal[
    "text", "int32", "int64", "uint32", "uint64", "hex32", "hex64", "real", "bool", "binary", "guid", "sid", "time"
]

class Shape:
    """Some events, and the columns wanted of them.

    Args:
        system: names of System columns and their types, in order. Besides those of `SYSTEM`: `offset` (where the
            record starts in the file), `size` (bytes of the record), `message` (the text that a collector rendered), `fields`, `xml`,
            `processor_id`, `session_id`, `kernel_time`, `user_time`, `processor_time`.
        fields: names of fields and their types, in order; `Data` is the fields without a name, a line each.
            Names are compared without letter case, the own spelling first.
        providers: names of providers, in any letter case. An event fits by its provider or by its channel.
        channels: names of channels, in any letter case.
        events: event ids; null for all.
        versions: versions of the event; null for all.
        since: earliest SystemTime; with a time zone.
        until: SystemTime behind the latest; with a time zone.
        holds: texts, each with whether its letter case does not matter; of each list one must be part of some value.
            This refuses early what cannot hold them, and no more: what comes need not.

    Raises:
        ValueError: a name of a System column or a type is not known, or a time has no zone.
    """

    def __init__(
        self,
        *,
        system: Sequence[tuple[str, str]] = (),
        fields: Sequence[tuple[str, str]] = (),
        providers: Sequence[str] = (),
        channels: Sequence[str] = (),
        events: Sequence[int] | None = None,
        versions: Sequence[int] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        holds: Sequence[Sequence[tuple[str, bool]]] = (),
    ) -> None: ...

class Loss:
    """Records that are there, or should be, and cannot be had.

    Attributes:
        first: number of the first record, where it is known.
        last: number of the last one.
        chunk: number of the chunk, counted from 0.
        offset: byte of the file.
        reason: in words.
    """

    first: int | None
    last: int | None
    chunk: int
    offset: int
    reason: str

class Ledger:
    """What became of the records: rows = seen - ignored.

    Attributes:
        seen: records that were decoded, or refused before.
        ignored: records that nobody asked for.
        bad_checksum: rows from chunks whose checksum is wrong.
        dirty: rows behind the last record that their chunk's header knows.
        recovered: rows from where no record should be.
        misfits: values that did not fit the type that was asked for, and are null.
        chunks: chunks that were read.
        lost: what cannot be had, in the order of the file.
    """

    seen: int
    ignored: int
    bad_checksum: int
    dirty: int
    recovered: int
    misfits: int
    chunks: int
    lost: list[Loss]

class Kind:
    """A kind of event: all records of it have the same columns. The kind for the rest has no provider."""

    @property
    def provider(self) -> str: ...
    @property
    def event_id(self) -> int | None: ...
    @property
    def version(self) -> int | None: ...
    @property
    def fields(self) -> list[tuple[str, Type]]:
        """Names and types of the event's own columns."""
    def __hash__(self) -> int: ...

class Batch:
    """Rows of one shape or kind; anything that takes an Arrow array takes it."""

    @property
    def shape(self) -> int | None:
        """Number of the shape; null where a batch has no rows because only the ledger has grown."""
    @property
    def kind(self) -> Kind | None: ...
    @property
    def num_rows(self) -> int: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...

class Stream:
    """One table. It can be taken again and again: each time the log is read anew, as it is asked for."""

    @property
    def ledger(self) -> Ledger:
        """What became of the records in the reading that began last."""
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...

class Scan(Iterator[Batch]):
    """Batches in the order of the log; equal for any number of threads."""

    @property
    def has_header(self) -> bool: ...
    @property
    def dirty(self) -> bool:
        """Whether the header says that the log was not closed."""
    @property
    def counted(self) -> int | None:
        """Chunks that the header counts."""
    @property
    def length(self) -> int:
        """Bytes of the file."""
    def take_ledger(self) -> Ledger:
        """Take what became of the records since the last time."""
    def __iter__(self) -> Scan: ...
    def __next__(self) -> Batch: ...

class Carving(Iterator[Batch]):
    """Batches out of anything."""

    def take_ledger(self) -> Ledger:
        """Take what became of the records since the last time."""
    def __iter__(self) -> Carving: ...
    def __next__(self) -> Batch: ...

def read(
    source: Source,
    *,
    fields: Sequence[str] | Mapping[str, Type] | None = None,
    system: Sequence[str] | None = None,
    xml: bool = False,
    providers: Sequence[str] = (),
    channels: Sequence[str] = (),
    events: Sequence[int] | None = None,
    versions: Sequence[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    recovered: bool = False,
    code_page: str = "windows-1252",
    time_digits: int = 7,
    threads: int = 1,
) -> Stream:
    """Read a log as one table: System columns, then the fields asked for.

    Args:
        source: a path, or a binary file that can seek.
        fields: a column for each name, as text or as the type given; without it one column `fields` holds all
            names and values in order.
        system: names of System columns; all of them without it.
        xml: whether a last column `xml` holds the event as Windows writes it.
        recovered: whether records left in slack from before the log wrapped are wanted too.
        code_page: of texts that are not Unicode: windows-1252, windows-1250, windows-1251, latin-1, utf-8.
        time_digits: digits behind the second where a time is written as text, 3 to 7.
        threads: how many decode; the result is the same.

    The filters are those of `Shape`.
    """

def scan(
    source: Source,
    shapes: Sequence[Shape] | None = None,
    *,
    providers: Sequence[str] = (),
    channels: Sequence[str] = (),
    events: Sequence[int] | None = None,
    versions: Sequence[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    recovered: bool = False,
    code_page: str = "windows-1252",
    time_digits: int = 7,
    threads: int = 1,
    offsets: Sequence[int] | None = None,
) -> Scan:
    """Read a log as batches of several shapes; without shapes, of every kind of event with all its fields, typed.

    An event that fits several shapes goes to the first. With `offsets` only the records that start there are wanted, and
    only their chunks are read as far as these stand where they should.

    Raises:
        OSError: the source cannot be read.
    """

def carve(
    source: Source,
    shapes: Sequence[Shape] | None = None,
    *,
    code_page: str = "windows-1252",
    time_digits: int = 7,
) -> Carving:
    """Look through anything, an image or a dump, for chunks and records; as `scan`, with slack."""
