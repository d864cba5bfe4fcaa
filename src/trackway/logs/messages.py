"""Messages: parameters inserted, codes in words.

Source: Microsoft, "FormatMessage" and "Event Schema": `%1` is the first value, `%n` a line, `%t` a tab, `%%`
before a number refers to a message of Windows (`%%14593`: outbound). Messages of the catalogue name their
fields in braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from trackway.formats.whole import Element
from trackway.logs import values
from trackway.logs.catalogue import Definition, definition, vocabulary
from trackway.logs.choice import leaves

_PLACE: Final = re.compile(r"%(?:%(\d{1,9})|(\d{1,2})(?:![^!]{0,16}!)?|([ntrb%!. 0]))", re.ASCII)
_MESSAGE: Final = re.compile(r"%%(\d{1,9})", re.ASCII)
_FIELD: Final = re.compile(r"\{(\w+)\}")
_SIGNS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": " ", " ": " ", "0": ""}


def message(event: Element) -> str | None:
    """Return what an event says in a sentence: by the catalogue, else as its evidence rendered it, else null."""
    number = values.number(event.value("System/EventID") or "")
    known = definition(event.value("System/Provider", "Name"), number) if isinstance(number, int) else None
    if known and known.message:
        return by_name(known, dict(fields(event)))
    return event.value("RenderingInfo/Message")


def fields(event: Element) -> list[tuple[str, str]]:
    """Return name and value of every field of the event's data, in its order."""
    return [
        leaf for part in event.children if part.name in {"EventData", "UserData"} for leaf in leaves(part)
    ]


def by_name(known: Definition, given: Mapping[str, str]) -> str:
    """Return the message of the catalogue with these values; what the event does not hold is a question mark."""
    lower = {name.lower(): value for name, value in given.items()}
    codes = {parameter.name.lower(): parameter.codes for parameter in known.parameters}

    def inserted(found: re.Match[str]) -> str:
        name = found[1].lower()
        return in_words(codes.get(name, ""), lower[name]) if name in lower else "?"

    return _FIELD.sub(inserted, known.message)


def by_position(template: str, given: Sequence[str], words: Callable[[int], str | None] | None = None) -> str:
    """Return a message of Windows with these values inserted.

    Args:
        template: as a manifest or a message table has it.
        given: the values in their order.
        words: messages of Windows by number; by default those of the catalogue.
    """
    look_up = words or vocabulary("message").get

    def inserted(found: re.Match[str]) -> str:
        if found[1]:
            return look_up(int(found[1])) or found[0]
        if found[2]:
            place = int(found[2]) - 1
            return in_words("message", given[place]) if 0 <= place < len(given) else found[0]
        return _SIGNS.get(found[3], found[3])

    return _PLACE.sub(inserted, template)


def in_words(codes: str, value: str) -> str:
    """Return a value, and in words what it stands for where that is known: `28 (AAAA)`."""
    if codes == "message" or _MESSAGE.fullmatch(value):
        return _MESSAGE.sub(lambda found: vocabulary("message").get(int(found[1]), found[0]), value)
    number = values.number(value)
    if not codes or not isinstance(number, int):
        return value
    if codes == "query_options":
        bits = [words for bit, words in vocabulary(codes).items() if number & bit]
        return f"{value} ({', '.join(bits)})" if bits else value
    words = vocabulary(codes).get(number)
    return f"{value} ({words})" if words else value
