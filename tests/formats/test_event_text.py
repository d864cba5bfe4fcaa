from __future__ import annotations

import pytest

from trackway.evidence.kinds import recognised, remark
from trackway.formats import event_text, pieces

from ..sources.told import requires_shared
from .exports import Written, expected, read_all
from .texts import LABELS, dns_message, splunk_text, wevtutil_text

EVENT = Written(fields={"QueryName": "perdu.com", "QueryType": "1", "QueryResults": "192.0.2.1;"})
UNTOLD = {"record": None, "event_version": None, "header_pid": None, "activity_id": None}
GERMAN = (
    "Protokollname", "Quelle", "Datum", "Ereignis-ID", "Aufgabe", "Ebene", "Vorgangscode", "Schlüsselwort", "Benutzer",
    "Benutzername", "Computer", "Beschreibung",
)  # fmt: skip
PERMITTED = (
    "The Windows Filtering Platform has permitted a connection.\n\nApplication Information:\n\tProcess ID:\t\t2404\n"
    "\tApplication Name:\t\\device\\harddiskvolume3\\x.exe\n\nNetwork Information:\n\tDirection:\t\tOutbound\n"
    "\tSource Address:\t\t172.24.25.12\n\tSource Port:\t\t64543\n\tDestination Address:\t192.0.2.1\n"
    "\tDestination Port:\t\t8443\n\tProtocol:\t\t6\n\nFilter Information:\n\tFilter Run-Time ID:\t67903\n"
    "\tLayer Name:\t\tConnect\n\tLayer Run-Time ID:\t48"
)


@pytest.mark.parametrize("labels", [LABELS, GERMAN])
def test_wevtutil_s_lines_are_read_by_their_places_in_any_language(labels):
    text = wevtutil_text([EVENT], [dns_message(EVENT)], labels)
    assert recognised(text.encode()) == "event_text"
    found = read_all(text.encode(), "event_text")
    assert found.only == [expected(EVENT) | UNTOLD]
    assert found.ledger.note == event_text.NOTE


def test_windows_11_s_heads_have_no_colon():
    text = wevtutil_text([EVENT, EVENT], [dns_message(EVENT)] * 2).replace("]:", "]").replace("\n", "\r\n")
    assert recognised(text.encode("utf-16")) == "event_text"
    assert [row["line"] for row in read_all(text.encode("utf-16"), "event_text").only] == [1, 16]


def test_splunk_s_raw_files_are_read_record_by_record():
    event = Written(time="03/04/2021 05:06:07 AM", fields=EVENT.fields)
    text = splunk_text([event, event], [dns_message(event)] * 2)
    assert recognised(text.encode()) == "event_text"
    untold = UNTOLD | {"record": event.record}
    assert read_all(text.encode(), "event_text").only == [
        expected(event, line=line) | untold for line in (1, 11)
    ]


def test_who_wrote_a_record_of_the_security_log_is_known_in_any_language():
    from trackway.sources import installed

    event = Written(
        event_id=5156,
        channel="Security",
        time="03/04/2021 05:06:07 AM",
        provider="Microsoft Windows-Sicherheitsüberwachung.",
        fields={},
    )
    shapes = [source.shape for source in installed().values()]
    (row,) = read_all(splunk_text([event], [PERMITTED]).encode(), "event_text", shapes).only
    assert (row["ProcessId"], row["DestAddress"], row["DestPort"]) == ("2404", "192.0.2.1", "8443")


def test_what_stands_above_the_first_record_or_breaks_off_is_skipped():
    text = wevtutil_text([EVENT], [dns_message(EVENT)])
    assert read_all(f"C:\\> wevtutil qe x\n{text}".encode(), "event_text").skips == [
        (1, "not a printed event: it has no head")
    ]
    broken = text.partition("  User:")[0]
    assert read_all(broken.encode(), "event_text").skips == [
        (1, "not a whole event: 8 lines of 12 in front of its message")
    ]


def test_a_record_that_never_ends_is_left_out(monkeypatch):
    monkeypatch.setattr(event_text, "LONGEST", 2_000)
    monkeypatch.setattr(pieces, "HEAD", 512)
    monkeypatch.setattr(pieces, "_BLOCK", 1_000)
    text = wevtutil_text([EVENT, EVENT], ["x" * 9_000, dns_message(EVENT)])
    found = read_all(text.encode(), "event_text")
    assert len(found.only) == 1
    assert any("longer than 2,000" in reason for _, reason in found.skips)


def test_a_line_of_the_message_never_takes_the_place_of_one_that_is_missing():
    text = wevtutil_text([EVENT], [f"Somebody wrote:\n  Computer: OTHER\n{dns_message(EVENT)}"])
    short = text.replace("  User Name: NT AUTHORITY\\SYSTEM\n", "")
    assert read_all(short.encode(), "event_text").skips == [
        (1, "not a whole event: 11 lines of 12 in front of its message")
    ]


LISTED = "\r\n\r\nTimeCreated  : 11/27/2021 3:17:39 AM\r\nProviderName : X\r\nId           : 3\r\n"


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_events_that_powershell_printed_as_a_list_are_not_read_and_say_what_to_do(codec):
    content = LISTED.encode(codec)
    assert recognised(content) == "unknown"
    assert "ConvertTo-Json" in remark(content)


@pytest.mark.parametrize("name", ["powershell_transcript.txt", "powershell_transcript_ger.txt"])
def test_a_transcript_of_powershell_says_what_it_is_in_any_language(name):
    content = requires_shared(name).read_bytes()
    assert recognised(content) == "unknown"
    assert "transcript" in remark(content)
