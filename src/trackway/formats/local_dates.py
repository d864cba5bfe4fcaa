"""Dates as Windows prints them for people, turned into ISO 8601 text.

`10/22/2020 6:21:38 AM` is American, `22/10/2020 06:21:38` is not, and `5/6/2020` may be both: what all the
dates of a file allow decides, then the way of the country whose clock they show. Source: Unicode CLDR 46,
date formats of the locales of Windows, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_DATE: Final = re.compile(
    r"\s*(\d{1,4})\.?\s?([./-])\s?(\d{1,2})\.?\s?[./-]\s?(\d{1,4})\.?,?[\s\u202f]+(\D{0,8}?)\s*(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?"
    r"(?:[.,](\d{1,7}))?[\s\u202f]*(\D{0,8})\s*"
)
# Sep 5, 2024 @ 10:37:50.123, as Kibana prints a time
_NAMED: Final = re.compile(r"([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) @ (\d\d:\d\d:\d\d(?:\.\d{1,9})?)")
_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MORNING: Final = frozenset(["am", "上午", "午前", "오전"])
_EVENING: Final = frozenset(["pm", "下午", "午後", "오후"])
_LONGEST_DAY, _LONGEST_MONTH, _NOON = 31, 12, 12


def day_first(texts: Iterable[str]) -> bool | None:
    """Return whether the day stands before the month; null where no date of these tells."""
    for text in texts:
        found = _DATE.fullmatch(text)
        if not found or len(found[1]) == 4:  # noqa: PLR2004  a year in front
            continue
        if int(found[1]) > _LONGEST_MONTH:
            return True
        if int(found[3]) > _LONGEST_MONTH:
            return False
    return None


def customary(text: str) -> bool:
    """Return whether the day stands first where dates of such a look come from."""
    found = _DATE.fullmatch(text)
    return not found or found[2] != "/" or not (found[5] or found[10]).strip()


def iso(text: str, *, is_day_first: bool) -> str:
    """Return the same moment as `2020-10-22 06:21:38`; what is no such date comes back as it is."""
    if (named := _NAMED.fullmatch(text)) and named[1] in _MONTHS:
        return f"{named[3]}-{_MONTHS.index(named[1]) + 1:02}-{int(named[2]):02} {named[4]}"
    found = _DATE.fullmatch(text)
    if not found:
        return text
    first, second, third = int(found[1]), int(found[3]), int(found[4])
    if len(found[1]) == 4:  # noqa: PLR2004  a year in front
        year, month, day = first, second, third
    else:
        day, month, year = (first, second, third) if is_day_first else (second, first, third)
    if not (1 <= month <= _LONGEST_MONTH and 1 <= day <= _LONGEST_DAY):
        return text
    hour = _hour(int(found[6]), found[5] or found[10])
    fraction = f".{found[9]}" if found[9] else ""
    return f"{year:04}-{month:02}-{day:02} {hour:02}:{found[7]}:{found[8] or '00'}{fraction}"


def _hour(hour: int, word: str) -> int:
    """Return the hour of 24, from one of 12 with a word before or behind it."""
    half = re.sub(r"[\s.\u202f\xa0]", "", word).lower()
    if half in _EVENING:
        return hour % _NOON + _NOON
    return hour % _NOON if half in _MORNING else hour
