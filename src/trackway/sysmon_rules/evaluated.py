"""What the rules say to one event.

An exclude that matches wins, then an include that matches. Where nothing matches, a list that stands alone gives
the opposite of its `onmatch`; several lists give no event. Letter case never matters. Where a value of the event
is not known, both answers are followed as far as they lead, and no answer is given where they differ.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from trackway.sysmon_rules.rules import Condition, Filter, Group, Rules

NAMES: Final[dict[int, str]] = {
    1: "ProcessCreate", 2: "FileCreateTime", 3: "NetworkConnect", 5: "ProcessTerminate", 6: "DriverLoad",
    7: "ImageLoad", 8: "CreateRemoteThread", 9: "RawAccessRead", 10: "ProcessAccess", 11: "FileCreate",
    12: "RegistryEvent", 13: "RegistryEvent", 14: "RegistryEvent", 15: "FileCreateStreamHash", 17: "PipeEvent",
    18: "PipeEvent", 19: "WmiEvent", 20: "WmiEvent", 21: "WmiEvent", 22: "DnsQuery", 23: "FileDelete",
    24: "ClipboardChange", 25: "ProcessTampering", 26: "FileDeleteDetected", 27: "FileBlockExecutable",
    28: "FileBlockShredding", 29: "FileExecutableDetected",
}  # fmt: skip
"""The sort of event that a number means in a configuration; 4, 16 and 255 have no rules."""

UNFILTERED: Final = frozenset({4, 16, 255})

_ALWAYS: Final = frozenset({"ProcessCreate", "ProcessTerminate"})
_BY_VERSION: Final = frozenset(
    "FileCreateTime DriverLoad FileCreate RegistryEvent FileCreateStreamHash".split()
)
"""Written without any rule by some versions and not by others."""

_OPTION: Final = "Network connection"
_VARIABLE: Final = re.compile(r"%\w+%")

Answer = bool | None


def would_write(rules: Rules, event_id: int, fields: Mapping[str, str | None]) -> Answer:
    """Return whether Sysmon with these rules writes such an event, or null where that cannot be told.

    Args:
        rules: its configuration.
        event_id: number of the event, such as 3.
        fields: values by name, as Sysmon would write them (IPv6 without abbreviation). One that is absent or
            null is not known; empty text is known to be empty.
    """
    if event_id in UNFILTERED:
        return True
    name = NAMES.get(event_id)
    lists = [each for each in rules.filters if each.event == name]
    if not lists:
        return _without_rules(name, rules)
    known = {field.lower(): value for field, value in fields.items()}
    excluded = _any(_matches(each, known) for each in lists if each.onmatch == "exclude")
    included = _any(_matches(each, known) for each in lists if each.onmatch == "include")
    otherwise = len(lists) == 1 and lists[0].onmatch == "exclude"
    return _all([_not(excluded), _any([included, otherwise])])


def _without_rules(name: str | None, rules: Rules) -> Answer:
    if name == "NetworkConnect":
        return rules.options.get(_OPTION) == "enabled"
    return None if name is None or name in _BY_VERSION else name in _ALWAYS


def _matches(each: Filter, known: Mapping[str, str | None]) -> Answer:
    """Return whether a list matches; one without rules matches nothing."""
    if not each.rules:
        return False
    answers = [(_key(number, rule), _rule(rule, known)) for number, rule in enumerate(each.rules)]
    if each.relation == "or":
        return _any(answer for _, answer in answers)
    by_field: dict[str, list[Answer]] = defaultdict(list)
    for key, answer in answers:
        by_field[key].append(answer)
    return _all(_any(found) for found in by_field.values())


def _key(number: int, rule: Condition | Group) -> str:
    """Return what rules that count as one field have in common; a group is alone."""
    return rule.field.lower() if isinstance(rule, Condition) else f"#{number}"


def _rule(rule: Condition | Group, known: Mapping[str, str | None]) -> Answer:
    if isinstance(rule, Condition):
        return _condition(rule, known.get(rule.field.lower()))
    answers = [_condition(each, known.get(each.field.lower())) for each in rule.conditions]
    return _any(answers) if rule.relation == "or" else _all(answers)


def _condition(rule: Condition, value: str | None) -> Answer:
    """Return whether a value meets a condition; variables of the host's environment are not known here."""
    compared = COMPARED.get(rule.condition)
    if value is None or compared is None or _VARIABLE.search(rule.value):
        return None
    return compared(value.lower(), rule.value.lower())


def _image(value: str, wanted: str) -> bool:
    """Return whether a path is the one wanted, or its file has the name that is wanted without a path."""
    return (value if "\\" in wanted else value.rpartition("\\")[2]) == wanted


def _has(value: str, parts: str) -> Sequence[bool]:
    return [part in value for part in parts.split(";")]


COMPARED: Final[dict[str, Callable[[str, str], bool]]] = {
    "is": lambda value, wanted: value == wanted,
    "is not": lambda value, wanted: value != wanted,
    "is any": lambda value, wanted: value in wanted.split(";"),
    "contains": lambda value, wanted: wanted in value,
    "contains any": lambda value, wanted: any(_has(value, wanted)),
    "contains all": lambda value, wanted: all(_has(value, wanted)),
    "excludes": lambda value, wanted: wanted not in value,
    "excludes any": lambda value, wanted: not any(_has(value, wanted)),
    "excludes all": lambda value, wanted: not all(_has(value, wanted)),
    "begin with": lambda value, wanted: value.startswith(wanted),
    "not begin with": lambda value, wanted: not value.startswith(wanted),
    "end with": lambda value, wanted: value.endswith(wanted),
    "not end with": lambda value, wanted: not value.endswith(wanted),
    "less than": lambda value, wanted: value < wanted,  # as text: 9 is more than 10
    "more than": lambda value, wanted: value > wanted,
    "image": _image,
}
"""The conditions, for texts in lower case."""


def _any(answers: Iterable[Answer]) -> Answer:
    found = list(answers)
    return True if True in found else None if None in found else False


def _all(answers: Iterable[Answer]) -> Answer:
    return _not(_any(_not(answer) for answer in answers))


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer
