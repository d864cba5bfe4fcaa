"""A configuration as Sysmon takes it (XML, schema 3 and 4) and as `sysmon -c` prints it.

Source: Sysinternals, "Sysmon" and "SysmonCommon" (`xml.cpp`, `dumpConfiguration.c`). A list outside of a group,
or in a group without a relation, is combined by `or` until schema 4.1, by `and` after it; a `<Rule>` by `and`.

    Rule configuration (version 4.50):
     - NetworkConnect                     onmatch: include   combine rules using 'Or'
            Image                          filter: begin with   value: 'C:\\Users'
            Compound Rule 0001   combine using And
                DestinationPort                filter: is           value: '443'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, cast

from lxml import etree  # type: ignore[import-untyped]  # ships no types

from trackway.sysmon_rules.evaluated import NAMES
from trackway.sysmon_rules.rules import CONDITIONS, Condition, Filter, Group, OnMatch, Relation, Rules

_LAST_WITH_OR: Final = (4, 10)
_LISTS: Final = frozenset(NAMES.values())
_OPPOSITE: Final[dict[str, OnMatch]] = {"include": "exclude", "exclude": "include"}

_VERSION: Final = re.compile(r"Rule configuration \((?:binary )?version (\d+\.\d+)\)")
_OPTION: Final = re.compile(r" - (?P<name>[A-Z][^:]*): +(?P<value>.*)")
_LIST: Final = re.compile(
    r"\s*- (?P<event>\w+)\s+onmatch: (?P<onmatch>include|exclude)(?:\s+combine rules using '(?P<relation>\w+)')?"
)
_GROUP: Final = re.compile(r"\s+Compound Rule .* combine using (?P<relation>\w+)")
_CONDITION: Final = re.compile(
    r"(?P<indent>\s+)(?P<field>\w+)\s+filter: (?P<condition>[a-z ]{1,30}?)\s{1,30}value: '(?P<value>.*)'"
)


class NotAConfiguration(ValueError):  # noqa: N818  it is what it says
    """The text is no configuration that Sysmon would take; says why."""


def from_xml(raw: bytes) -> Rules:
    """Return the rules of a configuration file.

    Raises:
        NotAConfiguration: it is no well-formed XML, or Sysmon would refuse it.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotAConfiguration(f"no well-formed XML: {error}") from error
    if root.tag != "Sysmon" or root.getroottree().docinfo.doctype:
        raise NotAConfiguration("XML, but no Sysmon configuration, or one with a document type")
    schema = root.get("schemaversion")
    relation = _default(schema)
    options = {
        each.tag: (each.text or "").strip() for each in _elements(root) if each.tag != "EventFiltering"
    }
    filters = [_list(each, relation) for each in root.iterfind("EventFiltering//*") if each.tag in _LISTS]
    return Rules(schema, tuple(filters), options)


def _elements(parent: etree._Element) -> list[etree._Element]:
    return [child for child in parent if isinstance(child.tag, str)]


def _default(schema: str | None) -> Relation:
    found = re.fullmatch(r"(\d{1,3})\.(\d{1,3})", schema or "")
    if not found:
        raise NotAConfiguration(f"schema version {schema} is none")
    version = int(found[1]), int(found[2].ljust(2, "0"))  # 4.1 is 4.10
    return "or" if version <= _LAST_WITH_OR else "and"


def _list(element: etree._Element, default: Relation) -> Filter:
    group = element.getparent()
    told = group.get("groupRelation") if group is not None and group.tag == "RuleGroup" else None
    rules = tuple(_rule(each) for each in _elements(element))
    kept = tuple(rule for rule in rules if isinstance(rule, Condition) or rule.conditions)
    return Filter(str(element.tag), _onmatch(element), _relation(told, default), kept)


def _onmatch(element: etree._Element) -> OnMatch:
    """Return what a match means; a list may tell what is done by default instead."""
    onmatch, otherwise = (element.get("onmatch") or "").lower(), (element.get("default") or "").lower()
    found = onmatch or _OPPOSITE.get(otherwise, "")
    if found not in _OPPOSITE:
        raise NotAConfiguration(
            f"{element.tag} in line {element.sourceline} says neither include nor exclude"
        )
    return cast("OnMatch", found)


def _relation(told: str | None, default: Relation) -> Relation:
    return cast("Relation", told.lower()) if told and told.lower() in ("and", "or") else default


def _rule(element: etree._Element) -> Condition | Group:
    if str(element.tag).lower() == "rule":
        relation = _relation(element.get("groupRelation"), "and")
        return Group(relation, tuple(_condition(each) for each in _elements(element)))
    return _condition(element)


def _condition(element: etree._Element) -> Condition:
    condition = (element.get("condition") or CONDITIONS[0]).lower()
    if condition not in CONDITIONS:
        raise NotAConfiguration(f"condition {condition!r} in line {element.sourceline} is none")
    return Condition(str(element.tag), condition, element.text or "")


def from_dump(text: str) -> Rules:
    """Return the rules that `sysmon -c` printed, with the options above them.

    Raises:
        NotAConfiguration: a line below the rules' heading is not understood.
    """
    head, heading, below = text.partition("Rule configuration (")
    set_options = map(_OPTION.fullmatch, map(str.rstrip, head.split("\n")))
    options = {found["name"]: found["value"] for found in set_options if found}
    version = _VERSION.match(heading + below)
    if not version and not options:
        raise NotAConfiguration("neither options nor rules of Sysmon")
    return Rules(
        version[1] if version else None,
        tuple(_printed([line.rstrip() for line in below.split("\n")[1:]])),
        options,
    )


def _printed(lines: list[str]) -> Iterator[Filter]:
    """Yield the lists; a line that is not indented, or an empty one, ends them."""
    found: Filter | None = None
    for line in lines:
        if not line[:1].isspace():
            break
        if heading := _LIST.fullmatch(line):
            if found:
                yield found
            onmatch, relation = cast("OnMatch", heading["onmatch"]), _relation(heading["relation"], "or")
            found = Filter(heading["event"], onmatch, relation, ())
        elif found:
            found = Filter(found.event, found.onmatch, found.relation, _with(found.rules, line))
    if found:
        yield found


def _with(rules: tuple[Condition | Group, ...], line: str) -> tuple[Condition | Group, ...]:
    """Return the rules and what one more line adds to them."""
    if group := _GROUP.fullmatch(line):
        return (*rules, Group(_relation(group["relation"], "and"), ()))
    told = _CONDITION.fullmatch(line)
    if not told or told["condition"] not in CONDITIONS:
        raise NotAConfiguration(f"not understood: {line.strip()[:100]}")
    condition = Condition(told["field"], told["condition"], told["value"])
    if rules and isinstance(rules[-1], Group) and _is_within(told["indent"]):
        return (*rules[:-1], Group(rules[-1].relation, (*rules[-1].conditions, condition)))
    return (*rules, condition)


def _is_within(indent: str) -> bool:
    """True for a tab and four blanks, or the blanks that a copy made of them: deeper than one tab."""
    return len(indent.expandtabs(8)) > len("\t".expandtabs(8))
