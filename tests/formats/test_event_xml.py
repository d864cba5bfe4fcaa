from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackway.evidence.kinds import recognised
from trackway.formats import markup, pieces

from .exports import SYSMON, Written, expected, read_all
from .test_event_forms import EVENTS
from .texts import SCHEMA, XML_FORMS, element, viewer_xml, wevtutil

forms = pytest.mark.parametrize("form", XML_FORMS, ids=lambda form: form.__name__)
VISIBLE = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
CLEAN = st.builds(
    lambda event, fields: replace(event, computer="WS7", fields=fields),
    EVENTS,
    st.dictionaries(
        st.sampled_from(["QueryName", "QueryType", "QueryResults"]),
        st.text(VISIBLE, min_size=1).map(lambda text: f"[{text}]"),
    ),
)  # fmt: skip


def rows(text: str | bytes, kind: str = "xml") -> list[dict[str, object]]:
    return read_all(text.encode() if isinstance(text, str) else text, kind).only


@forms
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_program_s_xml_gives_the_same_rows(form, encoding):
    events = [Written(record=1), Written(record=2)]
    content = form(events).encode(encoding)
    assert recognised(content) == "xml"
    found = read_all(content, "xml")
    assert [row | {"line": 0} for row in found.only] == [expected(event, line=0) for event in events]
    assert found.ledger.note is None


@settings(max_examples=80, deadline=None)
@given(st.lists(CLEAN, max_size=4), st.sampled_from(XML_FORMS))
def test_what_is_written_as_xml_is_read_back(events, form):
    assert [row | {"line": 0} for row in rows(form(events))] == [expected(event, line=0) for event in events]


def test_a_record_is_found_at_the_line_where_it_starts():
    text = "<Events>\n\n" + element(Written()).replace("><", ">\n<") + "\n" + element(Written()) + "</Events>"
    height = element(Written()).count("><")
    assert [row["line"] for row in rows(text)] == [3, 3 + height + 1]


@pytest.mark.parametrize("size", [1, 7, 33])
def test_where_a_block_ends_does_not_matter(monkeypatch, size):
    monkeypatch.setattr(pieces, "HEAD", 16 + size)
    monkeypatch.setattr(pieces, "_BLOCK", size)
    assert len(rows(viewer_xml([Written()] * 3))) == 3


def test_user_data_and_nameless_data_are_read_as_in_json():
    user = "<UserData><EventXML xmlns='Event_NS'><QueryName>a.example</QueryName></EventXML></UserData>"
    (row,) = rows(element(Written(), user))
    assert row["QueryName"] == "a.example"
    data = "<EventData><Data>one</Data><Data>two</Data></EventData>"
    event = Written(provider="PowerShell", channel="Windows PowerShell", event_id=400)
    (row,) = rows(element(event, data))
    assert row["Data"] == "one\ntwo"


def test_the_rendered_message_is_taken_where_a_source_asks_for_it():
    event = Written(provider="PowerShell", channel="Windows PowerShell", event_id=400, fields={})
    (row,) = rows(viewer_xml([event]))
    assert row["Message"] == "DNS"


def test_an_entity_is_never_expanded_and_a_document_type_does_nothing():
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    text = bomb + element(Written(fields={"QueryName": "A"})).replace("A<", "&a;&b;<")
    found = read_all(text.encode(), "xml")
    assert found.only == []
    assert "undefined entity" in found.skips[0][1]


@pytest.mark.parametrize("bad", ["&#x1;", "&#0;", "\x02", "&#xFFFF;", "&#55296;"])
def test_characters_that_xml_forbids_become_replacements_and_are_counted(bad):
    found = read_all(element(Written(fields={"QueryName": "a?b"})).replace("?", bad).encode(), "xml")
    assert [row["QueryName"] for row in found.only] == ["a\ufffdb"]
    assert found.ledger.note == "1 records with characters that XML forbids, replaced by U+FFFD"


def test_bytes_of_another_code_page_cost_only_themselves():
    found = read_all(element(Written(fields={"QueryName": "a?b"})).encode().replace(b"?", b"\xfc"), "xml")
    assert [row["QueryName"] for row in found.only] == ["a\ufffdb"]


def test_a_broken_record_costs_only_itself():
    whole = element(Written())
    for broken in (whole[:-9], whole.replace("</System>", ""), whole.replace("<EventData>", "<EventData")):
        found = read_all((whole + broken + whole).encode(), "xml")
        assert len(found.only) == 2, broken
        assert len(found.skips) == 1


def test_a_record_that_nobody_asks_for_is_not_parsed():
    found = read_all(wevtutil([Written(event_id=9)]).replace("</System>", "").encode(), "xml")
    assert (found.ledger.seen, found.ledger.ignored, found.skips) == (1, 1, [])


def test_a_record_that_is_too_long_is_measured_and_left_out(monkeypatch):
    monkeypatch.setattr(markup, "LONGEST", 4000)
    long = element(Written(fields={"QueryName": "a" * 5000}))
    found = read_all((element(Written()) + long + element(Written())).encode(), "xml")
    assert len(found.only) == 2
    assert found.skips[0][1].startswith("a record of 5,")


def test_xml_without_events_is_not_taken_for_an_export():
    assert recognised(b'<?xml version="1.0"?><Task><Event>no</Event></Task>') == "unknown"
    assert recognised(f"<x xmlns='{SCHEMA}'/>".encode()) == "unknown"


def test_sysmon_records_keep_both_process_identifiers():
    event = Written(event_id=3, provider="Microsoft-Windows-Sysmon", channel="S", fields={"ProcessId": "77"})
    assert rows(element(event)) == [expected(event, SYSMON)]
