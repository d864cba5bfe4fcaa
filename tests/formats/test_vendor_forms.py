from __future__ import annotations

import json

import pytest

from trackway.evidence.kinds import recognised
from trackway.formats.unnamed import from_message, from_properties

from .exports import DNS, SYSMON, Written, expected, get_winevent, lines, nxlog, read_all
from .texts import clixml, dns_message, element, table

SECURITY = "Microsoft-Windows-Security-Auditing"
SYSMON_MESSAGE = (
    "Network connection detected:\r\nRuleName: -\r\nUtcTime: 2020-09-17 03:39:42.421\r\nProcessId: 3368\r\n"
    "Image: C:\\a b.exe\r\nUser: NT AUTHORITY\\SYSTEM"
)
CREATED = (
    "A new process has been created.\r\n\r\nCreator Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tAccount Name:\t\tA$\r\n"
    "\tAccount Domain:\t\tD\r\n\tLogon ID:\t\t0x3E7\r\n\r\nTarget Subject:\r\n\tSecurity ID:\t\tS-1-0-0\r\n"
    "\tAccount Name:\t\t-\r\n\tAccount Domain:\t\t-\r\n\tLogon ID:\t\t0x0\r\n\r\nProcess Information:\r\n"
    "\tNew Process ID:\t\t0x1b70\r\n\tNew Process Name:\tC:\\x.exe\r\n\tToken Elevation Type:\t%%1938\r\n"
    "\tMandatory Label:\t\tS-1-16-8192\r\n\tCreator Process ID:\t0x1c50\r\n\tCreator Process Name:\tC:\\y.exe\r\n"
    "\tProcess Command Line:\t?\r\n\r\nToken Elevation Type indicates the type of token."
)


def test_splunk_s_xml_is_the_event():
    record = {"preview": False, "result": {"_raw": element(Written()), "host": "collector", "_time": "x"}}
    assert read_all(lines(record)).only == [expected(Written())]


def test_splunk_s_text_is_read_by_its_message():
    event = Written()
    raw = (
        f"03/04/2021 05:06:07 AM\nLogName={event.channel}\nEventCode=3008\nEventType=4\nComputerName={event.computer}\n"
        f"SourceName={event.provider}\nRecordNumber=42\nMessage={dns_message(event)}"
    )
    found = {"_raw": raw, "_time": "2021-03-04T05:06:07.000-0500", "EventCode": "3008"}
    (row,) = read_all(lines({"result": found})).only
    assert (row["QueryName"], row["record"], row["computer"]) == ("perdu.com", 42, event.computer)
    assert (row["time_text"], row["ingested_text"]) == ("03/04/2021 05:06:07 AM", found["_time"])


def test_plaso_s_events_are_the_elements_they_were_made_of():
    record = {
        "data_type": "windows:evtx:record",
        "event_identifier": 3008,
        "xml_string": f"{element(Written())}\n",
    }
    assert read_all(lines(record)).only == [expected(Written())]


def test_splunk_s_extracted_fields_are_read_where_nothing_is_raw():
    event = Written()
    result = {"EventCode": "3008", "source": f"XmlWinEventLog:{event.channel}", "host": "WS7", **event.fields}
    (row,) = read_all(lines({"result": result})).only
    assert (row["QueryName"], row["computer"], row["channel"]) == ("perdu.com", "WS7", event.channel)


def test_hayabusa_s_json_is_read():
    event = Written(channel="Microsoft-Windows-Sysmon/Operational", event_id=3)
    record = {
        "Timestamp": "2021-03-04 05:06:07.891 +00:00", "RuleTitle": "x", "Computer": "WS7", "Channel": "Sysmon",
        "EventID": 3, "RecordID": 42, "AllFieldInfo": {"ProcessId": 77, "Image": "C:\\a.exe"},
    }  # fmt: skip
    (row,) = read_all(lines(record)).only
    assert (row["ProcessId"], row["Image"], row["channel"]) == ("77", "C:\\a.exe", event.channel)


def test_wazuh_s_alerts_are_read_and_their_values_unescaped():
    event = Written(channel="Microsoft-Windows-Sysmon/Operational", event_id=3)
    system = {
        "providerName": "Microsoft-Windows-Sysmon", "eventID": "3", "version": "5", "systemTime": event.time,
        "eventRecordID": "42", "processID": "4711", "channel": event.channel, "computer": "WS7",
    }  # fmt: skip
    data = {"processId": "77", "image": r"C:\\Windows\\a \"b\".exe", "user": r"WS7\\alice"}
    alert = {
        "timestamp": "2021-03-04T05:06:09.000+0000",
        "data": {"win": {"system": system, "eventdata": data}},
    }
    (row,) = read_all(lines({"_index": "wazuh-alerts", "_source": alert})).only
    assert [row[name] for name in SYSMON.fields] == ["77", r'C:\Windows\a "b".exe', r"WS7\alice"]
    assert (row["record"], row["computer"], row["time_text"], row["header_pid"]) == (
        42,
        "WS7",
        event.time,
        4711,
    )


@pytest.mark.parametrize("prefix", ["winlogbeat_winlog_", "winlogbeat_"])
def test_graylog_s_messages_are_read(prefix):
    event = Written()
    header = {
        "event_id": 3008,
        "channel": event.channel,
        "provider_name": event.provider,
        "computer_name": "WS7",
    }
    message = {"timestamp": event.time, "source": "collector"}
    message |= {prefix + name: value for name, value in header.items()}
    message |= {f"{prefix}event_data_{name}": value for name, value in event.fields.items()}
    (row,) = read_all(lines(message)).only
    assert (row["QueryName"], row["computer"], row["time_text"]) == ("perdu.com", "WS7", event.time)


@pytest.mark.parametrize(
    "head",
    [
        "<134>1 2021-03-04T05:06:07-05:00 ws7.example WindowsEvent - - - ",
        "<13>Mar  4 05:06:07 ws7 nxlog: ",
        "2021-03-04T05:06:07.123456+00:00 ws7 sysmon ",
    ],
)
def test_what_a_relay_wrote_in_front_of_a_record_is_passed_over(head):
    event = Written()
    text = head.encode() + lines(nxlog(event)) + head.encode() + lines(nxlog(event))
    assert recognised(text) == "json"
    assert read_all(text).only == [expected(event, line=line) for line in (1, 2)]


def test_nxlog_s_time_of_arrival_counts_where_it_has_a_zone():
    event = Written(time="2021-03-04 05:06:07")
    (local, zoned) = read_all(
        lines(nxlog(event), nxlog(event) | {"EventReceivedTime": "2021-03-04T05:06:08-04:00"})
    ).only
    assert (local["ingested_text"], zoned["ingested_text"]) == (None, "2021-03-04T05:06:08-04:00")


@pytest.mark.parametrize(
    "data",
    [
        '<DataItem type="x"><EventData xmlns="x"><Data Name="QueryName">perdu.com</Data></EventData></DataItem>',
        '{"QueryName":"perdu.com"}',
    ],
)
def test_sentinel_s_data_is_read_whether_xml_or_json(data):
    event = Written()
    record = {
        "TimeGenerated": "2021-03-04T05:06:07.891Z", "Source": event.provider, "EventLog": event.channel,
        "EventID": 3008, "Computer": "WS7", "EventData": data, "RenderedDescription": "x",
    }  # fmt: skip
    (row,) = read_all(lines(record)).only
    assert (row["QueryName"], row["time_text"]) == ("perdu.com", "2021-03-04T05:06:07.891+00:00")


def test_sentinel_s_security_table_needs_no_provider():
    from trackway.sources import installed

    record = {
        "TimeGenerated": "2019-01-15 05:24:24.010",
        "EventID": 4688,
        "Computer": "a",
        "NewProcessId": "0x1610",
    }
    found = read_all(lines(record), shapes=[source.shape for source in installed().values()])
    assert [row["NewProcessId"] for row in found.rows["security_process"]] == ["0x1610"]


def test_objects_of_powershell_are_read_by_their_message():
    event = Written(
        fields={"QueryName": "perdu.com", "QueryType": "1", "QueryResults": "type:  5 b;192.0.2.1;"}
    )
    text = clixml([event, event], [dns_message(event), "…"])
    assert recognised(text.encode("utf-16")) == "clixml"
    found = read_all(text.encode("utf-16"), "clixml")
    assert found.only == [expected(event, line=2)]
    assert "values without names" in found.skips[0][1]


def test_an_object_whose_end_is_missing_does_not_swallow_the_next():
    text = clixml([Written()] * 3, [dns_message(Written())] * 3)
    first_end = text.index("  </Obj>\r\n  <Obj")
    found = read_all((text[:first_end] + text[first_end + len("  </Obj>\r\n") :]).encode(), "clixml")
    assert len(found.only) >= 2
    assert found.skips


def test_other_objects_of_powershell_are_not_taken_for_events():
    text = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S>x</S></Objs>'
    assert recognised(text.encode()) == "unknown"


def test_values_without_names_are_named_by_the_order_of_the_template():
    record = get_winevent(Written(fields={}))
    values = ["perdu.com", 1, 1073766400, 0, "::ffff:192.0.2.1;"]
    record |= {"Properties": [{"Value": value} for value in values], "Message": "in Fremdsprache"}
    (row,) = read_all(lines(record)).only
    assert [row[name] for name in DNS.fields] == ["perdu.com", "1", "::ffff:192.0.2.1;"]


def test_another_number_of_values_is_not_guessed():
    assert from_properties("Microsoft-Windows-DNS-Client", 3008, ["perdu.com", 1]) is None
    newest = ["1", "a", "%%14593", "192.0.2.1", 1, "192.0.2.2", 2, 6, 0, "x", 48, "s", "s", 0, 0]
    assert from_properties(SECURITY, 5156, newest)


def test_sysmon_s_message_names_its_values():
    event = Written(event_id=3, provider="Microsoft-Windows-Sysmon", channel="S", fields={})
    (row,) = read_all(lines(get_winevent(event) | {"Message": SYSMON_MESSAGE})).only
    assert [row[name] for name in SYSMON.fields] == ["3368", "C:\\a b.exe", "NT AUTHORITY\\SYSTEM"]
    assert row["header_pid"] == 4711


@pytest.mark.parametrize("language", ["English", "French", "Japanese"])
def test_a_security_message_is_read_in_any_language(language):
    text = CREATED.replace("?", "x.exe a: b")
    if language != "English":
        text = text.replace(":\t", " :\t" if language == "French" else "\uff1a\t")
        text = text.replace("Name", "Nom").replace("ID", "Id")
    named = from_message(SECURITY, 4688, text)
    assert named is not None
    assert (named["NewProcessId"], named["ProcessId"], named["CommandLine"]) == (
        "0x1b70",
        "0x1c50",
        "x.exe a: b",
    )
    assert named["ParentProcessName"] == "C:\\y.exe"


def test_a_value_that_pretends_to_be_another_makes_the_message_unreadable():
    assert from_message(SECURITY, 4688, CREATED.replace("?", "x\r\n\tNew Process ID:\t\t0x4")) is None
    forged = SYSMON_MESSAGE.replace("C:\\a b.exe", "C:\\a.exe\r\nUser: someone else")
    assert from_message("Microsoft-Windows-Sysmon", 3, forged) is None


def test_a_script_block_s_message_is_read():
    text = (
        "Creating Scriptblock text (1 of 2):\r\nGet-Item\r\n\r\nx\r\n\r\n"
        "ScriptBlock ID: 6b1f0000-0000-0000-0000-000000000001\r\nPath: C:\\a.ps1"
    )
    named = from_message("Microsoft-Windows-PowerShell", 4104, text)
    assert named == {
        "MessageNumber": "1", "MessageTotal": "2", "ScriptBlockText": "Get-Item\r\n\r\nx",
        "ScriptBlockId": "6b1f0000-0000-0000-0000-000000000001", "Path": "C:\\a.ps1",
    }  # fmt: skip


def test_get_eventlog_s_strings_are_the_values_in_order():
    record = {
        "EventID": 3008, "MachineName": "WS7", "Index": 42, "EntryType": 4, "Source": "Microsoft-Windows-DNS-Client",
        "TimeGenerated": "/Date(1600378056000)/", "Message": "", "ReplacementStrings": ["perdu.com", "1", "0", "0", ""],
    }  # fmt: skip
    (row,) = read_all(json.dumps([record]).encode()).only
    assert (row["QueryName"], row["record"], row["computer"]) == ("perdu.com", 42, "WS7")


def test_osquery_s_events_are_read_with_the_host_and_the_time_of_the_event():
    event = Written()
    columns = {
        "datetime": event.time,
        "source": event.channel,
        "provider_name": event.provider,
        "computer_name": event.computer,
        "eventid": str(event.event_id),
        "data": json.dumps({"EventData": event.fields}),
    }
    (row,) = read_all(
        lines({"name": "events", "hostIdentifier": "x", "unixTime": 1, "columns": columns})
    ).only
    assert (row["QueryName"], row["computer"]) == ("perdu.com", event.computer)
    assert row["time_text"] == "2021-03-04T05:06:07.891+00:00"


def test_log_parser_s_strings_are_the_values_in_order():
    names = (
        "EventLog RecordNumber TimeGenerated EventID EventType SourceName Strings ComputerName SID Message"
    )
    head = [DNS.channels[0], 7, "2021-03-04 05:06:07", 3006, 4, DNS.providers[0]]
    rows = [
        [*head, strings, "WS7", "", ""] for strings in ("perdu.com|1|1||0|0|0|0", "perdu|com|1|1||0|0|0|0")
    ]
    found = read_all(table(names.split(), rows).encode(), "csv")
    assert [(row["QueryName"], row["record"], row["time_text"]) for row in found.only] == [
        ("perdu.com", 7, "2021-03-04 05:06:07")
    ]
    assert len(found.skips) == 1


def test_velociraptor_s_tables_hold_the_data_as_json():
    event = Written()
    names = ["EventTime", "Computer", "Channel", "Provider", "EventID", "EventRecordID", "EventData"]
    row = [event.time, event.computer, event.channel, event.provider, 3008, 42, json.dumps(event.fields)]
    (found,) = read_all(table(names, [row]).encode(), "csv").only
    assert (found["QueryName"], found["record"], found["time_text"]) == ("perdu.com", 42, event.time)


def test_aurora_s_findings_hold_the_event_flattened():
    event = {
        "EventID": "3008",
        "Provider_Name": DNS.providers[0],
        "Computer": "WS7",
        "Execution_ProcessID": "6052",
        "TimeCreated_SystemTime": "2025-07-29T05:58:20.0211596Z",
        "QueryName": "perdu.com",
    }
    (row,) = read_all(lines({"level": "trace", "source": "WinEventLog:x", "event": event})).only
    assert (row["QueryName"], row["header_pid"]) == ("perdu.com", 6052)
    assert (row["computer"], row["time_text"]) == ("WS7", event["TimeCreated_SystemTime"])
