"""Definitions as `wevtutil gp PROVIDER /ge /gm:true` prints them.

    name: Microsoft-Windows-DNS-Client
    channels:
      channel:
        name: System
        id: 8
    events:
      event:
        value: 1014
        version: 0
        opcode: 0
        channel: 8
        level: 3
        task: 1014
        keywords: 0x4000000010000000
        message: Name resolution for the name %1 timed out ...

The fields of an event are not in it. A message may go over several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trackway.evidence.kinds import encoding
from trackway.logs.learn.described import Described, bits, number

_LINE = re.compile(r"( *)(\w+):(?: (.*))?")
_SEVERITY = 0xFFFFFF
_OF_AN_EVENT = frozenset({"value", "version", "opcode", "channel", "level", "task", "keywords", "message"})


def is_one(raw: bytes) -> bool:
    """True for a text that begins as the program's does."""
    return bool(re.match(r"\s*name: \S[^\n]*\n\s*guid: ", _text(raw[:4096])))


def definitions(raw: bytes) -> Iterator[Described]:
    """Yield the events of the provider."""
    provider, channels = "", dict[str, str]()
    for kind, block in _blocks(_text(raw)):
        if kind == "":
            provider = block.get("name", "").strip()
        elif kind == "channel":
            channels[block.get("id", "")] = block.get("name", "")
        elif kind == "event" and (found := number(block.get("value"))) is not None:
            yield Described(
                provider=provider,
                event_id=found & _SEVERITY,
                version=number(block.get("version")),
                channel=channels.get(block.get("channel", ""), ""),
                level=number(block.get("level")),
                keywords=bits(block.get("keywords")),
                task=number(block.get("task")),
                opcode=number(block.get("opcode")),
                message=block.get("message", "").strip(),
                knows_fields=False,
                learned_from="wevtutil",
            )


def _blocks(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the provider's own lines, then each channel, event and so on, with its lines by name."""
    kind, block, last = "", dict[str, str](), ""
    for line in text.splitlines():
        found = _LINE.fullmatch(line.rstrip())
        if (
            found
            and found[3] is None
            and found[2] in {"channel", "event", "level", "opcode", "task", "keyword"}
        ):
            yield kind, block
            kind, block, last = found[2], {}, ""
        elif found and not (kind == "event" and last == "message" and found[2] not in _OF_AN_EVENT):
            last = found[2]
            block.setdefault(last, found[3] or "")
        elif last:
            block[last] += f"\n{line.strip()}"
    yield kind, block


def _text(raw: bytes) -> str:
    codec, start = encoding(raw)
    return raw[start:].decode(codec, "replace")
