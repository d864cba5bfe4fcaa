"""What the evidence itself tells about events: from records, manifests, listings and providers' programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from trackway.evidence.containers import Member, members
from trackway.evidence.discover import EvidenceFile
from trackway.evidence.kinds import encoding
from trackway.formats import evtx
from trackway.formats.rows import Ledger
from trackway.formats.whole import Element, Sieve, Tally, Whole, whole
from trackway.logs import values
from trackway.logs.catalogue import Definition, catalogue, definition
from trackway.logs.evidence import Account, read
from trackway.logs.learn import listing, manifest, program, wevtutil
from trackway.logs.learn.described import LARGEST, Described, Field
from trackway.logs.messages import Messages, Template

__all__ = ["Described", "Field", "Learned", "Told", "learn", "messages", "news"]

_TEXTS = frozenset({"unknown", "xml", "json", "clixml"})
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned of one version of an event from one kind of evidence, and the files that told it."""

    described: Described
    files: tuple[str, ...]


def learn(files: Sequence[EvidenceFile], account: Account, password: str | None = None) -> list[Learned]:
    """Return every event that the evidence describes or holds, by provider, id and version."""
    found: dict[Described, tuple[Described, set[str]]] = {}
    guids: dict[str, str] = {}

    def reader(member: Member, ledger: Ledger) -> Iterator[Described]:
        return _of_log(member, ledger, guids)

    for member, described in read(files, account, reader, password):
        _merge(found, described, member.name)
    for member in chain.from_iterable(members(file, password=password, hashed=False) for file in files):
        for described in _defined(member, guids):
            _merge(found, described, member.name)
    learned = [Learned(described, tuple(sorted(names))) for described, names in found.values()]
    return sorted(learned, key=lambda each: _order(each.described))


def messages(files: Iterable[EvidenceFile], password: str | None = None) -> Messages:
    """Return the messages that files tell: those of events, and those that `%%14593` stands for."""
    told = Told()
    for member in chain.from_iterable(members(file, password=password, hashed=False) for file in files):
        told.take(member)
    return told.messages()


@dataclass(slots=True)
class Told:
    """What manifests, listings and programs say about messages, as they are met with."""

    described: list[Described] = field(default_factory=list)
    words: dict[int, str] = field(default_factory=dict)

    def take(self, member: Member) -> None:
        """Learn what a file tells that is no log."""
        if not _may_define(member):
            return
        self.described += (each for each in _defined(member, {}) if each.message)
        if (raw := _text_of(member)) and program.is_one(raw):
            self.words = program.words(raw) | self.words

    def messages(self, before: Messages | None = None) -> Messages:
        """Return the messages, behind those that come before."""
        found: dict[tuple[str, int, int | None], Template] = {}
        # by version, so that the newest is the one that counts for any
        for each in sorted(self.described, key=_order):
            template = Template(text=each.message, names=tuple(field.name for field in each.fields))
            key = each.provider.lower(), each.event_id
            if template.names or (*key, each.version) not in found:
                found[*key, each.version] = found[*key, None] = template
        first = before or Messages()
        return Messages(learned=found | dict(first.learned), words=self.words | dict(first.words))


def _merge(found: dict[Described, tuple[Described, set[str]]], described: Described, name: str) -> None:
    """Add up what several files, or several parts of one, tell of the same version."""
    key = replace(
        described, records=0, first=None, last=None, level=None, keywords="", task=None, opcode=None
    )
    before, names = found.get(key, (replace(described, records=0, first=None, last=None), set()))
    times = [
        time for time in (before.first, before.last, described.first, described.last) if time is not None
    ]
    merged = replace(
        before,
        records=before.records + described.records,
        first=min(times, default=None),
        last=max(times, default=None),
    )
    found[key] = merged, names | {name}


def news(described: Described) -> list[str]:
    """Return how an event differs from the catalogue: what is unknown there is news, or a risk."""
    known = definition(described.provider, described.event_id)
    if known is None:
        is_known = any(each.provider.lower() == described.provider.lower() for each in catalogue().values())
        return ["an event that the catalogue does not have"] if is_known else []
    return [*_new_version(described, known), *_new_fields(described, known)]


def _new_version(described: Described, known: Definition) -> Iterator[str]:
    if described.version is not None and known.version is not None and described.version > known.version:
        yield f"version {described.version}, while the catalogue ends at {known.version}: read its fields with care"


def _new_fields(described: Described, known: Definition) -> Iterator[str]:
    names = {parameter.name.lower() for parameter in known.parameters}
    for each in described.fields:
        if known.complete and each.name.lower() not in names:
            yield f"field {each.name}, which the catalogue does not have"


def _of_log(member: Member, ledger: Ledger, guids: dict[str, str]) -> Iterator[Described]:
    """Yield what the records of a file tell, with types where the native reader gives them."""
    if member.kind == "evtx" and evtx.NATIVE and member.stream is not None:
        from trackway.logs.learn import native  # noqa: PLC0415  what it imports may not be there

        yield from native.of_log(member.stream, ledger, guids)
        return
    for record in whole(member, Sieve(), Tally(), ledger):
        guid = record.root.value("System/Provider", "Guid")
        if guid:
            guids[guid.lower()] = record.root.value("System/Provider", "Name") or ""
        yield _description(record)


def _description(record: Whole) -> Described:
    root = record.root
    return Described(
        provider=root.value("System/Provider", "Name") or "",
        event_id=_number(root, "EventID") or 0,
        version=_number(root, "Version"),
        channel=root.value("System/Channel") or "",
        level=_number(root, "Level"),
        keywords=root.value("System/Keywords") or "",
        task=_number(root, "Task"),
        opcode=_number(root, "Opcode"),
        fields=_fields(root),
        records=1,
        first=record.ticks,
        last=record.ticks,
        learned_from="records",
    )


def _fields(root: Element) -> tuple[Field, ...]:
    """Return the names of the data, an unnamed value as `Data`, of UserData those one level down."""
    data, user = root.child("EventData"), root.child("UserData")
    if data is None and user and user.children:
        data = user.children[0]
    names = (child.attributes.get("Name", child.name) for child in (data.children if data else ()))
    return tuple(Field(name=name) for name in dict.fromkeys(names))


def _number(root: Element, name: str) -> int | None:
    found = values.number(root.value(f"System/{name}") or "")
    return found if isinstance(found, int) else None


def _defined(member: Member, guids: dict[str, str]) -> Iterable[Described]:
    """Return the definitions of a file that is not a log: a manifest, a listing, a program."""
    raw = _text_of(member)
    if program.is_one(raw):
        return list(program.definitions(raw, guids))
    if wevtutil.is_one(raw):
        return list(wevtutil.definitions(raw))
    if b"P\0r\0o\0v\0i\0d\0e\0r" not in raw and not any(
        word in raw for word in (b"provider", b"Template", b"Events")
    ):
        return ()
    return list(manifest.definitions(raw)) or list(listing.definitions(raw))


def _may_define(member: Member) -> bool:
    """True for a program or a text, seen from its first bytes."""
    if member.stream is None or member.kind not in _TEXTS:
        return False
    member.stream.seek(0)
    head = member.stream.read(_HEAD)
    return head.startswith(b"MZ") or b"\0" not in head or encoding(head) != ("utf-8", 0)


def _text_of(member: Member) -> bytes:
    """Return the content of a file that is no log, empty where it is too large for a definition."""
    if member.stream is None or member.kind not in _TEXTS or member.size > LARGEST:
        return b""
    member.stream.seek(0)
    return member.stream.read(LARGEST)


def _order(described: Described) -> tuple[object, ...]:
    plain = replace(described, version=-1 if described.version is None else described.version)
    names = tuple(field.name for field in plain.fields)
    return (
        plain.provider.lower(),
        plain.provider,
        plain.event_id,
        plain.version,
        plain.learned_from,
        plain.channel,
        names,
        repr(plain),
    )
