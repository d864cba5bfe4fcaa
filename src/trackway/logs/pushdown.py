"""What a record must at least be for a query to select it, so that a reader can refuse the others early.

Letting too much through costs time, refusing too much loses evidence: where a condition is not understood,
nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any, Final

from trackway.formats.whole import Sieve
from trackway.formats.whole.holds import Every, Holds, Some, columns, every
from trackway.formats.whole.ticks import MILLISECOND
from trackway.logs import held, values
from trackway.logs.syntax import All, Any_, Call, Comparison, Condition, Number, Path, Step, Text

EVERYTHING: Final = Sieve()
_SHORTEST: Final = 2  # letters worth searching a record for
_TIME: Final = ("System", "TimeCreated", "@SystemTime")


def sieve(query: Path, now: int | None) -> Sieve:
    """Return the least that the query asks of a record."""
    return _path(query, (), now)


def both(one: Sieve, other: Sieve) -> Sieve:
    """Return what must hold where both must hold."""
    return Sieve(
        events=_common(one.events, other.events),
        providers=_common(one.providers, other.providers),
        channels=_common(one.channels, other.channels),
        since=_extreme(max, one.since, other.since),
        until=_extreme(min, one.until, other.until),
        holds=_both_hold(one.holds, other.holds),
        texts=one.texts | other.texts,
    )


def either(one: Sieve, other: Sieve) -> Sieve:
    """Return what must hold where one of them must hold."""
    return Sieve(
        events=_joined(one.events, other.events),
        providers=_joined(one.providers, other.providers),
        channels=_joined(one.channels, other.channels),
        since=None if None in (one.since, other.since) else _extreme(min, one.since, other.since),
        until=None if None in (one.until, other.until) else _extreme(max, one.until, other.until),
        holds=None if one.holds is None or other.holds is None else Some((one.holds, other.holds)),
        texts=one.texts & other.texts,
    )


def lean(found: Sieve) -> Sieve:
    """Return the same without what columns must hold where the rest of the sieve says so already."""
    told = {"event_id": found.events, "provider": found.providers, "channel": found.channels}
    kept = [part for part in _parts(found.holds) if any(told.get(column) is None for column in columns(part))]
    return replace(found, holds=every(kept))


def _path(path: Path, at: tuple[str, ...], now: int | None) -> Sieve:
    """Return what the conditions along a path ask, which starts at `at`."""
    found = EVERYTHING
    for step in path.steps:
        at = (*at, held.written(step))
        for condition in step.conditions:
            found = both(found, _condition(condition, at, now))
    return found


def _condition(condition: Condition, at: tuple[str, ...], now: int | None) -> Sieve:
    if isinstance(condition, All):
        return reduce(both, (_condition(part, at, now) for part in condition.parts))
    if isinstance(condition, Any_):
        return reduce(either, (_condition(part, at, now) for part in condition.parts))
    if isinstance(condition, Path):
        return _path(condition, at, now)
    if isinstance(condition, Comparison):
        return _comparison(condition, at, now)
    return Sieve(holds=held.shares_a_bit(at, condition))


def _comparison(comparison: Comparison, at: tuple[str, ...], now: int | None) -> Sieve:
    if isinstance(comparison.left, Call):
        return _difference(comparison, at, now)
    *steps, last = comparison.left.steps
    bare = replace(last, conditions=()) if held.name_of(comparison.left) is not None else last
    inner = _path(Path((*steps, bare)), at, now)
    where = (*at, *map(held.written, comparison.left.steps))
    is_text = last.kind != "attribute"  # an attribute is escaped in other ways
    column = "time" if where[1:] == _TIME else held.column_of(where)
    asked = _compared(column, comparison) if column or is_text else EVERYTHING
    return reduce(both, (inner, asked, Sieve(holds=held.compared(where, comparison))))


def _compared(column: str | None, comparison: Comparison) -> Sieve:
    """Return what a comparison of a System column, of a time or of a text asks."""
    sign, literal = comparison.operator, comparison.right
    if column == "time":
        return _between(sign, values.moment(literal.value) if isinstance(literal, Text) else None)
    if sign != "=":
        return EVERYTHING
    if column == "event_id":
        return _numbered(values.number(str(literal.value)))
    return _equal(column, literal.value) if isinstance(literal, Text) else EVERYTHING


def _numbered(event: float) -> Sieve:
    return Sieve(events=frozenset({event})) if isinstance(event, int) else EVERYTHING


def _equal(column: str | None, text: str) -> Sieve:
    if column == "provider":
        return Sieve(providers=frozenset({text.lower()}))
    if column == "channel":
        return Sieve(channels=frozenset({text.lower()}))
    return _containing(text)


def _containing(text: str) -> Sieve:
    if len(text) < _SHORTEST or values.is_typed(text) or text.strip() != text:
        return EVERYTHING
    return Sieve(texts=frozenset({text}))


def _between(sign: str, ticks: int | None) -> Sieve:
    if ticks is None or sign == "!=":
        return EVERYTHING
    return Sieve(
        since=ticks if sign in {"=", ">", ">="} else None, until=ticks if sign in {"=", "<", "<="} else None
    )


def _difference(comparison: Comparison, at: tuple[str, ...], now: int | None) -> Sieve:
    """`TimeCreated[timediff(@SystemTime) <= 86400000]`: not older than a day."""
    call = comparison.left
    is_age = (
        isinstance(call, Call)
        and call.name == "timediff"
        and at[1:] == ("System", "TimeCreated")
        and call.arguments == (Path((Step("attribute", "SystemTime"),)),)
    )
    if not is_age or now is None or not isinstance(comparison.right, Number):
        return EVERYTHING
    limit = now - int((comparison.right.value + 1) * MILLISECOND)  # the difference is in whole milliseconds
    return Sieve(since=limit) if comparison.operator in {"<", "<=", "="} else EVERYTHING


def _both_hold(one: Holds | None, other: Holds | None) -> Holds | None:
    return every((*_parts(one), *_parts(other)))


def _parts(holds: Holds | None) -> tuple[Holds, ...]:
    """Return what holds together; nothing for null."""
    if holds is None:
        return ()
    return holds.parts if isinstance(holds, Every) else (holds,)


def _common(one: frozenset[Any] | None, other: frozenset[Any] | None) -> frozenset[Any] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _joined(one: frozenset[Any] | None, other: frozenset[Any] | None) -> frozenset[Any] | None:
    return None if one is None or other is None else one | other


def _extreme(choose: Callable[..., int], *limits: int | None) -> int | None:
    given = [limit for limit in limits if limit is not None]
    return choose(given) if given else None
