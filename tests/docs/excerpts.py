"""What the README shows of the demo: lines it prints, cut where a `…` stands.

The numbers in such lines (times, counts, identifiers, confidences) change with the rules; `refreshed` takes
them from what the demo prints now. The words stay the author's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence

_NUMBER = re.compile(r"\b[0-9a-f]{16}\b|\d[\d.,]*")
_BLOCK = re.compile(r"(^```text\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL)
_STORY = re.compile(r"(--story )[0-9a-f]+")
_CUT = "…"


def printed() -> list[str]:
    """Return the lines that `trackway demo` prints, without the branches of the tree."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "trackway", "demo"],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1"},
            check=True,
        )
    return [bare(line) for line in done.stdout.splitlines()]


def bare(line: str) -> str:
    """Return the line without the branches of a tree."""
    return line.strip(" │├└─")


def is_excerpt(shown: str, whole: str) -> bool:
    """Return whether a line is what the demo prints, but for what it leaves out."""
    return re.fullmatch(re.escape(shown).replace(_CUT, ".*"), whole) is not None


def refreshed(text: str, lines: Sequence[str]) -> str:
    """Return the page with the numbers of its excerpts, and the story it asks for, as the demo prints them."""
    identifier = next(line.removeprefix("story ") for line in lines if line.startswith("story "))
    text = _STORY.sub(rf"\g<1>{identifier[:4]}", text)
    return _BLOCK.sub(lambda block: block[1] + _excerpts(block[2], lines) + block[3], text)


def _excerpts(block: str, lines: Sequence[str]) -> str:
    return "".join(f"{_excerpt(line, lines)}\n" for line in block.splitlines())


def _excerpt(shown: str, lines: Sequence[str]) -> str:
    """Return the line with the numbers of the first printed line that has the same words."""
    if bare(shown) == _CUT or any(is_excerpt(bare(shown), line) for line in lines):
        return shown
    start = len(shown) - len(shown.lstrip(" │├└─"))
    pieces = _NUMBER.split(shown[start:])
    pattern = r"([0-9a-f]{16}|\d[\d.,]*)".join(re.escape(piece).replace(_CUT, ".*?") for piece in pieces)
    found = next((match for match in (re.fullmatch(pattern, line) for line in lines) if match), None)
    if found is None:
        return shown
    return shown[:start] + pieces[0] + "".join(a + b for a, b in zip(found.groups(), pieces[1:], strict=True))
