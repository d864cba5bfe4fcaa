"""Trackway reconstructs every network connection a Windows host made, from the evidence it kept.

    case = trackway.trace(["evidence/"], "case/")   # or trackway.open("case/")
    case.stories(process="powershell*", since="2021-11-27")
    case.sql("SELECT remote_address, count(*) FROM story GROUP BY ALL")

All of it stands in `docs/python.md`.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from trackway.case import Case, open  # noqa: A004  trackway.open reads best
from trackway.errors import CaseError, EvidenceError, TrackwayError, UsageError
from trackway.pipeline import trace

__all__ = [
    "Case",
    "CaseError",
    "EvidenceError",
    "TrackwayError",
    "UsageError",
    "__version__",
    "open",
    "trace",
]

try:
    __version__ = version("trackway")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0+source"
