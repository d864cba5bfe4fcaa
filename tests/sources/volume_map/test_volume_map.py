"""The map of volumes that `fltmc` prints, and what it does to images."""

from __future__ import annotations

import os

import pytest

from trackway.evidence.kinds import recognised

from ..interpreted import told
from ..test_sources import sample
from ..told import POWERSHELL, events, mutants, permit, rows, start, traced

TIMES = int(os.environ.get("TRACKWAY_MUTATIONS", "60"))
PRINTED = "2021-11-27 03:30:00+00:00"
TEXT = sample("volume_map").read_text(encoding="utf-8")
GERMAN = (
    TEXT.replace("Dos Name   ", "DOS-Name   ")
    .replace("Volume Name", "Volumename ")
    .replace("Status", "Zustand")
)


@pytest.mark.parametrize("text", [TEXT, GERMAN], ids=["English", "German"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp850"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_map_is_read_in_any_language_and_code_page(text, codec, end):
    content = text.replace("\n", end).encode(codec)
    assert recognised(content) == "volume_map"
    found = told(content, printed=PRINTED)
    assert [(row["subject"], row["value"]) for row in found.only("host_fact")] == [
        (r"\Device\HarddiskVolume3", "C:"), (r"\Device\HarddiskVolume5", "D:"),
    ]  # fmt: skip


def test_volumes_without_a_letter_are_ignored():
    found = told(f"{TEXT}{' ' * 32}\\Device\\Mup{' ' * 30}Remote\n".encode(), printed=PRINTED)
    assert (len(found.only("host_fact")), found.ignored, found.skips) == (2, 1, [])


@pytest.mark.parametrize(
    ("text", "image"),
    [
        (TEXT, r"C:\tools\nc.exe"),
        (TEXT.replace("Volume3", "Volume4"), r"\device\harddiskvolume3\tools\nc.exe"),
    ],
)
def test_the_image_of_a_process_that_only_the_filtering_platform_names_gets_the_letter(tmp_path, text, image):
    raw = r"\device\harddiskvolume3\tools\nc.exe"
    log = events(permit("2021-11-27T03:17:39Z", Application=raw))
    case = traced(tmp_path, {"Security.jsonl": log, "volumes.txt": text})
    assert [row["image"] for row in rows(case, "process")] == [image]
    assert [row["image"] for row in rows(case, "connection_observation")] == [raw]


def test_no_mutation_raises_and_the_counts_add_up():
    for content in mutants(TEXT.encode(), TIMES):
        told(content, "volume_map", PRINTED)


@pytest.mark.parametrize(
    ("drive", "image"), [("C:", r"C:\tools\nc.exe"), ("E:", r"\device\harddiskvolume3\tools\nc.exe")]
)
def test_a_map_that_the_records_contradict_gives_no_letter(tmp_path, drive, image):
    log = events(
        start("2021-11-27T03:00:00Z", 20220),
        permit("2021-11-27T03:17:39Z", Application=POWERSHELL.replace("C:", r"\device\harddiskvolume3")),
        permit("2021-11-27T03:20:00Z", ProcessID="600", Application=r"\device\harddiskvolume3\tools\nc.exe"),
    )
    case = traced(tmp_path, {"Security.jsonl": log, "volumes.txt": TEXT.replace("C:", drive)})
    assert [row["image"] for row in rows(case, "process") if row["pid"] == 600] == [image]
