"""The commands that look into logs: `query`, `events`, `stats`."""

from trackway.logs.commands.events import events
from trackway.logs.commands.query import query
from trackway.logs.commands.stats import stats

__all__ = ["events", "query", "stats"]
