"""A Sysmon configuration as values, and as JSON in one spelling."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

Relation = Literal["and", "or"]
OnMatch = Literal["include", "exclude"]

CONDITIONS: Final = (
    "is", "is not", "is any", "contains", "contains any", "contains all", "excludes", "excludes any",
    "excludes all", "begin with", "not begin with", "end with", "not end with", "less than", "more than", "image",
)  # fmt: skip
"""Every condition that schema 4.90 knows; the first is meant where none is named."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One field of an event compared with a value, or with several that semicolons part."""

    field: str
    condition: str
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """A `<Rule>`: conditions that count as one."""

    relation: Relation
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """One list of rules for one sort of event.

    Attributes:
        event: name of the sort, such as NetworkConnect.
        onmatch: what becomes of an event that the list matches; of any other, the opposite.
        relation: how the rules are combined. In `and`, several rules for one field still mean any of them.
        rules: in the order written.
    """

    event: str
    onmatch: OnMatch
    relation: Relation
    rules: tuple[Condition | Group, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """A configuration.

    Attributes:
        schema: version, such as 4.50; null where the text does not say it.
        filters: in the order written.
        options: what else is set, as written.
    """

    schema: str | None
    filters: tuple[Filter, ...]
    options: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return the rules as JSON; equal rules give equal text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def loaded(text: str) -> Rules:
    """Return the rules of a text that `Rules.text` gave.

    Raises:
        ValueError: it is none.
    """
    try:
        return _rules(json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no Sysmon rules: {error}") from error


def _rules(told: dict[str, Any]) -> Rules:
    filters = (
        Filter(each["event"], each["onmatch"], each["relation"], tuple(map(_rule, each["rules"])))
        for each in told["filters"]
    )
    return Rules(told["schema"], tuple(filters), dict(told["options"]))


def _rule(told: dict[str, Any]) -> Condition | Group:
    if "conditions" in told:
        return Group(told["relation"], tuple(Condition(**each) for each in told["conditions"]))
    return Condition(**told)
