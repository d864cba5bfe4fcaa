"""Windows' semantics on single events, on both sides of each boundary."""

from __future__ import annotations

import pytest

from trackway.formats.whole import Element
from trackway.formats.whole.ticks import moment
from trackway.logs.lenient import matcher as lenient_matcher
from trackway.logs.match import matcher
from trackway.logs.xpath import QueryError, parse

from .events import event

PRINTER = event(
    user="<Print xmlns='p'><PrinterName>MyPrinter</PrinterName><Pages>12</Pages></Print>", level=1
)
FIELDS = event(
    "<Data Name='QueryName'>perdu.com</Data><Data Name='ProcessId'>0x1F4</Data><Data Name='Big'>18446744073709551615"
    "</Data><Data Name='Text'>abc</Data><Data Name='Guid'>{0B8F529F-960B-59AB-0000-0010850B0100}</Data><Data/>"
    "<Data>first</Data><Data>second</Data><Data Name='When'>2021-11-27T03:17:40Z</Data>"
)

CASES = [
    (event(), "*", True),
    (event(), "Event", True),
    (event(), "Event/System/EventID", True),
    (event(), "Event/UserData", False),
    (event(), "*[System[EventID=3006]]", True),
    (event(), "*[System[EventID=3007]]", False),
    (event(), "*[System[EventID='3006']]", True),
    (event(), "*[System[EventID=3006.0]]", True),
    (event(), "*[System[EventID=0xbbe]]", True),
    (event(), "*[System[eventid=3006]]", False),
    (event(), "*[System[Provider[@Name='Microsoft-Windows-DNS-Client']]]", True),
    (event(), "*[System[Provider[@Name='microsoft-windows-dns-client']]]", False),
    (event(), "*[System/Provider/@Guid='{1c95126e-7eea-49a9-a3fe-a378b03ddb4d}']", True),
    (event(), "*[System/Security/@UserID='s-1-5-18']", True),
    (event(), "*[System/Security/@UserID!='S-1-5-18']", False),
    (event(), "*[System/Security/@UserID!='S-1-5-19']", True),
    (event(), "*[System/Computer!='S-1-5-19']", False),
    (event(), "*[System/Computer!='x']", True),
    (event(), "*[System/Computer!=5]", True),
    (event(), "*[System/Computer < 5 or System/Computer >= 5]", False),
    (event(), "*[System[TimeCreated[@SystemTime='2021-11-27T03:17:39.1234567Z']]]", True),
    (event(), "*[System[TimeCreated[@SystemTime='2021-11-27T03:17:39.123456700Z']]]", True),
    (event(), "*[System[TimeCreated[@SystemTime>='2021-11-27T03:17:39.1234567Z']]]", True),
    (event(), "*[System[TimeCreated[@SystemTime>'2021-11-27T03:17:39.1234567Z']]]", False),
    (event(), "*[System[TimeCreated[@SystemTime<='2021-11-27T03:17:39.1234566Z']]]", False),
    (event(), "*[System/Level < '2021-11-27T03:17:39Z']", False),
    (event(keywords="0x8020000000000000"), "*[System[band(Keywords,9007199254740992)]]", True),
    (event(keywords="0x8010000000000000"), "*[System[band(Keywords,9007199254740992)]]", False),
    (event(keywords="0x8010000000000000"), "*[System[band(Keywords,13510798882111488)]]", True),
    (event(keywords="0x8010000000000000"), "*[System/Keywords='0x8010000000000000']", True),
    (event(keywords="0x8010000000000000"), "*[System/Keywords=9227875636482146304]", True),
    (event(keywords="0x8010000000000000"), "*[System/Keywords=9227875636482146305]", False),
    (PRINTER, "*[UserData/*/PrinterName='MyPrinter' and System/Level=1]", True),
    (PRINTER, "*[UserData/*/PrinterName='MyPrinter' and System/Level=2]", False),
    (PRINTER, "*[UserData/Print/Pages > 11]", True),
    (PRINTER, "*[UserData/Print/Pages > 12]", False),
    (PRINTER, "*[UserData/Print='MyPrinter12']", False),  # only a leaf has a value
    (FIELDS, "*[EventData[Data[@Name='QueryName']='perdu.com']]", True),
    (FIELDS, "*[EventData[Data[@Name='Text']='perdu.com']]", False),
    (FIELDS, "*[EventData[Data[@Name='Text'] and Data='perdu.com']]", True),  # two different Data
    (FIELDS, "*[EventData/Data='abc']", True),
    (FIELDS, "*[EventData/Data='ABC']", False),
    (FIELDS, "*[EventData/Data[@Name='ProcessId']=500]", True),
    (FIELDS, "*[EventData/Data[@Name='ProcessId']='0x1f4']", True),
    (FIELDS, "*[EventData/Data[@Name='ProcessId']='500']", False),
    (FIELDS, "*[EventData/Data[@Name='Big']=18446744073709551615]", True),
    (FIELDS, "*[EventData/Data[@Name='Big']=18446744073709551614]", False),
    (FIELDS, "*[EventData/Data[@Name='Guid']='{0b8f529f-960b-59ab-0000-0010850b0100}']", True),
    (FIELDS, "*[EventData/Data[7]='first']", True),
    (FIELDS, "*[EventData/Data[position()>7]='first']", False),
    (FIELDS, "*[EventData/Data[@Name][6]]", True),
    (FIELDS, "*[EventData/Data[@Name][7]]", False),
    (FIELDS, "*[EventData/Data='']", True),
    (FIELDS, "*[EventData/Data/text()='first']", True),
    (FIELDS, "*[EventData/Data[@Name='When' and timediff('2021-11-27T03:17:39Z', .)=1]]", None),
    (FIELDS, "*[EventData[timediff(Data,'2021-11-27T03:17:41Z')=1000]]", True),
    (FIELDS, "*[EventData[timediff('2021-11-27T03:17:41Z',Data)=-1000]]", True),
    (FIELDS, "*[EventData/@Name]", False),
]  # fmt: skip


@pytest.mark.parametrize(("root", "query", "selected"), CASES, ids=[query for _, query, _ in CASES])
def test_an_event_is_selected_as_windows_selects_it(root: Element, query: str, selected: bool | None) -> None:
    if selected is None:
        with pytest.raises(QueryError):
            parse(query)
    else:
        assert matcher(parse(query), None)(root) is selected


@pytest.mark.parametrize(("age", "selected"), [(86_399_999, True), (86_400_000, True), (86_400_001, False)])
def test_timediff_counts_milliseconds_from_now(age: int, selected: bool) -> None:
    time = moment("2021-11-27T03:17:39.1234567Z")
    assert time
    query = parse("*[System[TimeCreated[timediff(@SystemTime) <= 86400000]]]")

    assert matcher(query, time.ticks + age * 10_000)(event()) is selected


@pytest.mark.parametrize(
    ("query", "selected"),
    [
        ("*[EventData/Data[contains(., 'perdu')]]", True),
        ("*[EventData/Data[contains(., 'nobody')]]", False),
        ("//Data[@Name='QueryName'][starts-with(., 'perdu')]", True),
        ("/Event/System[EventID + 1 = 3007]", True),
        ("count(//Data) = 1", True),
        ("*[System[band(Keywords, 9223372036854775808)]]", True),
        ("*[System/TimeCreated[timediff(@SystemTime) < 1000]]", True),
        ("*[not(System)]", False),
    ],
)
def test_lenient_takes_what_windows_refuses(query: str, selected: bool) -> None:
    now = moment("2021-11-27T03:17:40Z")
    assert now
    assert lenient_matcher(query, now.ticks)(event()) is selected


@pytest.mark.parametrize("query", ["*[", "*[nobody()]", "*[$x]"])
def test_what_is_no_xpath_at_all_is_one_line(query: str) -> None:
    with pytest.raises(QueryError, match="--xpath"):
        lenient_matcher(query, None)(event())
