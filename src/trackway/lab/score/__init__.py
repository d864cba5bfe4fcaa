"""Score answers against a truth: right, wrong, unknown, missing, and how far confidences can be believed."""

from trackway.lab.score.result import Result
from trackway.lab.score.run import score

__all__ = ["Result", "score"]
