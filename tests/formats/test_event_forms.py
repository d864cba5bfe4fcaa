from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackway.evidence.kinds import recognised

from .exports import (
    DNS,
    FORMS,
    POWERSHELL,
    SHAPES,
    SYSMON,
    Json,
    Written,
    evtx_dump,
    expected,
    get_winevent,
    lines,
    nxlog,
    read_all,
    winlogbeat_6,
    winlogbeat_7,
)

forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
EVENTS = st.builds(
    Written,
    event_id=st.sampled_from([3006, 3008]),
    computer=TEXT.filter(str.strip),
    record=st.integers(0, 2**63 - 1),
    version=st.integers(0, 255),
    pid=st.integers(0, 2**32 - 1),
    fields=st.fixed_dictionaries({}, optional={"QueryName": TEXT, "QueryType": TEXT, "QueryResults": TEXT}),
)


@forms
def test_every_form_gives_the_same_row(form):
    event = Written()
    found = read_all(lines(form(event)))
    assert found.rows == {"dns": [expected(event)]}
    assert found.ledger.note is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(EVENTS, st.sampled_from(FORMS)), max_size=6), st.sampled_from(["utf-8", "utf-16"]))
def test_what_is_written_in_any_form_is_read_back(events, encoding):
    text = "".join(json.dumps(form(event), ensure_ascii=False) + "\n" for event, form in events)
    found = read_all(text.encode(encoding))
    assert found.only == [expected(event, line=line) for line, (event, _) in enumerate(events, start=1)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(EVENTS, st.sampled_from(FORMS)), max_size=5), st.sampled_from([None, 0, 2]))
def test_an_array_gives_the_same_rows_as_lines(events, indent):
    array = json.dumps([form(event) for event, form in events], indent=indent)
    by_line = read_all(lines(*(form(event) for event, form in events))).only
    assert [row | {"line": 0} for row in read_all(array.encode()).only] == [
        row | {"line": 0} for row in by_line
    ]


@forms
def test_letter_case_of_names_does_not_matter(form):
    def shouted(node: object) -> object:
        if isinstance(node, dict):
            return {name.upper(): shouted(value) for name, value in node.items()}
        return node

    record = shouted(form(Written()))
    if form.__name__ == "evtxecmd":
        pytest.skip("its fields are a text inside the record")
    assert read_all(lines(record)).rows == {"dns": [expected(Written())]}  # type: ignore[arg-type]


@forms
def test_a_record_of_another_provider_or_number_is_ignored(form):
    other = replace(Written(), provider="Other", channel="Other/Operational")
    found = read_all(lines(form(other), form(replace(Written(), event_id=1)), form(Written())))
    assert (len(found.only), found.ledger.ignored, found.ledger.seen) == (1, 2, 3)


def test_a_record_without_provider_is_known_by_its_log():
    record = nxlog(Written())
    del record["SourceName"]
    assert read_all(lines(record)).only == [expected(Written()) | {"provider": None}]


def test_a_record_from_another_log_is_known_by_its_provider():
    event = replace(Written(), channel="ForwardedEvents")
    assert read_all(lines(nxlog(event))).only == [expected(event)]


def test_an_own_process_id_wins_over_the_header_in_a_flat_record():
    event = Written(event_id=3, provider="Microsoft-Windows-Sysmon", channel="S", fields={"ProcessId": "77"})
    (row,) = read_all(lines(nxlog(event))).only
    assert (row["ProcessId"], row["header_pid"]) == ("77", 4711)
    (row,) = read_all(lines(get_winevent(event))).only
    assert (row["ProcessId"], row["header_pid"]) == ("77", None)


def test_an_old_nxlog_header_is_told_from_the_field_by_its_spelling():
    record = {
        "EventID": 3, "SourceName": "Microsoft-Windows-Sysmon", "EventTime": "2021-03-04 05:06:07",
        "ProcessID": 2900, "ProcessId": "77",
    }  # fmt: skip
    for shuffled in (record, dict(reversed(record.items()))):
        (row,) = read_all(lines(shuffled)).only
        assert (row["ProcessId"], row["header_pid"]) == ("77", 2900)


def test_another_spelling_of_a_field_is_still_the_field():
    record = {"EventID": 22, "Channel": "Microsoft-Windows-Sysmon/Operational", "ProcessID": "77"}
    (row,) = read_all(lines(record)).only
    assert (row["ProcessId"], row["header_pid"]) == ("77", None)


def test_a_time_of_arrival_is_kept_where_it_is_another():
    record = nxlog(replace(Written(), time="2020-09-17 17:45:41")) | {
        "@timestamp": "2020-09-17T21:45:42.742Z"
    }
    (row,) = read_all(lines(record)).only
    assert (row["time_text"], row["ingested_text"]) == ("2020-09-17 17:45:41", "2020-09-17T21:45:42.742Z")


def test_a_timestamp_that_is_the_only_time_is_the_time():
    record = {
        "@timestamp": "2020-09-17T21:45:42Z",
        "EventID": 3008,
        "SourceName": "Microsoft-Windows-DNS-Client",
    }
    (row,) = read_all(lines(record)).only
    assert (row["time_text"], row["ingested_text"]) == ("2020-09-17T21:45:42Z", None)


@pytest.mark.parametrize(
    "time", ["/Date(1600378056000)/", {"value": "/Date(1600378056000)/", "DateTime": "x"}]
)
def test_a_time_of_powershell_is_kept_as_written(time):
    (row,) = read_all(lines(get_winevent(Written()) | {"TimeCreated": time, "@timestamp": None})).only
    assert row["time_text"] == "/Date(1600378056000)/"


def test_an_account_stands_in_where_there_is_no_sid():
    record = nxlog(replace(Written(), sid="")) | {"AccountName": "SYSTEM", "Domain": "NT AUTHORITY"}
    beat = winlogbeat_6(Written()) | {"user": {"name": "eva", "domain": "CORP"}}
    assert [row["header_user"] for row in read_all(lines(record, beat)).only] == [
        "NT AUTHORITY\\SYSTEM",
        "CORP\\eva",
    ]


def test_values_without_names_are_a_skip_that_says_so():
    record = get_winevent(replace(Written(), fields={})) | {
        "Properties": [{"Value": "perdu.com"}, {"Value": 1}]
    }
    found = read_all(lines(record))
    assert not found.only
    assert found.ledger.skips[0].record == Written().record
    assert found.skips[0][1].startswith("values without names")


def test_the_process_of_the_header_is_no_value_of_an_event_without_names():
    event = Written(event_id=3, provider="Microsoft-Windows-Sysmon", channel="S", fields={})
    record = get_winevent(event) | {"Properties": [{"Value": "x"}]}
    assert read_all(lines(record)).skips[0][1].startswith("values without names")


def test_the_account_of_the_header_is_no_field_of_an_event_without_data():
    record = winlogbeat_6(Written(event_id=3, provider="Microsoft-Windows-Sysmon", channel="S"))
    del record["event_data"]
    (row,) = read_all(lines(record)).only
    assert (row["User"], row["ProcessId"], row["header_pid"]) == (None, None, 4711)


def test_values_without_names_do_no_harm_beside_named_ones():
    record = get_winevent(Written()) | {"Properties": [{"Value": "perdu.com"}]}
    assert len(read_all(lines(record)).only) == 1


@pytest.mark.parametrize(
    "data",
    [
        {"Data": ["Available", "None", "HostApplication=powershell"]},
        {"Data": {"#text": ["Available", "None", "HostApplication=powershell"]}},
        {"Data": [{"#text": "Available"}, {"#text": "None"}, {"#text": "HostApplication=powershell"}]},
        {"Data": "Available\nNone\nHostApplication=powershell"},
        {"param1": "Available", "param2": "None", "param3": "HostApplication=powershell"},
        ["Available", "None", "HostApplication=powershell"],
        "Available\nNone\nHostApplication=powershell",
    ],
)
@pytest.mark.parametrize("form", [evtx_dump, winlogbeat_6, winlogbeat_7], ids=lambda form: form.__name__)
def test_fields_without_names_are_lines_of_data(form, data):
    event = Written(event_id=400, provider="PowerShell", channel="Windows PowerShell", fields=data)
    assert read_all(lines(form(event))).only[0]["Data"] == "Available\nNone\nHostApplication=powershell"


@pytest.mark.parametrize("key", ["message", "Message"])
@pytest.mark.parametrize(
    "form", [nxlog, evtx_dump, winlogbeat_6, winlogbeat_7], ids=lambda form: form.__name__
)
def test_a_rendered_text_is_found(form, key):
    event = Written(event_id=400, provider="PowerShell", channel="Windows PowerShell", fields={})
    assert read_all(lines(form(event) | {key: "Engine state"})).only[0]["Message"] == "Engine state"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"as it is"', "as it is"),
        ('""', ""),
        ("null", None),
        ("1", "1"),
        ("true", "true"),
        ("false", "false"),
        ("1.50", "1.50"),
        ("1e400", "1e400"),
        ("NaN", "NaN"),
        ("18446744073709551615", "18446744073709551615"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("9" * 5000, "9" * 5000),
        ('["a", "b"]', '["a","b"]'),
        ('{"a": {"b": null}}', '{"a":{"b":null}}'),
        ('"\\ud800 lone"', "\ufffd lone"),
        ('["\\ud800"]', '["\ufffd"]'),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ('"\\u0000"', "\0"),
        ('"\u2028"', "\u2028"),
    ],
)
def test_a_value_becomes_the_text_that_stands_for_it(value, text):
    record = lines(nxlog(replace(Written(), fields={"QueryName": "?"}))).replace(b'"?"', value.encode())
    assert read_all(record).only[0]["QueryName"] == text


@pytest.mark.parametrize(
    "number", ["99999999999999999999999", "-1", "1e3", "x", "0x1a", "4711.0", "true", "{}"]
)
def test_a_number_that_is_none_is_absent_and_the_record_is_kept(number):
    record = lines(nxlog(Written())).replace(
        b'"ExecutionProcessID": 4711', b'"ExecutionProcessID": ' + json_of(number)
    )
    wanted = {"-1": -1, "0x1a": 26, "4711.0": 4711, "1e3": 1000}
    assert read_all(record).only[0]["header_pid"] == wanted.get(number)


def json_of(number: str) -> bytes:
    return (
        number.encode() if number[-1] in "0123456789.}" or number == "true" else json.dumps(number).encode()
    )


def test_of_two_equal_keys_the_last_one_wins():
    record = lines(nxlog(Written())).replace(b'"QueryName"', b'"QueryName": "first.example", "QueryName"')
    assert read_all(record).only == [expected(Written())]


def test_of_two_spellings_the_one_that_is_asked_for_wins():
    record = nxlog(Written())
    for shuffled in ({"queryname": "other", **record}, {**record, "QUERYNAME": "other"}):
        assert read_all(lines(shuffled)).only[0]["QueryName"] == "perdu.com"


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"EventID": 3008},
        {"Channel": "Security"},
        {"EventID": None, "Channel": "x"},
        {"EventID": -1, "Channel": "x"},
    ],
)
def test_an_object_without_number_and_log_is_no_event(record: Json):
    found = read_all(lines(record, nxlog(Written()), record))
    assert found.skips == [(1, "JSON, but not an event record"), (3, "JSON, but not an event record")]


def test_a_shape_without_rows_gives_no_batch_and_the_shapes_do_not_mix():
    events = [
        Written(),
        Written(event_id=22, provider="Microsoft-Windows-Sysmon", fields={"Image": "C:\\a.exe"}),
    ]
    found = read_all(lines(*map(nxlog, events)))
    assert [list(rows[0])[-1] for rows in found.rows.values()] == [DNS.fields[-1], SYSMON.fields[-1]]
    assert POWERSHELL in SHAPES


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_numbers_that_evtx_dump_writes_above_its_records_are_no_records(ending):
    events = [Written(record=number) for number in range(1, 4)]
    text = "".join(
        f"Record {event.record}{ending}{json.dumps(evtx_dump(event), indent=2)}{ending}" for event in events
    ).encode()
    assert recognised(text) == "json"
    found = read_all(text)
    assert [row["record"] for row in found.only] == [1, 2, 3]
    assert found.skips == []
    assert [line for line, _ in read_all(text + b"Record X\n{}").skips] != []
