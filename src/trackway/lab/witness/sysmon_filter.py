"""What a configuration lets Sysmon write, as its manual tells it; nothing here is shared with `trackway.sysmon_rules`.

Source: Microsoft, "Sysmon", Event filtering entries. An event that an exclude list names is not written; else one that
an include list names is; else it is written where there is an exclude list only. Events without a list are written
if they are ProcessCreate or ProcessTerminate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as ET

_UNLISTED: Final = ("ProcessCreate", "ProcessTerminate")
_OPPOSITE: Final = {
    "is not": "is",
    "excludes": "contains",
    "excludes any": "contains all",
    "excludes all": "contains any",
}


class SysmonFilter:
    """The lists of a configuration whose groups all say their relation."""

    def __init__(self, configuration: str) -> None:
        """Read a configuration of this project's own; it is not checked."""
        self._lists = [
            (group.get("groupRelation", "or"), each)
            for group in ET.fromstring(configuration).iter("RuleGroup")  # noqa: S314  our own text
            for each in group
        ]

    def writes(self, event: str, values: Mapping[str, str]) -> bool:
        """Return whether an event of such a sort with these values is written."""
        own = [(relation, each) for relation, each in self._lists if each.tag == event]
        if not own:
            return event in _UNLISTED
        named = {each.get("onmatch") for relation, each in own if _names(relation, each, values)}
        if "exclude" in named or "include" in named:
            return "exclude" not in named
        return all(each.get("onmatch") == "exclude" for _, each in own)

    def printed(self) -> Iterator[str]:
        """Yield the lines that `sysmon -c` prints of the lists."""
        for relation, each in self._lists:
            yield f" - {each.tag:<34} onmatch: {each.get('onmatch')}   combine rules using '{relation.title()}'"
            for rule in each:
                if rule.tag != "Rule":
                    yield f"\t{_line(rule)}"
                    continue
                yield f"\tCompound Rule 0001   combine using {rule.get('groupRelation', 'and').title()}"
                yield from (f"\t    {_line(part)}" for part in rule)


def _line(rule: ET.Element) -> str:
    return f"{rule.tag:<30} filter: {rule.get('condition', 'is'):<12} value: '{rule.text}'"


def _names(relation: str, each: ET.Element, values: Mapping[str, str]) -> bool:
    """Return whether a list names an event; of one field any rule may be met, also where all fields must be."""
    if not len(each):
        return False
    met = [("" if rule.tag == "Rule" else rule.tag, _is_met(rule, values)) for rule in each]
    if relation == "or":
        return any(is_met for _, is_met in met)
    groups = [is_met for field, is_met in met if not field]
    by_field = [
        any(is_met for name, is_met in met if name == field) for field in {name for name, _ in met} - {""}
    ]
    return all([*groups, *by_field])


def _is_met(rule: ET.Element, values: Mapping[str, str]) -> bool:
    if rule.tag == "Rule":
        parts = [_is_met(part, values) for part in rule]
        return any(parts) if rule.get("groupRelation", "and") == "or" else all(parts)
    return _compares(rule.get("condition", "is"), values.get(rule.tag, "").lower(), (rule.text or "").lower())


def _compares(condition: str, value: str, told: str) -> bool:
    several = told.split(";")
    if condition.startswith("not "):
        return not _compares(condition[4:], value, told)
    if condition in _OPPOSITE:
        return not _compares(_OPPOSITE[condition], value, told)
    return {
        "is": value == told,
        "is any": value in several,
        "contains": told in value,
        "contains any": any(part in value for part in several),
        "contains all": all(part in value for part in several),
        "begin with": value.startswith(told),
        "end with": value.endswith(told),
        "less than": value < told,
        "more than": value > told,
        "image": told in (value, value.rpartition("\\")[2]),
    }[condition]
