"""Pictures of the pages compared loosely: is every part still there, still where it was, light or dark?

For the picture every letter is the same block, drawn by the font `blocks.ttf` (736 bytes: one outline and one table
that gives every character this glyph, made with fontTools), so that no font of the machine counts. It is shrunk to a
few hundred grey cells, in which a part that is gone, moved, grown or of another colour shows and a pixel does not. The
small pictures to compare with lie in `looks/`; after a change that is meant,

    python -m tests.pages.looks

makes them anew: look at the pictures among the artefacts (TRACKWAY_ARTEFACTS) before keeping them.
"""

from __future__ import annotations

import os
import sys
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from playwright.sync_api import Page

LOOKS = Path(__file__).with_name("looks")
FONT = Path(__file__).with_name("blocks.ttf")
ANEW = "TRACKWAY_LOOKS_ANEW"
COLUMNS, ROWS = 32, 20
DIFFERS = 12
"""Steps of grey, of 256, from which a cell counts as different."""

MOST = 0.03
"""Share of cells that may be different."""

_SHRUNK = """
    async ([picture, columns, rows]) => {
        const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [columns, rows];
        const context = canvas.getContext("2d");
        context.filter = "grayscale(1)";
        context.imageSmoothingQuality = "high";
        context.drawImage(bitmap, 0, 0, columns, rows);
        const { data } = context.getImageData(0, 0, columns, rows);
        return [Array.from({ length: columns * rows }, (_, place) => data[4 * place]), canvas.toDataURL("image/png")];
    }
"""

_BLOCKS = """
    async (font) => {
        const bytes = Uint8Array.from(atob(font), (letter) => letter.charCodeAt(0));
        document.fonts.add(await new FontFace("Blocks", bytes).load());
        for (const name of ["--sans", "--mono"]) document.documentElement.style.setProperty(name, "Blocks");
    }
"""
_LETTERS = """
    () => ["--sans", "--mono"].forEach((name) => document.documentElement.style.removeProperty(name))
"""


def pictured(page: Page) -> bytes:
    """Return a picture of a page whose letters are blocks for a moment."""
    page.evaluate(_BLOCKS, b64encode(FONT.read_bytes()).decode())
    page.wait_for_timeout(100)
    picture = page.screenshot()
    page.evaluate(_LETTERS)
    return picture


def shrunk(desk: Page, picture: bytes) -> tuple[list[int], bytes]:
    """Return the cells of a picture, row by row from 0 (black) to 255, and the small picture of them.

    Args:
        desk: a page of no site, which does the work.
        picture: a PNG.
    """
    cells, small = desk.evaluate(_SHRUNK, [b64encode(picture).decode(), COLUMNS, ROWS])
    return cells, b64decode(small.split(",")[1])


def changes(desk: Page, name: str, picture: bytes) -> str | None:
    """Return what is different from the small picture kept under a name; null if it looks the same.

    Where TRACKWAY_LOOKS_ANEW is set, the small picture is made anew instead.
    """
    kept = LOOKS / f"{name}.png"
    cells, small = shrunk(desk, picture)
    if os.environ.get(ANEW):
        LOOKS.mkdir(exist_ok=True)
        kept.write_bytes(small)
        return None
    if not kept.exists():
        return f"{name}: no small picture is kept; run `python -m tests.pages.looks`"
    before, _ = shrunk(desk, kept.read_bytes())
    return _said(name, [abs(one - other) > DIFFERS for one, other in zip(before, cells, strict=True)])


def _said(name: str, different: list[bool]) -> str | None:
    """Return where a picture differs, as a map of its cells."""
    share = sum(different) / len(different)
    if share <= MOST:
        return None
    rows = [different[first : first + COLUMNS] for first in range(0, len(different), COLUMNS)]
    drawn = "\n".join("".join("#" if cell else "." for cell in row) for row in rows)
    return (
        f"{name}: {share:.0%} of the picture differs:\n{drawn}\nif that is meant: python -m tests.pages.looks"
    )


if __name__ == "__main__":
    os.environ[ANEW] = "1"
    sys.exit(
        pytest.main(["-q", "-n0", "-k", "looks_as_it_did", str(Path(__file__).with_name("test_looks.py"))])
    )
