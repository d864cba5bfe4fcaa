"""libevtx (`libevtx-python`, where it is installed) sees no record that is not read here, and the same events."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import trackway_evtx

from .logs import needs_recordings, recordings

pyevtx = pytest.importorskip("pyevtx", reason="libevtx-python is not installed")

OTHERWISE = {
    "Security_with_size_t.evtx",  # libevtx writes 0x0 for every size
    "sample-with-irregular-bool-values.evtx",  # libevtx writes `true` for what is neither 0 nor 1
    "issue_39.evtx",  # libevtx does not escape `<` in a text
}
EVERY = 7
"""libevtx takes its time for XML: each so many."""

Step = tuple[str, dict[str, str], str]


def theirs(path: Path) -> Iterator[tuple[int, str | None]]:
    log = pyevtx.file()
    log.open(str(path))
    for place in range(log.number_of_records):
        try:
            found = log.get_record(place)
        except OSError:
            continue
        yield found.identifier, None if place % EVERY else found.get_xml_string()
    log.close()


def steps(xml: str) -> list[Step]:
    """Return elements without what libevtx writes in its own way: digits of times, letter case, empty elements."""
    found = []
    for element in ET.fromstring(xml.rstrip("\0")).iter():  # noqa: S314  as above
        given = {name: plain(value) for name, value in element.attrib.items() if value}
        text = plain((element.text or "").strip())
        if given or text:
            found.append((element.tag.rpartition("}")[2], given, text))
    return found


def plain(text: str) -> str:
    low = re.sub("^0x0+(?=.)", "0x", text.lower().replace("\r", ""))
    return low[:26] if re.fullmatch(r"\d{4}-\d\d-\d\dt[\d:.]+z", low) else low


@needs_recordings
@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.name)
def test_every_record_of_libevtx_is_there_with_the_same_event(path: Path) -> None:
    ours = defaultdict(list)
    table = pa.table(trackway_evtx.read(path, system=["number"], fields=[], xml=True))
    for row in table.to_pylist():
        ours[row["number"]].append(row["xml"])
    for number, xml in theirs(path):
        assert ours[number]
        if xml and path.name not in OTHERWISE:
            try:
                expected = steps(xml)
            except ET.ParseError:
                continue  # libevtx writes it so that nobody can read it
            assert expected in [steps(own) for own in ours[number]]
