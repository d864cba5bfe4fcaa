"""Every exception this package raises.

* TrackwayError
  * EvidenceError    the evidence is not what it claims to be; names file and place
  * CaseError        the case cannot be written, read or taken up again
  * UsageError       the caller asked for something impossible
  * ModelError       a query broke its contract; always our bug
"""

from __future__ import annotations


class TrackwayError(Exception):
    """Anything that a user is told in one line, without a traceback."""


class EvidenceError(TrackwayError):
    """Evidence that cannot be read: which file, where in it, why, and what to do."""

    def __init__(self, file: str, reason: str, place: str | None = None) -> None:
        """Keep file, place and reason apart, so that they can become a row in `skipped`."""
        super().__init__(f"{file}, {place}: {reason}" if place else f"{file}: {reason}")
        self.file = file
        self.place = place
        self.reason = reason


class CaseError(TrackwayError):
    """A case that cannot be written, read or taken up again."""


class UsageError(TrackwayError, ValueError):
    """A request that makes no sense; shown without a traceback."""


class ModelError(TrackwayError):
    """A query whose result is not what `schema` promises; always our bug."""
