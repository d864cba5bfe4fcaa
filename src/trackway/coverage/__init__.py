"""Coverage: what the silence of a host's witnesses proves, and how to hear more next time.

The table `coverage` of a case says when each kind of record was on. Here questions are answered by it.
"""

from __future__ import annotations

from trackway.coverage.answer import Answer, answers
from trackway.coverage.question import GRAMMAR, Question
from trackway.coverage.witness import Witness

__all__ = ["GRAMMAR", "Answer", "Question", "Witness", "answers"]
