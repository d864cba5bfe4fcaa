"""The workbench's page of events: the catalogue, and what the case's evidence taught."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from trackway.case import Case

from ..query.small_case import finance, written
from .serving import Served, served
from .test_workbench import enter, go
from .watch import Watch


@pytest.fixture(scope="module")
def demo(demo_case: Case) -> Iterator[Served]:
    with served(demo_case, evidence=[demo_case.path.parent / "evidence"]) as server:
        yield server


def rows(page: Page) -> list[str]:
    return page.locator("table.plain tbody tr").all_inner_texts()


def test_the_catalogue_is_filtered_by_words_anywhere(watch: Watch, demo: Served) -> None:
    page = watch.page
    go(enter(page, demo), "Events")
    expect(page.locator("table.plain tbody tr").first).to_be_visible()
    every = page.inner_text("[role=status]")

    page.fill(".noting-row input", "DNS-client 3006")

    expect(page.locator("[role=status]")).not_to_have_text(every)
    assert next(row.split("\t")[:2] for row in rows(page)) == ["DNS-Client", "3006"]
    assert len(rows(page)) < 5
    page.fill(".noting-row input", "nothing has this")
    expect(page.locator(".quiet", has_text="No event has all of these words.")).to_be_visible()
    assert watch.misdeeds(demo.origin) == []


def test_what_the_evidence_taught_is_shown_with_its_counts(watch: Watch, demo: Served) -> None:
    page = watch.page
    go(enter(page, demo), "Events")

    page.select_option(".noting-row select", "evidence")
    page.fill(".noting-row input", "sysmon destinationport")

    expect(page.locator("th", has_text="Differs from the catalogue")).to_be_visible()
    assert [row.split("\t")[:2] for row in rows(page)] == [["Sysmon", "3"]]


def test_without_evidence_the_page_says_how_to_give_it(tmp_path: Path, page: Page) -> None:
    with served(written(tmp_path / "case", finance())) as server:
        go(enter(page, server), "Events")
        page.select_option(".noting-row select", "evidence")
        expect(page.locator(".quiet", has_text="Start with --evidence PATH")).to_be_visible()


def test_a_record_says_what_its_event_means(page: Page, demo: Served) -> None:
    enter(page, demo).locator(".first a, .first button").first.click()
    page.click("button:text-is('Raw records')")

    expect(page.locator(".raws .said").first).not_to_be_empty(timeout=60_000)


def test_other_files_of_the_same_name_teach_nothing(tmp_path: Path, demo_case: Case) -> None:
    for path in (demo_case.path.parent / "evidence").rglob("*.evtx"):
        (tmp_path / path.name).write_bytes(path.read_bytes() + b"\0")
    with served(demo_case, evidence=[tmp_path]) as server:
        found = httpx.get(f"{server.origin}/api/events?from=evidence", cookies=server.cookies)

    assert found.json() == []
