"""The records of all evidence, selected, and what became of every record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final, NamedTuple, TypeVar

from trackway.evidence.containers import Member, members
from trackway.evidence.discover import EvidenceFile
from trackway.formats.rows import Ledger, Skip
from trackway.formats.whole import NOTHING, Sieve, Tally, Whole, is_readable, whole
from trackway.logs.growth import Growth

_MOST_KEPT: Final = 100

Item = TypeVar("Item")


class Found(NamedTuple):
    """One record, and the file it stands in."""

    file: str
    whole: Whole


Selects = Callable[[str, Whole], bool]


@dataclass(slots=True)
class Account:
    """What became of the evidence: seen = selected + ignored + skipped.

    Attributes:
        tally: what was in it.
        files: files that were read as events, by kind.
        other: files that hold no events, with why.
        seen: records.
        skipped: records that could not be decoded.
        skips: the first of them, each with its file.
        damaged: files of which an unknown number of records is lost, with why.
        zoneless: files whose records' times name no zone.
        tells: is given every member of which no record was given, while it is open.
    """

    tally: Tally = field(default_factory=Tally)
    files: list[Member] = field(default_factory=list)
    other: list[Member] = field(default_factory=list)
    seen: int = 0
    selected: int = 0
    ignored: int = 0
    skipped: int = 0
    skips: list[tuple[str, Skip]] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)
    zoneless: set[str] = field(default_factory=set)
    tells: Callable[[Member], None] = lambda _member: None

    @property
    def is_whole(self) -> bool:
        """True where everything could be read."""
        return not self.skipped and not self.damaged


def read(
    files: Iterable[EvidenceFile],
    account: Account,
    reader: Callable[[Member, Ledger], Iterable[Item]],
    password: str | None = None,
) -> Iterator[tuple[Member, Item]]:
    """Yield what a reader gives of every file that holds events, and keep the account of the rest."""
    for member in chain.from_iterable(members(file, password=password, hashed=False) for file in files):
        if member.damaged:
            account.damaged[member.name] = member.note or "damaged"
        if member.stream is None or not is_readable(member.kind):
            account.other.append(member)
            account.tells(member)
            continue
        account.files.append(member)
        ledger, is_empty = Ledger(), True
        for item in reader(member, ledger):
            is_empty = False
            yield member, item
            _drain(member, ledger, account)
        if is_empty:
            account.tells(member)
        _close(member, ledger, account)


def records(
    files: Iterable[EvidenceFile],
    sieve: Sieve,
    selects: Selects,
    account: Account,
    *,
    password: str | None = None,
    growths: dict[str, Growth] | None = None,
) -> Iterator[Found]:
    """Yield the selected records of all files, in the order of files and records.

    Args:
        files: the evidence.
        sieve: what a record must at least be.
        selects: decides.
        account: is told what became of every record.
        password: of encrypted archives.
        growths: what was read of each file before, which is left out where that can be; is brought up to date.
    """

    def reader(member: Member, ledger: Ledger) -> Iterator[Whole]:
        if growths is None:
            return whole(member, sieve, account.tally, ledger)
        part = growths.setdefault(member.name, Growth()).part(member)
        if part is None:
            return iter(())
        found = whole(replace(member, stream=part.stream), sieve, account.tally, ledger)
        return (each if each.line is None else each._replace(line=each.line + part.lines) for each in found)

    for member, record in read(files, account, reader, password):
        if not record.zoned and record.ticks is not None:
            account.zoneless.add(member.name)
        if selects(member.name, record):
            account.selected += 1
            yield Found(member.name, record)
        else:
            account.ignored += 1


def newest(files: Iterable[EvidenceFile], password: str | None = None) -> int | None:
    """Return the time of the newest record of the evidence, ticks."""
    account = Account(tally=Tally(wants_times=True))
    for _ in records(files, NOTHING, lambda _file, _record: False, account, password=password):
        pass
    return account.tally.newest


def _drain(member: Member, ledger: Ledger, account: Account) -> None:
    """Take the skips over, the first of them to be shown."""
    if ledger.skips:
        account.skipped += len(ledger.skips)
        room = _MOST_KEPT - len(account.skips)
        account.skips += [(member.name, skip) for skip in ledger.skips[: max(room, 0)]]
        ledger.skips.clear()


def _close(member: Member, ledger: Ledger, account: Account) -> None:
    _drain(member, ledger, account)
    account.seen += ledger.seen
    account.ignored += ledger.ignored
    if ledger.damaged:
        account.damaged.setdefault(member.name, ledger.note or "an unknown number of records is lost")
