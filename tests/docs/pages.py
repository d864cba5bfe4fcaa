"""The pages of the project and what stands in them: sections, code blocks, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
TOP: Final = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `name` is its path from the project's root."""

    name: str

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """Return the text without its code blocks, where `#` is no heading."""
        return _FENCED.sub("", self.text)

    def blocks(self, language: str) -> list[str]:
        """Return the contents of the code blocks in a language."""
        return [content for found, content in _FENCED.findall(self.text) if found == language]

    def links(self) -> list[str]:
        return _LINK.findall(self.prose)

    def anchors(self) -> set[str]:
        """Return the anchors of the headings, as the usual renderers make them."""
        return {_anchor(heading) for _, heading in _HEADING.findall(self.prose)}

    def sections(self) -> Iterator[tuple[str, str]]:
        """Yield each heading with the text below it, the sections within included."""
        text = self.prose
        found = list(_HEADING.finditer(text))
        for number, heading in enumerate(found):
            ends = [other.start() for other in found[number + 1 :] if len(other[1]) <= len(heading[1])]
            yield heading[2], text[heading.end() : ends[0] if ends else len(text)]


def pages() -> list[Page]:
    """Return every page that is there, in the order of their names."""
    below = sorted((ROOT / "docs").rglob("*.md"))
    return [Page(name) for name in TOP if (ROOT / name).exists()] + [
        Page(path.relative_to(ROOT).as_posix()) for path in below
    ]


def page(name: str) -> Page:
    """Return a page that must be there."""
    found = Page(name)
    assert found.path.exists(), f"{name}: there is no such page yet; CONTRIBUTING.md says what it holds"
    return found


def _anchor(heading: str) -> str:
    letters = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
    return letters.replace(" ", "-")
