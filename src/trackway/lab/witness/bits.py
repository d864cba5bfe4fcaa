"""BITS-Client: transfers and the process that asked for them; on by default.

Source: the provider's manifest. The socket is the service's; 3 and 16403 name the process that owns the job.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from trackway.lab.witness.record import BITS, Event, Record, fields
from trackway.lab.world.facts import Fact, Job

PROVIDER: Final = "Microsoft-Windows-Bits-Client"
GUID: Final = UUID("ef1cc15b-46c1-414e-bb95-e76b077bd51e").bytes_le


def _event(number: int, text: str) -> Event:
    return Event(channel=BITS, provider=PROVIDER, guid=GUID, id=number, fields=fields(text), keywords=1 << 62)


CREATED: Final = _event(3, "jobTitle jobId:guid jobOwner processPath processId:u32")
STARTED: Final = _event(
    59,
    "transferId:guid name Id:guid url peer fileTime:time fileLength:u64 bytesTotal:u64 bytesTransferred:u64",
)
STOPPED: Final = _event(
    60,
    "transferId:guid name Id:guid url peer hr:u32 fileTime:time fileLength:u64 bytesTotal:u64 bytesTransferred:u64",
)
ADDED: Final = _event(
    16403, "User jobTitle jobId:guid jobOwner fileCount:u32 RemoteName LocalName processId:u32"
)


class Bits:
    """Writes what a transfer does."""

    def records(self, fact: Fact) -> Iterator[Record]:
        """Yield the records of one fact."""
        if isinstance(fact, Job):
            job, owner = uuid5(NAMESPACE_URL, fact.key).bytes_le, fact.owner
            user = owner.account.text
            yield self._said(fact, 0, CREATED, (fact.name, job, user, owner.image.path, owner.pid))
            added = (user, fact.name, job, user, 1, fact.url, fact.path, owner.pid)
            yield self._said(fact, 2000, ADDED, added)
            begin = (job, fact.name, job, fact.url, "", fact.time, fact.size, fact.size, 0)
            yield self._said(fact, 90_000, STARTED, begin)
            end = (job, fact.name, job, fact.url, "", 0, fact.time, fact.size, fact.size, fact.size)
            yield self._said(fact, max(fact.ended - fact.time, 95_000), STOPPED, end)

    def _said(self, job: Job, after: int, event: Event, values: tuple[object, ...]) -> Record:
        return Record(job.time + after, event, job.service.pid, 2100, "S-1-5-18", values, job.key)
