from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackway.evidence.kinds import recognised
from trackway.formats import local_dates, records

from .exports import Written, expected, read_all
from .texts import dns_message, element, evtxecmd_csv, hayabusa_csv, table, viewer_csv, winevent_csv

SENTINEL = Path(__file__).parents[2] / "../shared/data/text/sentinel_4688_export.csv"


def rows(text: str, encoding: str = "utf-8") -> list[dict[str, object]]:
    content = text.encode(encoding)
    assert recognised(content) == "csv"
    return read_all(content, "csv").only


def test_evtxecmd_s_table_gives_the_same_rows_as_its_json():
    events = [Written(record=1, fields={"QueryName": 'a "b", c', "QueryType": "1"}), Written(record=2)]
    unsaid = {"activity_id": None, "event_version": None}
    shown = [expected(event, line=line) | unsaid for line, event in enumerate(events, 2)]
    assert rows(evtxecmd_csv(events)) == shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_found_out(encoding, delimiter):
    names = ["EventID", "ProviderName", "MachineName", "QueryName"]
    text = table(names, [[3008, "Microsoft-Windows-DNS-Client", "WS7", "übung.example"]], delimiter)
    (row,) = rows(text, encoding)
    assert (row["computer"], row["QueryName"], row["line"]) == ("WS7", "übung.example", 2)


@pytest.mark.parametrize("prefix", ["", "sep=;\r\n", "#TYPE Selected.System.X\r\n", "\r\n"])
def test_a_line_for_excel_or_powershell_may_stand_before_the_names(prefix):
    text = prefix + table(
        ["Id", "ProviderName", "QueryName"], [[3008, "Microsoft-Windows-DNS-Client", "a"]], ";"
    )
    assert [row["line"] for row in rows(text)] == [3 if prefix else 2]


def test_get_winevent_tells_its_values_by_the_message():
    event = Written(fields={"QueryName": "perdu.com", "QueryType": "28", "QueryResults": "::ffff:192.0.2.1;"})
    row = expected(event, line=3)
    assert rows(winevent_csv([event], [dns_message(event)])) == [row]


def test_a_message_that_cannot_be_read_is_a_skip_and_not_a_row_without_values():
    found = read_all(winevent_csv([Written()], ["Eine DNS-Abfrage wurde beendet."]).encode(), "csv")
    assert found.only == []
    assert "values without names" in found.skips[0][1]


@pytest.mark.parametrize(
    "names",
    [
        "Level,Date and Time,Source,Event ID,Task Category",
        "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie",
    ],
)
def test_event_viewer_s_table_is_known_in_any_language(names):
    event = Written(time="10/22/2020 6:21:38 PM")
    (row,) = rows(viewer_csv([event], [dns_message(event)], names))
    assert (row["time_text"], row["QueryName"], row["computer"]) == ("2020-10-22 18:21:38", "perdu.com", None)


def test_a_message_over_several_lines_is_one_record():
    event = Written(
        provider="PowerShell", channel="Windows PowerShell", event_id=400, time="1/2/2020 1:02:03 PM"
    )
    text = viewer_csv([event, event], ['Engine state\r\n\tHostName=a, "b"\r\n\r\nend'] * 2)
    assert [(row["line"], row["Message"]) for row in rows(text)] == [
        (2, "Engine state\r\n\tHostName=a, \"b\"\r\n\r\nend"),
        (6, "Engine state\r\n\tHostName=a, \"b\"\r\n\r\nend"),
    ]  # fmt: skip


def test_hayabusa_s_table_has_the_fields_by_name():
    event = Written(time="2021-03-04 05:06:07.891 +09:00")
    (row,) = rows(hayabusa_csv([event]))
    assert (row["QueryName"], row["record"]) == ("perdu.com", 42)
    assert row["time_text"] == "2021-03-04 05:06:07.891+09:00"


def test_a_table_of_something_else_is_not_taken_for_one_of_events():
    for text in (
        "a,b\n1,2\n",
        "Id,Name\n1,x\n",
        "Entry,Colour,Size\nx,y,z\n",
        "Eins,Zwei,Drei,Vier,Fünf\n1,2,3,4,5,6\n",
    ):
        assert recognised(text.encode()) == "unknown"


def lines_of(*lines: str) -> bytes:
    return ("EventID,ProviderName,QueryName\n" + "\n".join(lines) + "\n").encode()


WHOLE = "3008,Microsoft-Windows-DNS-Client,a.example"


@pytest.mark.parametrize("broken", ["3008,Microsoft-Windows-DNS-Client", "1,2,3,4", '3008,"x",y,z'])
def test_a_record_with_other_fields_than_names_is_a_skip(broken):
    found = read_all(lines_of(WHOLE, broken, WHOLE), "csv")
    assert [row["line"] for row in found.only] == [2, 4]
    assert found.skips[0][0] == 3
    assert "fields for 3 columns" in found.skips[0][1]


def test_a_missing_quotation_mark_costs_one_record_and_not_those_it_swallows():
    quoted = '3008,"Microsoft-Windows-DNS-Client","a\nb"'
    found = read_all(lines_of(WHOLE, '3008,"Microsoft-Windows-DNS-Client,x', WHOLE, quoted, WHOLE), "csv")
    assert [row["line"] for row in found.only] == [2, 4, 7]  # of the record below, half is swallowed
    assert [line for line, _ in found.skips] == [3, 6]


def test_a_missing_quotation_mark_swallows_no_more_than_the_longest_record(monkeypatch):
    monkeypatch.setattr(records, "LONGEST", 400)
    broken = '3008,"Microsoft-Windows-DNS-Client,x'
    found = read_all(lines_of(*([WHOLE] * 5), broken, *([WHOLE] * 100)), "csv")
    assert len(found.only) == 105
    assert len(found.skips) == 1


def test_excel_s_empty_fields_at_the_end_do_not_matter():
    assert len(read_all(lines_of(WHOLE + ",,"), "csv").only) == 1


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\ufffd"), min_size=1).filter(
                str.strip
            ),
            st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffd"), min_size=1).filter(
                str.strip
            ),
        ),
        max_size=6,
    ),
    st.sampled_from(",;\t"),
)
def test_what_is_written_as_a_table_is_read_back(values, delimiter):
    names = ["EventID", "ProviderName", "MachineName", "QueryName", "QueryResults"]
    text = table(names, [[3008, "Microsoft-Windows-DNS-Client", "WS7", *pair] for pair in values], delimiter)
    found = read_all(text.encode(), "csv")
    assert [(row["QueryName"], row["QueryResults"]) for row in found.only] == values
    assert found.skips == []


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from('ab",\n\r'), max_size=60))
def test_records_are_cut_where_the_csv_module_cuts_them(text):
    whole = text.count('"') % 2 == 0
    cut = [raw.decode() for _, raw, _ in records.records([text.encode()])]
    assert "".join(cut) == "".join(line for line in cut)
    if whole:
        lone = [part for part in text.split("\n") if part.strip()]
        assert sum(1 for _ in cut) <= len(lone)
        assert all(part.count('"') % 2 == 0 for part in cut)


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["5/6/2020 1:02:03 PM", "5/13/2020 1:02:03 PM"], False),
        (["5/6/2020 01:02:03", "13/5/2020 01:02:03"], True),
    ],
)
def test_the_dates_of_a_file_tell_their_order(texts, first):
    assert local_dates.day_first(texts) is first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10/22/2020 6:21:38 AM", "2020-10-22 06:21:38"),
        ("10/22/2020 12:21:38 AM", "2020-10-22 00:21:38"),
        ("10/22/2020 12:21:38 PM", "2020-10-22 12:21:38"),
        ("2020/10/22 6:21:38", "2020-10-22 06:21:38"),
        ("2020/10/22 下午 6:21:38", "2020-10-22 18:21:38"),
        ("2020. 10. 22. 오후 6:21:38", "2020-10-22 18:21:38"),
        ("2020-10-22T06:21:38.485Z", "2020-10-22T06:21:38.485Z"),
        ("yesterday", "yesterday"),
        ("13/13/2020 1:00:00", "13/13/2020 1:00:00"),
    ],
)
def test_a_printed_date_becomes_iso(text, expected):
    assert local_dates.iso(text, is_day_first=False) == expected


@pytest.mark.parametrize("text", ["22.10.2020 06:21:38", "22/10/2020 6:21:38", "22-10-2020 6:21:38"])
def test_a_day_in_front_becomes_iso(text):
    assert local_dates.iso(text, is_day_first=True) == "2020-10-22 06:21:38"


def test_dates_that_are_right_either_way_are_said(tmp_path):
    event = Written(time="5/6/2020 6:21:38 AM")
    found = read_all(viewer_csv([event], [dns_message(event)]).encode(), "csv")
    assert found.only[0]["time_text"] == "2020-05-06 06:21:38"
    assert found.ledger.note == (
        "dates such as '5/6/2020 6:21:38 AM' are read as month/day/year; no date in the file tells"
    )
    british = Written(time="5/6/2020 16:21:38")
    found = read_all(viewer_csv([british], [dns_message(british)]).encode(), "csv")
    assert found.only[0]["time_text"] == "2020-06-05 16:21:38"


@pytest.mark.skipif(not SENTINEL.exists(), reason="the shared recordings are not beside this repository")
def test_sentinel_s_table_is_read_in_full():
    from trackway.sources import installed

    found = read_all(SENTINEL.read_bytes(), "csv", [source.shape for source in installed().values()])
    with SENTINEL.open(newline="", encoding="utf-8") as stream:
        written = list(csv.DictReader(stream))
    assert [row["NewProcessId"] for row in found.rows["security_process"]] == [
        row["NewProcessId"] for row in written
    ]
    assert all(str(row["time_text"]).endswith("+00:00") for row in found.only)


def test_a_record_with_nul_bytes_is_read_without_them():
    found = read_all(lines_of(WHOLE.replace("a.ex", "a\0.ex")), "csv")
    assert found.only[0]["QueryName"] == "a.example"


def test_a_number_that_two_providers_use_is_read_for_the_one_that_is_asked_for():
    names = ["EventID", "ProviderName", "LogName", "MachineName", "QueryName"]
    log = "Microsoft-Windows-DNS-Client/Operational"
    rows_ = [
        [3008, "Another-Provider", "Another/Log", "WS7", "a"],
        [3008, "Microsoft-Windows-DNS-Client", log, "WS7", "b"],
    ]
    found = read_all(table(names, rows_).encode(), "csv")
    assert ([row["QueryName"] for row in found.only], found.ledger.ignored) == (["b"], 1)


def test_what_the_portal_of_azure_prints_is_utc():
    head = ["TimeGenerated [UTC]", "Source", "EventLog", "EventID", "Computer", "EventData"]
    data = '{"QueryName":"perdu.com"}'
    dns = Written()
    (row,) = rows(table(head, [["2/25/2025, 9:19:25.391 PM", dns.provider, dns.channel, 3008, "WS7", data]]))
    assert (row["QueryName"], row["time_text"]) == ("perdu.com", "2025-02-25 21:19:25.391+00:00")


def test_splunk_s_and_timesketch_s_tables_hold_the_whole_event():
    event = Written(fields={"QueryName": 'a "b", c', "QueryType": "1"})
    shown = [expected(event, line=2)]
    assert rows(table(["_raw", "_time", "sourcetype"], [[element(event), "x", "XmlWinEventLog"]])) == shown
    assert rows(table(["data_type", "xml_string"], [["windows:evtx:record", element(event)]])) == shown


def test_kibana_s_dates_have_months_in_words():
    head = ["@timestamp", "winlog.event_id", "winlog.channel", "winlog.event_data.QueryName"]
    text = table(head, [["Sep 5, 2024 @ 10:37:50.123", 3008, Written().channel, "perdu.com"]])
    (row,) = rows(text)
    assert (row["time_text"], row["QueryName"]) == ("2024-09-05 10:37:50.123", "perdu.com")


def test_defender_s_tables_in_sentinel_are_defender_s():
    from trackway.sources import installed

    head = [
        "TimeGenerated [UTC]",
        "DeviceName",
        "ActionType",
        "RemoteIP",
        "InitiatingProcessCreationTime [UTC]",
    ]
    times = ["25/2/2025, 09:19:25.391", "25/2/2025, 09:19:20.391"]
    text = table(head, [[times[0], "ws7", "ConnectionSuccess", "203.0.113.7", times[1]]])
    assert recognised(text.encode()) == "csv"
    found = read_all(text.encode(), "csv", [source.shape for source in installed().values()])
    (row,) = found.rows["defender_network"]
    assert (row["RemoteIP"], row["time_text"]) == ("203.0.113.7", "2025-02-25 09:19:25.391+00:00")
    assert row["InitiatingProcessCreationTime"] == "2025-02-25 09:19:20.391Z"
