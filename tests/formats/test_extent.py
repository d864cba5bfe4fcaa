"""What an event log says it holds: numbers and times, without its records being decoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackway.formats.whole.extent import Span, extent
from trackway.lab.make import World, make
from trackway.lab.policy import Policy

CHUNK = 1 << 16
HEADER = 4096


@pytest.fixture(scope="module")
def security(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Security log of several chunks."""
    folder = tmp_path_factory.mktemp("held") / "world"
    make(World(scenario="quiet", days=0.03, policy=Policy(sources=frozenset({"5156", "4688"}))), folder)
    return next(folder.glob("evidence/*/Security.evtx"))


def test_a_log_tells_whose_it_is_and_which_numbers_and_times_it_holds(security: Path) -> None:
    with security.open("rb") as stream:
        log = extent(stream)
        assert stream.tell() == 0
    assert log is not None
    assert (log.computer, log.channel) == ("WS-0001.corp.example.test", "Security")
    (span,) = log.spans
    assert span.first == 1
    assert span.last > 300
    assert span.time_from < span.time_to


def test_a_chunk_that_is_missing_in_the_middle_leaves_two_spans(security: Path, tmp_path: Path) -> None:
    content = bytearray(security.read_bytes())
    assert len(content) > HEADER + 3 * CHUNK
    content[HEADER + CHUNK : HEADER + CHUNK + 8] = bytes(8)
    first, second = _spans(tmp_path, content)
    assert first.first == 1
    assert first.last + 1 < second.first


def test_a_ring_that_has_begun_anew_is_one_span(security: Path, tmp_path: Path) -> None:
    content = security.read_bytes()
    turned = content[:HEADER] + content[HEADER + CHUNK :] + content[HEADER : HEADER + CHUNK]
    assert len(_spans(tmp_path, turned)) == 1


@pytest.mark.parametrize("content", [b"", b"ElfFile\0", bytes(HEADER + CHUNK)], ids=["empty", "cut", "zero"])
def test_what_is_no_log_holds_nothing(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "log.evtx"
    path.write_bytes(content)
    with path.open("rb") as stream:
        assert extent(stream) is None


def _spans(folder: Path, content: bytes | bytearray) -> list[Span]:
    path = folder / "log.evtx"
    path.write_bytes(content)
    with path.open("rb") as stream:
        log = extent(stream)
    assert log is not None
    return log.spans
