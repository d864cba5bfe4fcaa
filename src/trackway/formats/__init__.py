"""Read: bytes to raw rows, without any idea of what an event means.

One module reads one kind of file; `KINDS` names them. A reader yields batches of one shape each, in the
order of the file, and keeps the ledger: seen = rows + ignored + skips. A batch without rows may come
where the ledger has grown long, so that the caller can put the skips away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO, Final

from trackway.errors import EvidenceError
from trackway.evidence.containers import Member
from trackway.formats import (
    asked,
    audit_policy,
    displaydns,
    event_clixml,
    event_export,
    event_table,
    event_text,
    event_xml,
    evtx,
    firewall_log,
    firewall_settings,
    hosts_file,
    kape_log,
    log_channels,
    netstat,
    objects,
    proxy_log,
    registry_hive,
    registry_text,
    srum,
    sysmon_configuration,
    volume_map,
    zeek_log,
)
from trackway.formats.rows import Ledger, RowStream, Shape

__all__ = ["KINDS", "read"]


def read(member: Member, shapes: Sequence[Shape], ledger: Ledger, *, threads: int = 1) -> RowStream:
    """Yield the raw rows of a member, in batches of one shape each.

    Args:
        member: a leaf of some evidence, of a kind in `KINDS`, while its stream is open.
        shapes: what is wanted; an event that fits several goes to the first of them.
        ledger: is told what became of every record. Empty its `skips` at will between batches.
        threads: that may decode where a reader can share its work (`SHARED`); the rows are the same.

    Raises:
        EvidenceError: no reader knows the kind of the member.
    """
    if member.stream is None or member.kind not in KINDS:
        raise EvidenceError(member.name, f"no reader for a file of kind {member.kind}")
    if threads > 1 and member.kind in SHARED:
        return SHARED[member.kind](member.stream, shapes, ledger, threads)
    if member.beside and member.kind == "hive":
        return registry_hive.rows(member.stream, shapes, ledger, member.beside)
    return KINDS[member.kind](member.stream, shapes, ledger)


KINDS: Final[dict[str, Callable[[IO[bytes], Sequence[Shape], Ledger], RowStream]]] = {
    "evtx": evtx.rows,
    "json": event_export.rows,
    "xml": event_xml.rows,
    "clixml": event_clixml.rows,
    "csv": event_table.rows,
    "event_text": event_text.rows,
    "firewall_log": firewall_log.rows,
    "displaydns": displaydns.rows,
    "objects": objects.rows,
    "nslookup": asked.nslookup,
    "dig": asked.dig,
    "hosts_file": hosts_file.rows,
    "sysmon_rules": sysmon_configuration.rows,
    "kape_log": kape_log.rows,
    "hive": registry_hive.rows,
    "registry_text": registry_text.rows,
    "ese": srum.rows,
    "audit_policy": audit_policy.rows,
    "firewall_settings": firewall_settings.rows,
    "log_channels": log_channels.rows,
    "netstat": netstat.rows,
    "volume_map": volume_map.rows,
    "proxy_log": proxy_log.rows,
    "w3c_log": proxy_log.w3c,
    "zeek_log": zeek_log.rows,
}
"""The reader of each kind that can be read."""

SHARED: Final[dict[str, Callable[[IO[bytes], Sequence[Shape], Ledger, int], RowStream]]] = {"evtx": evtx.rows}
"""The readers that can share the work of one file among threads."""
