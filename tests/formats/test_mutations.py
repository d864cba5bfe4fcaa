"""What happens to exports that are cut, flipped, doubled, put into another order or another encoding.

No mutation may raise, and no record may be lost without a word: `read_all` requires that the counts add up.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from trackway.formats import pieces

from .exports import FORMS, Written, lines, read_all
from .texts import (
    XML_FORMS,
    clixml,
    dns_message,
    evtxecmd_csv,
    hayabusa_csv,
    splunk_text,
    viewer_csv,
    wevtutil_text,
    winevent_csv,
)

TIMES: Final = int(os.environ.get("TRACKWAY_MUTATIONS", "1000"))
"""Mutations of each form."""

EVENTS: Final = [
    replace(
        Written(record=number, time=f"2021-03-04T05:06:{number:02}.891Z"),
        fields={
            "QueryName": f"name-{number}.example",
            "QueryType": "1",
            "QueryResults": "type: 5 x;192.0.2.1;",
        },
    )
    for number in range(8)
]
MESSAGES: Final = [dns_message(event) for event in EVENTS]
DATED: Final = [replace(event, time=f"3/4/2021 5:06:{number:02} AM") for number, event in enumerate(EVENTS)]

TEXTS: Final[dict[str, tuple[str, str]]] = {
    **{form.__name__: ("xml", form(EVENTS)) for form in XML_FORMS},
    **{form.__name__: ("json", lines(*map(form, EVENTS)).decode()) for form in FORMS},
    "evtxecmd_csv": ("csv", evtxecmd_csv(EVENTS)),
    "hayabusa_csv": ("csv", hayabusa_csv(EVENTS)),
    "winevent_csv": ("csv", winevent_csv(EVENTS, MESSAGES)),
    "viewer_csv": ("csv", viewer_csv(DATED, MESSAGES)),
    "clixml": ("clixml", clixml(EVENTS, MESSAGES)),
    "wevtutil_text": ("event_text", wevtutil_text(EVENTS, MESSAGES)),
    "splunk_text": ("event_text", splunk_text(DATED, MESSAGES)),
}

Mutation = Callable[[bytes, random.Random], bytes]


def cut(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(content)) for _ in range(2))
    return content[:start] + content[end:]


def flipped(content: bytes, chance: random.Random) -> bytes:
    found = bytearray(content)
    for _ in range(chance.randrange(1, 12)):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def doubled(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(content)) for _ in range(2))
    return content[:end] + content[start:]


def reordered(content: bytes, chance: random.Random) -> bytes:
    head, *rest = content.split(b"\n")
    chance.shuffle(rest)
    return b"\n".join([head, *rest])


def encoded(content: bytes, chance: random.Random) -> bytes:
    codec = chance.choice(["utf-16", "utf-16-be", "utf-8-sig", "latin-1", "cp037"])
    return flipped(content.decode().encode(codec, "replace"), chance)


MUTATIONS: Final[tuple[Mutation, ...]] = (cut, flipped, doubled, reordered, encoded)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
@pytest.mark.parametrize("form", TEXTS)
def test_nothing_raises_and_no_record_is_lost_without_a_word(form, mutation, monkeypatch):
    kind, text = TEXTS[form]
    chance = random.Random(f"{form} {mutation.__name__}")  # noqa: S311  repeatable, not a secret
    monkeypatch.setattr(pieces, "HEAD", 512)  # blocks end within records
    monkeypatch.setattr(pieces, "_BLOCK", 1000)
    for _ in range(TIMES // len(MUTATIONS)):
        found = read_all(mutation(text.encode(), chance), kind)
        assert all(row["record"] is None or isinstance(row["record"], int) for row in found.only)


@pytest.mark.parametrize("form", TEXTS)
def test_the_forms_that_are_mutated_are_read_whole(form):
    kind, text = TEXTS[form]
    found = read_all(text.encode(), kind)
    assert [row["QueryName"] for row in found.only] == [event.fields["QueryName"] for event in EVENTS]
    assert found.skips == []


@pytest.mark.parametrize("form", TEXTS)
def test_a_record_that_is_flipped_costs_few_others(form):
    kind, text = TEXTS[form]
    chance = random.Random(form)  # noqa: S311  as above
    for _ in range(12):
        content = bytearray(text.encode())
        content[chance.randrange(len(content) // 3, len(content))] ^= 1 << chance.randrange(8)
        found = read_all(bytes(content), kind)
        assert len(found.only) >= len(EVENTS) - 2
