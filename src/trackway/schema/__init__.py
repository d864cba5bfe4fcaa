"""Every table Trackway keeps: its grain, its columns, their units and their meaning.

The Parquet files of a case, the Arrow tables of the Python interface and `docs/tables.md` all come
from here. Source: the design, section 3. Times are UTC in microseconds unless a column says that
it is kept as written. A null means "this evidence cannot say"; empty text and 0 never do.
"""

from __future__ import annotations

from typing import Final

from trackway.schema.columns import (
    ACT,
    AS_WRITTEN,
    BLIND,
    CHOICE,
    CITATION,
    FLAG,
    INTEGER,
    NAME,
    NUMBER,
    SCRIPT,
    TEXT,
    TEXTS,
    TIME,
    TRAFFIC,
    Column,
    Table,
    sql_type,
)
from trackway.schema.entities import (
    CLOCK,
    COVERAGE,
    LINK,
    LOOKUP,
    PROCESS,
    SCRIPT_TABLE,
    STORY,
)
from trackway.schema.manifest import (
    FILE,
    SKIPPED,
)
from trackway.schema.observations import (
    CONNECTION_OBSERVATION,
    DNS_OBSERVATION,
    HOST_FACT,
    OBSERVED,
    PROCESS_OBSERVATION,
    SCRIPT_OBSERVATION,
)

__all__ = [
    "ACT",
    "AS_WRITTEN",
    "BLIND",
    "CHOICE",
    "CITATION",
    "CLOCK",
    "CONNECTION_OBSERVATION",
    "COVERAGE",
    "DNS_OBSERVATION",
    "ENTITIES",
    "FILE",
    "FLAG",
    "HOST_FACT",
    "INTEGER",
    "LINK",
    "LOOKUP",
    "MANIFEST",
    "NAME",
    "NUMBER",
    "OBSERVATIONS",
    "OBSERVED",
    "PROCESS",
    "PROCESS_OBSERVATION",
    "SCRIPT",
    "SCRIPT_OBSERVATION",
    "SCRIPT_TABLE",
    "SKIPPED",
    "STORY",
    "TABLES",
    "TEXT",
    "TEXTS",
    "TIME",
    "TRAFFIC",
    "Column",
    "Table",
    "sql_type",
]

OBSERVATIONS: Final = (
    DNS_OBSERVATION,
    CONNECTION_OBSERVATION,
    PROCESS_OBSERVATION,
    SCRIPT_OBSERVATION,
    HOST_FACT,
)
ENTITIES: Final = (PROCESS, LOOKUP, STORY, SCRIPT_TABLE, LINK, CLOCK, COVERAGE)
MANIFEST: Final = (FILE, SKIPPED)
TABLES: Final = {table.name: table for table in OBSERVATIONS + ENTITIES + MANIFEST}
