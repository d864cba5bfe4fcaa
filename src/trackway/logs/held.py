"""What a comparison asks of the columns of a log; null where no column tells.

A System column is one element or attribute. Fields are one column, of names and values: what stands nearer to the
root than a field, or in its attributes, is nowhere in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from trackway.formats.whole import Held
from trackway.formats.whole.holds import FIELDS, Holds, as_written
from trackway.logs import values
from trackway.logs.syntax import Call, Comparison, Number, Path, Step, Text

_SYSTEM: Final = {
    ("Provider", "@Name"): "provider",
    ("Provider", "@Guid"): "provider_guid",
    ("Provider", "@EventSourceName"): "event_source",
    ("EventID",): "event_id",
    ("EventID", "@Qualifiers"): "qualifiers",
    ("Version",): "version",
    ("Level",): "level",
    ("Task",): "task",
    ("Opcode",): "opcode",
    ("Keywords",): "keywords",
    ("EventRecordID",): "record",
    ("Correlation", "@ActivityID"): "activity_id",
    ("Correlation", "@RelatedActivityID"): "related_activity_id",
    ("Execution", "@ProcessID"): "process_id",
    ("Execution", "@ThreadID"): "thread_id",
    ("Channel",): "channel",
    ("Computer",): "computer",
    ("Security", "@UserID"): "user",
}
_NAME: Final = Path((Step("attribute", "Name"),))
_DEEP: Final = 3  # event, EventData, field
_WRITTEN_OTHERWISE: Final = re.compile("[\0-\x1f\ufffd-\uffff]|[\ud800-\udfff]")
"""XML has them not, or spells them in another way, so a record and its columns may differ."""


def name_of(path: Path) -> str | None:
    """Return X where a path ends in `Data[@Name='X']` and no other condition, else null."""
    *_, last = path.steps
    if last.name != "Data" or len(last.conditions) != 1:
        return None
    condition = last.conditions[0]
    if not isinstance(condition, Comparison) or condition.left != _NAME or condition.operator != "=":
        return None
    return condition.right.value if isinstance(condition.right, Text) and _is_plain(condition.right) else None


def compared(where: Sequence[str], comparison: Comparison) -> Holds | None:
    """Return what must be held for a comparison, of what stands at `where`, to hold."""
    literal = comparison.right
    if isinstance(comparison.left, Call) or (isinstance(literal, Text) and _is_spelled(literal)):
        return None
    column = column_of(where)
    if column:
        return Held(column=column, is_so=values.test(comparison.operator, literal))
    if where[1:] == ("EventData", "Data", "@Name"):
        is_name = comparison.operator == "=" and isinstance(literal, Text) and _is_plain(literal)
        return Held(column=FIELDS, name=str(literal.value), is_so=lambda _value: True) if is_name else None
    if not _is_field(where):
        return _of_attribute(where, comparison)
    is_equal = comparison.operator == "=" and isinstance(literal, Text) and not values.is_typed(literal.value)
    return Held(
        column=FIELDS,
        name=name_of(comparison.left) if where[1:] == ("EventData", "Data") else None,
        text=str(literal.value) if is_equal else None,
        is_so=values.test(comparison.operator, literal),
    )


def shares_a_bit(at: Sequence[str], call: Call) -> Held | None:
    """Return what must be held for `band(Keywords, 4)` to hold of what stands at `at`."""
    paths = [each for each in call.arguments if isinstance(each, Path)]
    numbers = [each.value for each in call.arguments if isinstance(each, Number)]
    if len(paths) != 1 or len(numbers) != 1 or not isinstance(numbers[0], int):
        return None
    wanted = numbers[0] & (1 << 64) - 1
    column = column_of((*at, *map(written, paths[0].steps)))
    return (
        Held(column=column, is_so=lambda value: bool((values.bits(value) or 0) & wanted)) if column else None
    )


def column_of(where: Sequence[str]) -> str | None:
    """Return the System column of what stands at a path, or null."""
    return _SYSTEM.get(tuple(where[2:])) if where[1:2] == ("System",) else None


def written(step: Step) -> str:
    """Return the name of a step, with @ where it is an attribute's."""
    return f"@{step.name}" if step.kind == "attribute" else step.name


def _of_attribute(where: Sequence[str], comparison: Comparison) -> Holds | None:
    """An attribute below EventData or UserData is in no column; the XML has its text."""
    literal = comparison.right
    is_one = where[1] in {"EventData", "UserData"} and where[-1].startswith("@")
    if not is_one or comparison.operator != "=" or not isinstance(literal, Text) or not _is_plain(literal):
        return None
    return as_written(literal.value)


def _is_field(where: Sequence[str]) -> bool:
    """True for an element, or a text, at least as deep as the fields of an event."""
    return where[1] in {"EventData", "UserData"} and len(where) >= _DEEP and not where[-1].startswith("@")


def _is_plain(literal: Text) -> bool:
    return not values.is_typed(literal.value) and not _is_spelled(literal)


def _is_spelled(literal: Text) -> bool:
    return _WRITTEN_OTHERWISE.search(literal.value) is not None
