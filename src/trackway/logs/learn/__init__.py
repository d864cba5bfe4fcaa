"""What the evidence itself tells about events: from records, manifests, listings and providers' programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from trackway.evidence.containers import Member, members
from trackway.evidence.discover import EvidenceFile
from trackway.formats.whole import Element, Sieve, Whole
from trackway.logs import values
from trackway.logs.catalogue import Definition, catalogue, definition
from trackway.logs.evidence import Account, Found, records
from trackway.logs.learn import listing, manifest, program, wevtutil
from trackway.logs.learn.described import LARGEST, Described, Field

__all__ = ["Described", "Field", "Learned", "learn", "news"]

_TEXTS = frozenset({"unknown", "xml", "json", "clixml"})
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned of one version of an event from one kind of evidence, and the files that told it."""

    described: Described
    files: tuple[str, ...]


@dataclass(slots=True)
class _Seen:
    """The records of one version with one list of fields."""

    root: Element
    records: int = 0
    first: int | None = None
    last: int | None = None

    def count(self, whole: Whole) -> None:
        self.records += 1
        if whole.ticks is not None:
            self.first = whole.ticks if self.first is None else min(self.first, whole.ticks)
            self.last = whole.ticks if self.last is None else max(self.last, whole.ticks)


def learn(files: Sequence[EvidenceFile], account: Account) -> list[Learned]:
    """Return every event that the evidence describes or holds, by provider, id and version."""
    found: dict[Described, set[str]] = defaultdict(set)
    guids: dict[str, str] = {}
    for described, name in _of_records(files, account, guids):
        found[described].add(name)
    for file in files:
        for member in members(file):
            for described in _defined(member, guids):
                found[described].add(member.name)
    return [Learned(described, tuple(sorted(found[described]))) for described in sorted(found, key=_order)]


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
    for field in described.fields:
        if known.complete and field.name.lower() not in names:
            yield f"field {field.name}, which the catalogue does not have"


def _of_records(
    files: Sequence[EvidenceFile], account: Account, guids: dict[str, str]
) -> Iterator[tuple[Described, str]]:
    """Yield one description for each provider, id, version and list of fields, with a file that has it."""
    seen: dict[tuple[object, ...], _Seen] = {}
    where: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for found in records(files, Sieve(), lambda _file, _whole: True, account):
        key = _key(found)
        seen.setdefault(key, _Seen(found.whole.root)).count(found.whole)
        where[key].add(found.file)
        provider = found.whole.root.child("System")
        named = provider.child("Provider") if provider else None
        if named and named.attributes.get("Guid"):
            guids[named.attributes["Guid"].lower()] = named.attributes.get("Name", "")
    for key, each in seen.items():
        described = _description(each)
        yield from ((described, name) for name in where[key])


def _key(found: Found) -> tuple[object, ...]:
    root = found.whole.root
    names = tuple(field.name for field in _fields(root))
    return (
        root.value("System/Provider", "Name"),
        root.value("System/EventID"),
        root.value("System/Version"),
        root.value("System/Channel"),
        names,
    )


def _description(seen: _Seen) -> Described:
    root = seen.root
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
        records=seen.records,
        first=seen.first,
        last=seen.last,
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
    if member.stream is None or member.kind not in _TEXTS or member.size > LARGEST:
        return ()
    member.stream.seek(0)
    raw = member.stream.read(LARGEST)
    if program.is_one(raw):
        return list(program.definitions(raw, guids))
    if wevtutil.is_one(raw):
        return list(wevtutil.definitions(raw))
    if b"P\0r\0o\0v\0i\0d\0e\0r" not in raw and not any(
        word in raw for word in (b"provider", b"Template", b"Events")
    ):
        return ()
    return list(manifest.definitions(raw)) or list(listing.definitions(raw))


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
