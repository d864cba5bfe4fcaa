"""Texts that stand in more than one place: the terminal, the report's template, the pages in `web/`.

`words.json` holds them. The pages take them into their catalogue, `web/src/words.ts`, when they are built.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final

WORDS: Final[dict[str, Any]] = json.loads(
    files(__package__).joinpath("words.json").read_text(encoding="utf-8")
)
"""The texts by their names, which are those of the catalogue of the pages."""
