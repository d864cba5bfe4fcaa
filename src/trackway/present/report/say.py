"""How values read in the report: what the template needs and Jinja does not have.

Every text goes through `finalize`, then through Jinja's escaping: nothing that a log holds becomes markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from markupsafe import Markup, escape

from trackway.present.cells import citation
from trackway.present.summary import STATES, counted
from trackway.present.visible import visible
from trackway.present.words import WORDS

Row = Mapping[str, Any]

WIDTH: Final = 1_000
"""Units across a lane of the coverage strip."""

_NAMED: Final = 3
_SECONDS: Final = len("2021-11-27T03:17:39")
_NOTHING: Final = Markup('<span class="nothing">not on record</span>')


def finalize(value: object) -> object:
    """Return what Jinja prints: visible text; null in words."""
    if value is None:
        return _NOTHING
    return value if isinstance(value, Markup | int | float) else visible(str(value))


def spoken(moment: str | datetime | None) -> str:
    """Return a time as `2021-11-27 03:17:39.250`, UTC; a fraction of zero is left out."""
    if moment is None:
        return "time unknown"
    text = moment if isinstance(moment, str) else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fraction = re.match(r"\.(?!000)\d{3}", text[_SECONDS:])
    return text[:_SECONDS].replace("T", " ") + (fraction[0] if fraction else "")


def base(path: str | None) -> str:
    """Return the last part of a path."""
    return re.split(r"[\\/]", path)[-1] if path else str(WORDS["unknownProcess"])


def endpoint(story: Row, side: str) -> str:
    """Return `address:port` of the local or the remote side."""
    address, port = story[f"{side}_address"], story[f"{side}_port"]
    if address is None or port is None:
        return address or "unknown"
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def emphasised(story: Row) -> Markup:
    """Return the sentence of a story, its process, name, address and port set off."""
    process = story["process"]
    words = [
        base(process["image"]) if process else None,
        story["names"][0]["name"] if story["names"] else None,
        story["remote_address"],
    ]
    wanted = "|".join(re.escape(word) for word in words if word)
    pieces = re.split(f"({wanted})", story["sentence"]) if wanted else [story["sentence"]]
    return Markup("").join(_piece(piece, is_word=bool(place % 2)) for place, piece in enumerate(pieces))


def _piece(text: str, *, is_word: bool) -> Markup:
    shown = escape(visible(text))
    return Markup("<b>{}</b>").format(shown) if is_word else shown


def script_text(text: str | None) -> Markup:
    """Return a script with its lines kept."""
    lines = (text or "").replace("\r\n", "\n").split("\n")
    return Markup("\n").join(escape(visible(line.replace("\t", "    "))) for line in lines)


def place(record: Row) -> str:
    """Return where a record stands, in its file alone; the whole path is in the manifest."""
    return citation({**record, "file": record["file"].split("!")[-1]})


def titled(hosts: Sequence[Row]) -> str:
    """Return what a report is about: up to three hosts by name, more by number."""
    if len(hosts) > _NAMED:
        return f"{len(hosts):,} hosts"
    names = [str(row["host"]) for row in hosts]
    shorts = [name.split(".")[0] for name in names]
    return ", ".join(shorts if len(set(shorts)) == len(shorts) else names) or "no host"


def offset(clock: Row) -> str:
    """Return what was done about a clock, in words."""
    if clock["offset_seconds"] is None:
        return "offset unknown"
    moved = "corrected by" if clock["applied"] else "taken as written, offset"
    spread = f", spread {clock['spread_seconds']:.2f} s" if clock["spread_seconds"] is not None else ""
    return f"{moved} {clock['offset_seconds']:+g} s{spread}"


def lanes(coverage: Iterable[Row]) -> list[dict[str, Any]]:
    """Return the intervals of the coverage with `left` and `width` of each on a strip of `WIDTH` units."""
    rows = [dict(row) for row in coverage]
    timed = [(_seconds(row["time_from"]), _seconds(row["time_to"])) for row in rows]
    start = min((first for first, _ in timed), default=0.0)
    scale = (WIDTH - 4) / max(max((last for _, last in timed), default=1.0) - start, 1e-6)
    for row, (first, last) in zip(rows, timed, strict=True):
        row["left"] = f"{(first - start) * scale:.1f}"
        row["width"] = f"{4 + (last - first) * scale:.1f}"
    return rows


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def size(number: int | None) -> str:
    """Return a number with separators; null is empty."""
    return "" if number is None else f"{number:,}"


FILTERS: Final[dict[str, Callable[..., object]]] = {
    "spoken": spoken,
    "base": base,
    "endpoint": endpoint,
    "emphasised": emphasised,
    "script_text": script_text,
    "offset": offset,
    "lanes": lanes,
    "size": size,
    "place": place,
    "titled": titled,
    "counted": counted,
    "marks": lambda number: WORDS["marks"][number],
    "state": lambda state: STATES.get(state, state),
}
"""The filters of the template, by name."""
