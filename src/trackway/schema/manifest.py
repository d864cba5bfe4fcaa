"""What became of the evidence."""

from __future__ import annotations

from typing import Final

from trackway.schema.columns import INTEGER, TEXTS, Table, columns

FILE: Final = Table(
    "file",
    "one evidence file or archive member",
    columns(
        """
        file: name, an archive's member after "!"
        kind: evtx, json, zip, tar, gzip, empty or unknown
        size: bytes
        sha256: of its bytes
        hosts: computers whose records it holds
        seen: records seen
        used: records that became observations
        duplicates: records that stand in the evidence once more, in another file or in this one; counted there
        ignored: records of kinds that no source interprets
        skipped: records that could not be read
        note: anything worth knowing, for instance why it was left out
        """,
        size=INTEGER,
        hosts=TEXTS,
        seen=INTEGER,
        used=INTEGER,
        duplicates=INTEGER,
        ignored=INTEGER,
        skipped=INTEGER,
    ),
)

SKIPPED: Final = Table(
    "skipped",
    "one record or file that could not be used",
    columns(
        """
        file: name
        line: 1-based line
        record: EventRecordID
        reason: in words
        """,
        line=INTEGER,
        record=INTEGER,
    ),
)
