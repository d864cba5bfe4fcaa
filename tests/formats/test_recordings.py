"""Real recordings of others, where they are at hand: every record is accounted for, and known counts hold."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from trackway.evidence.containers import members
from trackway.evidence.discover import EvidenceFile, discover
from trackway.formats import KINDS, read
from trackway.formats.rows import Ledger, Shape

SHARED: Final = Path(__file__).parents[2] / "../shared/data"

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared recordings are not beside this repository"
)

SHAPES: Final = (
    Shape(
        "sysmon",
        ("Microsoft-Windows-Sysmon",),
        ("Microsoft-Windows-Sysmon/Operational",),
        frozenset({1, 3, 22}),
        ("ProcessId", "UtcTime"),
    ),
    Shape(
        "filtering",
        ("Microsoft-Windows-Security-Auditing",),
        ("Security",),
        frozenset({5156, 5158}),
        ("ProcessId", "Protocol"),
    ),
    Shape("dns", ("Microsoft-Windows-DNS-Client",), (), frozenset({3006, 3008}), ("QueryName",)),
)

LINES: Final = {
    "cmd_bitsadmin_download_psh_script.zip": 424,
    "cmd_mshta_javascript_getobject_sct.zip": 1151,
    "covenant_dcom_executeexcel4macro_allowed.zip": 8121,
    "empire_scm_dll_hijack_ikeext.tar.gz": 14722,
    "mimikatz_CVE-2020-1472_Unauthenticated_NetrServerAuthenticate2.zip": 790,
    "schtask_modification.zip": 2657,
    "wmic_remote_xsl_jscript.zip": 1364,
}
"""Records, counted with `wc -l`, blank lines off."""

RECORDS: Final = {
    "issue_43.evtx": (1730, Counter({1: 356, 3: 153})),
    "sysmon.evtx": (358, Counter({1: 227, 3: 2})),
    "Security_short_selected.evtx": (7, None),
    "security_bad_string_cache.evtx": (2261, None),
    "sample-with-irregular-bool-values.evtx": (3028, None),
}


def readings(path: Path) -> list[tuple[str, Ledger, Counter[int], int]]:
    """Return name, ledger, rows by event and rows of each member."""
    found = []
    for member in (member for file in discover([path]) for member in members(file)):
        if member.kind not in KINDS:
            continue
        ledger, events, count = Ledger(), Counter[int](), 0
        for rows in read(member, SHAPES, ledger):
            events.update(rows.batch["event_id"].to_pylist())
            count += rows.batch.num_rows
        found.append((member.name, ledger, events, count))
    return found


def files() -> list[Path]:
    return [file.path for file in discover([SHARED])] if SHARED.is_dir() else []


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_every_record_of_every_file_is_accounted_for(path):
    for name, ledger, _, count in readings(path):
        assert ledger.seen == count + ledger.ignored + len(ledger.skips), name


@pytest.mark.parametrize("name", LINES)
def test_every_line_of_a_recording_is_seen_and_none_is_lost(name):
    ((_, ledger, events, _),) = readings(SHARED / "otrf" / name)
    assert (ledger.seen, ledger.skips, ledger.note) == (LINES[name], [], None)
    assert sum(events.values()) > 0


def test_the_rows_of_a_recording_are_those_that_a_plain_count_finds():
    ((_, _, events, _),) = readings(SHARED / "otrf" / "covenant_dcom_executeexcel4macro_allowed.zip")
    plain: Counter[int] = Counter()
    for member in members(discover([SHARED / "otrf" / "covenant_dcom_executeexcel4macro_allowed.zip"])[0]):
        for line in member.stream or ():
            record = json.loads(line)
            if any(
                record["EventID"] in shape.events and record["SourceName"] in shape.providers
                for shape in SHAPES
            ):
                plain[record["EventID"]] += 1
    assert events == plain


def test_a_really_truncated_archive_gives_every_line_and_says_that_its_end_is_missing():
    (file,) = discover([SHARED / "otrf" / "empire_scm_dll_hijack_ikeext.tar.gz"])
    found = [
        (
            member.kind,
            member.stream.read().count(b"\n") if member.stream else None,
            member.damaged,
            member.note,
        )
        for member in members(file)
    ]
    assert found == [
        ("gzip", None, False, None),
        ("json", 14722, False, None),
        ("unknown", None, True, "truncated: the end of the compressed content is missing"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
def test_the_records_of_an_event_log_are_those_that_are_known(name):
    records, events = RECORDS[name]
    (path,) = [file for file in files() if file.name == name]
    ((_, ledger, found, _),) = readings(path)
    assert ledger.seen - len(ledger.skips) == records
    assert events is None or +found == events


@pytest.mark.parametrize("name", ["velociraptor_dnscache.jsonl", "velociraptor_netstat.jsonl"])
def test_json_of_another_witness_is_ignored_by_those_who_ask_for_events(name):
    ((_, ledger, _, count),) = readings(SHARED / "text" / name)
    assert (ledger.seen, count, ledger.note, ledger.ignored) == (10, 0, None, 10)


@pytest.mark.parametrize(
    ("cut", "seen", "words"),
    [
        (lambda log: log[4096:], 1730, "header of the log is missing"),
        (lambda log: bytes(4096) + log[4096:], 1730, "header of the log is missing"),
        (lambda log: log[: 4096 + 3 * 65536], 223, "of at least 23 chunks of 64 KiB, 3 are whole"),
        (lambda log: log[: 4096 + 100_000], 113, "of at least 23 chunks of 64 KiB, 1 are whole"),
    ],
    ids=["carved", "header overwritten", "cut between chunks", "cut in a chunk"],
)
def test_a_log_that_is_not_whole_gives_every_record_that_is_there(tmp_path, cut, seen, words):
    (path,) = [file for file in files() if file.name == "issue_43.evtx"]
    (tmp_path / "part").write_bytes(cut(path.read_bytes()))
    ((_, ledger, _, count),) = readings(tmp_path / "part")
    assert (ledger.seen - len(ledger.skips), ledger.damaged) == (seen, True)
    assert all("cannot be read" in skip.reason for skip in ledger.skips)  # records of the chunk that was cut
    assert words in str(ledger.note)
    assert count > 0


def test_a_log_is_read_alike_from_disk_and_from_an_archive(tmp_path):
    import zipfile

    (path,) = [file for file in files() if file.name == "issue_43.evtx"]
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "issue_43.evtx")
    ((_, _, packed, _),) = readings(tmp_path / "x.zip")
    ((_, _, plain, _),) = readings(path)
    assert packed == plain
    assert isinstance(discover([path])[0], EvidenceFile)
