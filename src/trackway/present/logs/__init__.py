"""The commands that look into logs: `query`, `events`, `stats`."""

from trackway.present.logs.events import events
from trackway.present.logs.query import query
from trackway.present.logs.stats import stats

__all__ = ["events", "query", "stats"]
