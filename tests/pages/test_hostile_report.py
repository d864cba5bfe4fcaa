"""Hostile texts in every field of a case, through the report, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackway.present.report import write_report

from .poison import POISON, TOGETHER, UNSEEN, huge, poisoned
from .watch import Watch


def visit(watch: Watch, path: Path) -> str:
    """Open everything that a report can open; return all its text."""
    page = watch.open(path)
    page.locator("#graph").scroll_into_view_if_needed()
    page.wait_for_selector(".graph canvas")
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    texts = [page.inner_text("main")]
    for number in range(page.locator(".canvas .row").count()):
        page.locator(".canvas .row").nth(number).click()
        page.wait_for_selector(".open .tree")
        texts.append(page.inner_text(".open"))
        page.click(".open .close")
    for by in ("name", "user", "source"):
        page.locator(".facet select").first.select_option(by)
        page.wait_for_timeout(50)
        texts.append(page.inner_text(".facets"))
    page.locator(".facet .value:enabled").first.click()
    page.wait_for_timeout(300)
    page.fill("#query-line", "na")
    page.wait_for_timeout(100)
    return "\n".join(texts)


@pytest.mark.parametrize("poison", TOGETHER.values(), ids=TOGETHER)
def test_no_text_of_a_log_acts_in_a_report(watch: Watch, tmp_path: Path, poison: str) -> None:
    path = tmp_path / "report.html"
    write_report(poisoned(tmp_path / "case", poison), path)
    text = visit(watch, path)
    assert watch.misdeeds() == []
    assert watch.page.evaluate("window.pwned") is None
    assert watch.page.locator("x-poison, img, iframe, object, embed, link, a, base").count() == 0
    assert not set(UNSEEN) & set(text)
    assert "perdu.com" in text


def test_a_bidirectional_override_is_written_out(watch: Watch, tmp_path: Path) -> None:
    write_report(poisoned(tmp_path / "case", POISON["bidi"]), tmp_path / "report.html")
    assert "\\u202egpj.exe" in visit(watch, tmp_path / "report.html")


def test_texts_of_a_megabyte_are_shown_without_harm(watch: Watch, tmp_path: Path) -> None:
    write_report(huge(tmp_path / "case"), tmp_path / "report.html")
    page = watch.open(tmp_path / "report.html")
    page.locator(".canvas .row").first.click()
    page.wait_for_selector(".open .tree")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert watch.misdeeds() == []
