"""What the rules say to one event, and which of them says it.

An exclude that matches wins, then an include that matches. Where nothing matches, a list that stands alone gives
the opposite of its `onmatch`; several lists give no event. Where a value of the event is not known, both answers are
followed as far as they lead, and no answer is given where they differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trackway.sysmon_rules.compared import Answer, Value, all_of, any_of, meets, no
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
_LONGEST: Final = 80
"""Characters of a value that a sentence quotes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an event would have been written, null where that cannot be told, and the rule that decides."""

    written: Answer
    why: str


def would_write(rules: Rules, event_id: int, fields: Mapping[str, Value]) -> Answer:
    """Return whether Sysmon with these rules writes such an event, or null where that cannot be told.

    Args:
        rules: its configuration.
        event_id: number of the event, such as 3.
        fields: values by name, as Sysmon would write them (IPv6 without abbreviation). One that is absent or
            null is not known; empty text is known to be empty.
    """
    return verdict(rules, event_id, fields).written


def verdict(rules: Rules, event_id: int, fields: Mapping[str, Value]) -> Verdict:
    """Return what `would_write` does, and why."""
    name = NAMES.get(event_id, str(event_id))
    if event_id in UNFILTERED:
        return Verdict(True, f"no rule leaves out an event {event_id}")
    lists = [each for each in rules.filters if each.event == name]
    if not lists:
        return _without_rules(name, rules)
    known = {field.lower(): value for field, value in fields.items()}
    answers = [(each, _matches(each, known)) for each in lists]
    excluded = any_of(answer for each, answer in answers if each.onmatch == "exclude")
    included = any_of(answer for each, answer in answers if each.onmatch == "include")
    otherwise = len(lists) == 1 and lists[0].onmatch == "exclude"
    written = all_of([no(excluded), any_of([included, otherwise])])
    if written is None:
        return Verdict(None, f"that depends on {', '.join(_unknown(lists, known))}")
    deciding = next(
        (each for each, answer in answers if answer and (each.onmatch == "include") == written), None
    )
    return Verdict(written, _why(name, deciding, known, alone=otherwise))


def _why(name: str, deciding: Filter | None, known: Mapping[str, Value], *, alone: bool) -> str:
    if deciding:
        return f"its {name} {deciding.onmatch} list names {_named(deciding, known)}"
    return f"its {name} {'exclude list does not name it' if alone else 'include list does not name it'}"


def _named(each: Filter, known: Mapping[str, Value]) -> str:
    """Return the rule of a list that matches; by `and` all of them do."""
    if each.relation == "and":
        return ", ".join(_text(rule) for rule in each.rules if _rule(rule, known))
    return next(_text(rule) for rule in each.rules if _rule(rule, known))


def _text(rule: Condition | Group) -> str:
    if isinstance(rule, Group):
        return f" {rule.relation} ".join(map(_text, rule.conditions))
    value = rule.value if len(rule.value) <= _LONGEST else f"{rule.value[:_LONGEST]}…"
    return f"{rule.field} {rule.condition} '{value}'"


def _unknown(lists: Sequence[Filter], known: Mapping[str, Value]) -> list[str]:
    """Return the fields whose value is not known well enough."""
    conditions = (rule for each in lists for rule in _conditions(each))
    return sorted({rule.field for rule in conditions if meets(rule, known.get(rule.field.lower())) is None})


def _conditions(each: Filter) -> Iterator[Condition]:
    for rule in each.rules:
        yield from rule.conditions if isinstance(rule, Group) else (rule,)


def _without_rules(name: str, rules: Rules) -> Verdict:
    why = f"its configuration has no rules for {name}"
    if name == "NetworkConnect":
        return Verdict(rules.options.get(_OPTION) == "enabled", why)
    return Verdict(None if name.isdecimal() or name in _BY_VERSION else name in _ALWAYS, why)


def _matches(each: Filter, known: Mapping[str, Value]) -> Answer:
    """Return whether a list matches; one without rules matches nothing."""
    if not each.rules:
        return False
    answers = [(_key(number, rule), _rule(rule, known)) for number, rule in enumerate(each.rules)]
    if each.relation == "or":
        return any_of(answer for _, answer in answers)
    by_field: dict[str, list[Answer]] = defaultdict(list)
    for key, answer in answers:
        by_field[key].append(answer)
    return all_of(any_of(found) for found in by_field.values())


def _key(number: int, rule: Condition | Group) -> str:
    """Return what rules that count as one field have in common; a group is alone."""
    return rule.field.lower() if isinstance(rule, Condition) else f"#{number}"


def _rule(rule: Condition | Group, known: Mapping[str, Value]) -> Answer:
    if isinstance(rule, Condition):
        return meets(rule, known.get(rule.field.lower()))
    answers = [meets(each, known.get(each.field.lower())) for each in rule.conditions]
    return any_of(answers) if rule.relation == "or" else all_of(answers)
