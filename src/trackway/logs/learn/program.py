"""Definitions in the resources of a provider's program or library: WEVT_TEMPLATE and MESSAGETABLE.

Sources: libfwevt, "Windows Event manifest binary format"; Microsoft, MESSAGE_RESOURCE_DATA (winnt.h). A
provider is known there by its GUID alone. Every offset is checked, none is followed twice.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterator, Mapping
from typing import Final

import pefile  # type: ignore[import-untyped]  # ships no types

from trackway.logs.learn.described import Described, Field

_MESSAGE_TABLE: Final = 11
_EVENT: Final = struct.Struct("<HBBBBHQII")
_TYPES: Final = (
    "", "UnicodeString", "AnsiString", "Int8", "UInt8", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64",
    "Float", "Double", "Boolean", "Binary", "GUID", "Pointer", "FILETIME", "SYSTEMTIME", "SID", "HexInt32",
    "HexInt64",
)  # fmt: skip
_MOST: Final = 1 << 16
"""Entries of one table; a broken count ends there."""


def is_one(raw: bytes) -> bool:
    """True for a Windows program."""
    return raw.startswith(b"MZ")


def definitions(raw: bytes, names: Mapping[str, str]) -> Iterator[Described]:
    """Yield the events of every provider in a program's resources.

    Args:
        raw: the program.
        names: of providers by GUID, lower case in braces, as far as they are known.
    """
    templates, messages = _resources(raw)
    for manifest in templates:
        try:
            yield from events(manifest, messages, names)
        except struct.error:
            continue  # cut off: what stood before it was given


def words(raw: bytes) -> dict[int, str]:
    """Return the messages of a program by their number, which `%%14593` in an event refers to."""
    return _resources(raw)[1]


def events(manifest: bytes, messages: Mapping[int, str], names: Mapping[str, str]) -> Iterator[Described]:
    """Yield the events of one WEVT_TEMPLATE resource.

    Raises:
        struct.error: it ends too early.
    """
    if not manifest.startswith(b"CRIM"):
        return
    (count,) = struct.unpack_from("<I", manifest, 12)
    for place in range(min(count, _MOST)):
        guid, offset = struct.unpack_from("<16sI", manifest, 16 + 20 * place)
        key = f"{{{uuid.UUID(bytes_le=guid)}}}"
        yield from _of_provider(manifest, offset, key, messages, names)


def message_table(raw: bytes) -> dict[int, str]:
    """Return the messages of one MESSAGETABLE resource by their number.

    Raises:
        struct.error: it ends too early.
    """
    found: dict[int, str] = {}
    (blocks,) = struct.unpack_from("<I", raw)
    for block in range(min(blocks, _MOST)):
        low, high, offset = struct.unpack_from("<III", raw, 4 + 12 * block)
        for number in range(low, min(high, low + _MOST) + 1):
            length, flags = struct.unpack_from("<HH", raw, offset)
            text = raw[offset + 4 : offset + length]
            found[number] = text.decode("utf-16-le" if flags & 1 else "latin-1", "replace").rstrip("\0\r\n")
            offset += max(length, 4)
    return found


def _resources(raw: bytes) -> tuple[list[bytes], dict[int, str]]:
    """Return every WEVT_TEMPLATE of a program, and its messages."""
    try:
        program = pefile.PE(data=raw, fast_load=True)
        program.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        root = getattr(program, "DIRECTORY_ENTRY_RESOURCE", None)
        found = [(each, _data(program, each)) for each in root.entries] if root else []
    except (pefile.PEFormatError, struct.error, AttributeError, ValueError):
        return [], {}
    templates = [data for each, kept in found if str(each.name) == "WEVT_TEMPLATE" for data in kept]
    messages: dict[int, str] = {}
    for table in (data for each, kept in found if each.id == _MESSAGE_TABLE for data in kept):
        try:
            messages |= {
                number: text for number, text in message_table(table).items() if number not in messages
            }
        except struct.error:
            continue
    return templates, messages


def _data(program: pefile.PE, entry: pefile.ResourceDirEntryData) -> list[bytes]:
    """Return the content of every language of a resource."""
    leaves = [
        leaf
        for name in getattr(getattr(entry, "directory", None), "entries", [])
        for leaf in getattr(getattr(name, "directory", None), "entries", [])
    ]
    return [
        bytes(program.get_data(leaf.data.struct.OffsetToData, leaf.data.struct.Size))
        for leaf in leaves
        if hasattr(leaf, "data")
    ]


def _of_provider(
    manifest: bytes, offset: int, key: str, messages: Mapping[int, str], names: Mapping[str, str]
) -> Iterator[Described]:
    (count,) = struct.unpack_from("<I", manifest, offset + 12)
    elements = [
        struct.unpack_from("<I", manifest, offset + 20 + 8 * place)[0] for place in range(min(count, 256))
    ]
    by_kind = {manifest[element : element + 4]: element for element in elements}
    channels = dict(_channels(manifest, by_kind[b"CHAN"])) if b"CHAN" in by_kind else {}
    provider = names.get(key) or _called_after(channels.values()) or key
    if b"EVNT" in by_kind:
        yield from _events(manifest, by_kind[b"EVNT"], provider, channels, messages)


def _events(
    manifest: bytes, offset: int, provider: str, channels: Mapping[int, str], messages: Mapping[int, str]
) -> Iterator[Described]:
    (count,) = struct.unpack_from("<I", manifest, offset + 8)
    for place in range(min(count, _MOST)):
        number, version, channel, level, opcode, task, keywords, message, template = _EVENT.unpack_from(
            manifest, offset + 16 + 48 * place
        )
        yield Described(
            provider=provider,
            event_id=number,
            version=version,
            channel=channels.get(channel, ""),
            level=level,
            keywords=f"0x{keywords:x}" if keywords else "",
            task=task,
            opcode=opcode,
            message=messages.get(message, ""),
            fields=tuple(_fields(manifest, template)) if template else (),
            learned_from="program",
        )


def _channels(manifest: bytes, offset: int) -> Iterator[tuple[int, str]]:
    (count,) = struct.unpack_from("<I", manifest, offset + 8)
    for place in range(min(count, 256)):
        identifier, name = struct.unpack_from("<II", manifest, offset + 12 + 16 * place)
        yield identifier, _name(manifest, name)


def _fields(manifest: bytes, offset: int) -> Iterator[Field]:
    count, _, items = struct.unpack_from("<III", manifest, offset + 8)
    for place in range(min(count, _MOST)):
        at = items + 20 * place
        (kind,) = struct.unpack_from("<B", manifest, at + 4)
        (name,) = struct.unpack_from("<I", manifest, at + 16)
        yield Field(name=_name(manifest, name), type=_TYPES[kind] if kind < len(_TYPES) else "")


def _name(manifest: bytes, offset: int) -> str:
    (size,) = struct.unpack_from("<I", manifest, offset)
    return manifest[offset + 4 : offset + min(size, 1024)].decode("utf-16-le", "replace").split("\0")[0]


def _called_after(channels: Iterator[str] | object) -> str:
    """Return the provider that a channel is called after: `Microsoft-Windows-DNS-Client/Operational`."""
    names = [str(name) for name in channels if "/" in str(name)] if hasattr(channels, "__iter__") else []
    return names[0].split("/", maxsplit=1)[0] if names else ""
