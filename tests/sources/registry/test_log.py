"""Transaction logs of hives: which entries are applied, and which never."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from trackway.formats.registry_log import applied, marvin

from ...evidence.disks import fat
from ..told import rows, traced
from .hive import hive
from .log import Entry, between, log

NUMBER = 1
"""Of the next entry: `hive` writes 2 and 1 into a dirty one."""


def system(name: str, *, dirty: bool = True, more: int = 0) -> bytes:
    """Return a SYSTEM hive of a computer, larger by so many values."""
    values = {f"value {each}": "x" * 60 for each in range(more)}
    tree = {"ComputerName": {"ComputerName": {"ComputerName": name, **values}}}
    return hive({"Select": {"Current": 1}, "ControlSet001": {"Control": tree}}, dirty=dirty)


def told_by(folder: Path, archive: bytes) -> list[tuple[str, str]]:
    """Return the computer's name and the note of every hive in an archive."""
    case = traced(folder, {"collection": archive})
    notes = {row["file"]: row["note"] for row in rows(case, "file") if row["file"].endswith("SYSTEM")}
    facts = {row["file"]: row["value"] for row in rows(case, "host_fact") if row["kind"] == "host_name"}
    return [(facts[file], notes[file]) for file in sorted(notes)]


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return content.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, each in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(each)
            archive.addfile(member, io.BytesIO(each))
    return content.getvalue()


PACKED = {"zip": zipped, "tar": tarred, "image": fat}
OLD, NEW, NEWER = system("OLD"), system("NEW"), system("NEWER", more=200)


def named(folder: Path, **files: bytes) -> tuple[str, str]:
    """Return the computer's name that a hive tells with its logs beside it, and what is said of the hive."""
    contents = {f"config/{name.replace('_', '.')}": content for name, content in files.items()}
    case = traced(folder, {**contents})
    (name,) = {row["value"] for row in rows(case, "host_fact") if row["kind"] == "host_name"}
    (note,) = [row["note"] for row in rows(case, "file") if row["file"].endswith("SYSTEM")]
    return name, note


@pytest.mark.parametrize("name", ["SYSTEM_LOG1", "SYSTEM_LOG2", "system_log1"])
def test_what_a_log_holds_beyond_the_hive_is_applied(tmp_path: Path, name: str) -> None:
    told, note = named(tmp_path, SYSTEM=OLD, **{name: log(between(OLD, NEW, NUMBER))})
    assert told == "NEW"
    assert "1 entries of its transaction logs were applied" in note


@pytest.mark.parametrize("names", [["SYSTEM", "SYSTEM.LOG1"], ["SYSTEM.LOG1", "SYSTEM"]])
@pytest.mark.parametrize("packed", ["zip", "tar", "image"])
def test_in_an_archive_a_log_is_applied_whether_it_comes_before_the_hive_or_after(
    tmp_path: Path, names: list[str], packed: str
) -> None:
    contents = {"SYSTEM": OLD, "SYSTEM.LOG1": log(between(OLD, NEW, NUMBER))}
    files = {f"C/Windows/System32/config/{name}": contents[name] for name in names}
    other = {"VSS1/C/Windows/System32/config/SYSTEM": OLD}
    (name, note), *rest = told_by(tmp_path, PACKED[packed](files | other))
    assert name == "NEW"
    assert "1 entries" in note
    assert [(told, "is missing" in said) for told, said in rest] == [("OLD", True)]


def test_entries_go_on_from_one_log_to_the_other_and_the_hive_grows(tmp_path: Path) -> None:
    first, second = between(OLD, NEW, NUMBER), between(NEW, NEWER, NUMBER + 1)
    assert len(NEWER) > len(NEW)
    assert named(tmp_path / "a", SYSTEM=OLD, SYSTEM_LOG1=log(first), SYSTEM_LOG2=log(second))[0] == "NEWER"
    assert named(tmp_path / "b", SYSTEM=OLD, SYSTEM_LOG1=log(second), SYSTEM_LOG2=log(first))[0] == "NEWER"


def test_entries_older_than_the_hive_and_after_a_gap_are_not_applied(tmp_path: Path) -> None:
    old, far = between(OLD, NEW, NUMBER - 1), between(OLD, NEW, NUMBER + 1)
    for number, entries in enumerate([[old], [far], [old, far]]):
        told, note = named(tmp_path / str(number), SYSTEM=OLD, SYSTEM_LOG1=log(*entries))
        assert (told, "is missing" in note) == ("OLD", True)
    after_gap = [between(OLD, NEW, NUMBER), between(NEW, NEWER, NUMBER + 2)]
    assert named(tmp_path / "gap", SYSTEM=OLD, SYSTEM_LOG1=log(*after_gap))[0] == "NEW"


def test_an_older_entry_before_the_next_one_is_passed_over(tmp_path: Path) -> None:
    stale = between(NEW, OLD, NUMBER - 1)
    told, _ = named(tmp_path, SYSTEM=OLD, SYSTEM_LOG1=log(stale, between(OLD, NEW, NUMBER)))
    assert told == "NEW"


@pytest.mark.parametrize("place", [12, 16, 20, 24, 32, 40, 44, 60, 4000])
def test_an_entry_with_a_flipped_bit_is_not_applied(tmp_path: Path, place: int) -> None:
    changed = bytearray(log(between(OLD, NEW, NUMBER)))
    changed[512 + place] ^= 1
    assert named(tmp_path, SYSTEM=OLD, SYSTEM_LOG1=bytes(changed))[0] == "OLD"


@pytest.mark.parametrize(
    "entry",
    [
        Entry(NUMBER, 4096, {4096: bytes(4096)}),
        Entry(NUMBER, 4095, {0: bytes(4096)}),
        Entry(NUMBER, 1 << 31, {}),
    ],
)
def test_an_entry_that_leaves_the_hive_is_not_applied(entry: Entry) -> None:
    copy = io.BytesIO(OLD)
    assert applied(copy, [io.BytesIO(log(entry))], 1 << 20) == 0
    assert copy.getvalue() == OLD


def test_a_hive_that_was_closed_is_read_as_it_is(tmp_path: Path) -> None:
    whole = system("OLD", dirty=False)
    assert named(tmp_path, SYSTEM=whole, SYSTEM_LOG1=log(between(OLD, NEW, 2)))[0] == "OLD"


def test_the_evidence_stays_as_it_is_and_a_log_is_listed_for_what_it_is(tmp_path: Path) -> None:
    case = traced(tmp_path, {"SYSTEM": OLD, "SYSTEM.LOG1": log(between(OLD, NEW, NUMBER))})
    assert (tmp_path / "evidence" / "SYSTEM").read_bytes() == OLD
    (row,) = [row for row in rows(case, "file") if row["file"].endswith("LOG1")]
    assert (row["kind"], row["skipped"], "a transaction log of a hive" in row["note"]) == ("hive", 0, True)


def test_no_mutation_of_a_log_raises() -> None:
    whole, dice = log(between(OLD, NEW, NUMBER), between(NEW, NEWER, NUMBER + 1)), random.Random(1)  # noqa: S311
    for _ in range(60):
        changed = bytearray(whole[: dice.randrange(512, len(whole))])
        for _ in range(dice.choice([0, 1, 8])):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        assert applied(io.BytesIO(OLD), [io.BytesIO(bytes(changed))], 1 << 20) in {0, 1, 2}


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        (b"", 0xB00892AC),
        (b"h", 0xF41A608E),
        (b"hel", 0x24056A46),
        (b"hell", 0x7F91E021),
        (b"hello, world!", 0x00C18515),
    ],
)
def test_the_hash_is_that_of_the_public_vectors(text: bytes, folded: int) -> None:
    found = marvin(text)
    assert (found >> 32) ^ (found & 0xFFFFFFFF) == folded
