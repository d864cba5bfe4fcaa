"""A Sysmon configuration: the file that Sysmon was given, or what `sysmon -c` prints of the rules at work."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import IO, Final

from trackway.evidence.settings import SYSMON_RULES
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text
from trackway.sysmon_rules import NotAConfiguration, from_dump, from_xml

_LONGEST: Final = 16 << 20
"""Bytes of a configuration; large ones reach 1 MiB."""


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the configuration as one record; see `formats.read`."""
    yield from gathered(_configuration(stream, ledger), shapes, ledger)


def _configuration(stream: IO[bytes], ledger: Ledger) -> Iterator[Found]:
    raw = stream.read(_LONGEST + 1)
    stream.seek(0)
    if len(raw) > _LONGEST:
        yield SYSMON_RULES, 1, f"a configuration longer than {_LONGEST:,} bytes"
        return
    try:
        yield SYSMON_RULES, 1, _printed(whole_text(stream, ledger)) or _file(raw)
    except NotAConfiguration as reason:
        yield SYSMON_RULES, 1, str(reason)


def _printed(text: str) -> dict[str, object] | None:
    if "<Sysmon" in text:
        return None
    rules = from_dump(text)
    return {"Rules": rules.text(), "Hash": rules.options.get("Config hash"), "AtWork": "true"}


def _file(raw: bytes) -> dict[str, object]:
    """Return the rules of a file, and the hash by which Sysmon's event 16 calls it."""
    return {"Rules": from_xml(raw).text(), "Hash": f"SHA256={hashlib.sha256(raw).hexdigest().upper()}"}
