"""The conditions of a rule, for values that are known, known by their end only, or not known.

Source: Sysinternals, "SysmonCommon" (`rules.c`: MatchFilterOnSpecificRule). Letter case never matters, numbers are
compared as text. Of `excludes any` and `excludes all` the manual says the opposite of what the source does; where the
two differ (some of the values are there and some are not) there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from trackway.sysmon_rules.rules import Condition

Answer = bool | None


class Ending(NamedTuple):
    """A value of which the end is known only: a program's name, in a folder that is not."""

    tail: str


Value = str | Ending | None
"""What is known of a field; empty text is known to be empty."""

_VARIABLE: Final = re.compile(r"%\w+%")


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return true where one is true, else null where one is not known."""
    found = list(answers)
    return True if True in found else None if None in found else False


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return false where one is false, else null where one is not known."""
    return no(any_of(no(answer) for answer in answers))


def no(answer: Answer) -> Answer:
    """Return the opposite; of what is not known it is not known either."""
    return None if answer is None else not answer


def meets(rule: Condition, value: Value) -> Answer:
    """Return whether a value meets a condition; variables of the host's environment are not known here."""
    compared = COMPARED.get(rule.condition)
    if value is None or compared is None or _VARIABLE.search(rule.value):
        return None
    known = Ending(value.tail.lower()) if isinstance(value, Ending) else value.lower()
    return compared(known, rule.value.lower())


def _is(value: str | Ending, wanted: str) -> Answer:
    if isinstance(value, Ending):
        return None if wanted.endswith(value.tail) else False
    return value == wanted


def _contains(value: str | Ending, wanted: str) -> Answer:
    if isinstance(value, Ending):
        return True if wanted in value.tail else None
    return wanted in value


def _begins(value: str | Ending, wanted: str) -> Answer:
    return None if isinstance(value, Ending) else value.startswith(wanted)


def _ends(value: str | Ending, wanted: str) -> Answer:
    if isinstance(value, Ending) and len(wanted) > len(value.tail):
        return None if wanted.endswith(value.tail) else False
    return (value.tail if isinstance(value, Ending) else value).endswith(wanted)


def _image(value: str | Ending, wanted: str) -> Answer:
    """Return whether a path is the one wanted, or its file has the name that is wanted without a path."""
    if "\\" in wanted:
        return _is(value, wanted)
    return (value.tail if isinstance(value, Ending) else value).rpartition("\\")[2] == wanted


def _less(value: str | Ending, wanted: str) -> Answer:
    return None if isinstance(value, Ending) else value < wanted  # 9 is more than 10


def _more(value: str | Ending, wanted: str) -> Answer:
    return None if isinstance(value, Ending) else value > wanted


def _parts(value: str | Ending, wanted: str) -> list[Answer]:
    return [_contains(value, part) for part in wanted.split(";")]


def _excludes(value: str | Ending, wanted: str) -> Answer:
    found = _parts(value, wanted)
    return no(found[0]) if len(set(found)) == 1 else None


COMPARED: Final[dict[str, Callable[[str | Ending, str], Answer]]] = {
    "is": _is,
    "is not": lambda value, wanted: no(_is(value, wanted)),
    "is any": lambda value, wanted: any_of(_is(value, part) for part in wanted.split(";")),
    "contains": _contains,
    "contains any": lambda value, wanted: any_of(_parts(value, wanted)),
    "contains all": lambda value, wanted: all_of(_parts(value, wanted)),
    "excludes": lambda value, wanted: no(_contains(value, wanted)),
    "excludes any": _excludes,
    "excludes all": _excludes,
    "begin with": _begins,
    "not begin with": lambda value, wanted: no(_begins(value, wanted)),
    "end with": _ends,
    "not end with": lambda value, wanted: no(_ends(value, wanted)),
    "less than": _less,
    "more than": _more,
    "image": _image,
}
"""The conditions, for texts in lower case."""
