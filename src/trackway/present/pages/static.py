"""The built files of the pages. They are made from `web/` and are not kept in the source tree."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from trackway.errors import CaseError


@cache
def built(name: str) -> str:
    """Return the text of a built file.

    Raises:
        CaseError: the pages have not been built.
    """
    try:
        return files(__package__).joinpath("static", name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CaseError(
            f"{name}: the pages are not built; run `make pages` in the source tree (it needs Node), "
            "or install a released wheel"
        ) from error


@cache
def licences() -> list[dict[str, str]]:
    """Return name, version and licence of every library in the built files."""
    found: list[dict[str, str]] = json.loads(built("licences.json"))
    return found
