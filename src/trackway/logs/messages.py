"""Messages: parameters inserted, codes in words.

Source: Microsoft, "FormatMessage" and "Event Schema": `%1` is the first value, `%n` a line, `%t` a tab, `%%`
before a number refers to a message of Windows (`%%14593`: outbound). Messages of the catalogue name their
fields in braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from trackway.formats.whole import Element
from trackway.logs import values
from trackway.logs.catalogue import Definition, definition, vocabulary
from trackway.logs.choice import leaves

_PLACE: Final = re.compile(r"%(?:%(\d{1,9})|(\d{1,2})(?:![^!]{0,16}!)?|([ntrb%!. 0]))", re.ASCII)
_MESSAGE: Final = re.compile(r"%%(\d{1,9})", re.ASCII)
_FIELD: Final = re.compile(r"\{(\w+)\}")
_SIGNS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": " ", " ": " ", "0": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A message of Windows: its text with `%1`, and the fields in the order that is meant, as far as known."""

    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """What events say.

    Attributes:
        learned: messages of Windows by provider (or its GUID), lower case, event id and version (null for any);
            they come before those of the catalogue.
        words: what `%%14593` stands for, before the catalogue.
    """

    learned: Mapping[tuple[str, int, int | None], Template] = field(default_factory=dict)
    words: Mapping[int, str] = field(default_factory=dict)

    def of(self, event: Element) -> str | None:
        """Return what an event says in a sentence: as learned, else by the catalogue, else as it was rendered."""
        number = values.number(event.value("System/EventID") or "")
        provider = event.value("System/Provider", "Name") or ""
        if not isinstance(number, int):
            return event.value("RenderingInfo/Message")
        if template := self._template(event, number):
            return by_position(template.text, _in_order(template, fields(event)), self._words)
        known = definition(provider, number)
        return (
            by_name(known, dict(fields(event)))
            if known and known.message
            else event.value("RenderingInfo/Message")
        )

    def _template(self, event: Element, number: int) -> Template | None:
        version = values.number(event.value("System/Version") or "")
        stated = version if isinstance(version, int) else None
        for name in ("Name", "Guid"):
            provider = (event.value("System/Provider", name) or "").lower()
            for wanted in (stated, None):
                if template := self.learned.get((provider, number, wanted)):
                    return template
        return None

    def _words(self, number: int) -> str | None:
        return self.words.get(number) or vocabulary("message").get(number)


CATALOGUE: Final = Messages()
"""What events say by the catalogue alone."""


def _in_order(template: Template, given: Sequence[tuple[str, str]]) -> list[str]:
    """Return the values in the order that the message counts them in: the record's own, where names differ."""
    by_name = {name.lower(): value for name, value in reversed(given)}
    names = [name.lower() for name in template.names]
    if len(set(names)) == len(names) and names and all(name in by_name for name in names):
        return [by_name[name] for name in names]
    return [value for _, value in given]


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
            return _with_words(given[place], look_up) if 0 <= place < len(given) else found[0]
        return _SIGNS.get(found[3], found[3])

    return _PLACE.sub(inserted, template)


def _with_words(value: str, look_up: Callable[[int], str | None]) -> str:
    return _MESSAGE.sub(lambda found: look_up(int(found[1])) or found[0], value)


def in_words(codes: str, value: str) -> str:
    """Return a value, and in words what it stands for where that is known: `28 (AAAA)`."""
    if codes == "message" or _MESSAGE.fullmatch(value):
        return _with_words(value, vocabulary("message").get)
    number = values.number(value)
    if not codes or not isinstance(number, int):
        return value
    if codes == "query_options":
        bits = [words for bit, words in vocabulary(codes).items() if number & bit]
        return f"{value} ({', '.join(bits)})" if bits else value
    words = vocabulary(codes).get(number)
    return f"{value} ({words})" if words else value
