"""The filter that says less than it seems to: `EventData[Data[@Name='QueryName'] and (Data='perdu.com')]`.

Its two conditions may be met by two different `Data`: it selects every event with a QueryName in which any
field at all is perdu.com.
"""

from __future__ import annotations

from dataclasses import replace

from trackway.logs.syntax import All, Any_, Comparison, Condition, Path, Step


def rewritten(query: Path) -> Path | None:
    """Return the query that was probably meant, or null where nothing suggests another."""
    meant = _path(query)
    return meant if meant != query else None


def _path(path: Path) -> Path:
    return Path(tuple(_step(step) for step in path.steps))


def _step(step: Step) -> Step:
    return replace(step, conditions=tuple(_condition(condition) for condition in step.conditions))


def _condition(condition: Condition) -> Condition:
    if isinstance(condition, Any_):
        return Any_(tuple(map(_condition, condition.parts)))
    if isinstance(condition, Path):
        return _path(condition)
    return _all(condition) if isinstance(condition, All) else condition


def _all(condition: All) -> Condition:
    """Join the one condition that names a field with those that compare a nameless one."""
    named = [part for part in condition.parts if isinstance(part, Path) and _names_a_field(part)]
    if len(named) != 1 or not any(map(_is_nameless, condition.parts)):
        return All(tuple(map(_condition, condition.parts)))
    joined = tuple(_joined(part, named[0]) for part in condition.parts if part is not named[0])
    return joined[0] if len(joined) == 1 else All(joined)


def _joined(part: Condition, named: Path) -> Condition:
    if isinstance(part, Comparison) and _is_nameless(part):
        return replace(part, left=named)
    return _condition(part)


def _names_a_field(path: Path) -> bool:
    """True for `Data[@Name='QueryName']`, which asks for no more than the presence of the field."""
    step = _data(path)
    if not step or len(step.conditions) != 1 or not isinstance(inner := step.conditions[0], Comparison):
        return False
    return inner.operator == "=" and inner.left == Path((Step("attribute", "Name"),))


def _is_nameless(condition: Condition) -> bool:
    step = _data(condition.left) if isinstance(condition, Comparison) else None
    return step is not None and not step.conditions


def _data(path: object) -> Step | None:
    """Return the one step of a path that is `Data` with whatever conditions."""
    if not isinstance(path, Path) or len(path.steps) != 1 or path.steps[0].name != "Data":
        return None
    return path.steps[0]
