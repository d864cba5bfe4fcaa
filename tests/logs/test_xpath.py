"""What Windows takes for a query, and what it refuses, with the place and the reason."""

from __future__ import annotations

import pytest

from trackway.logs.search import expressions
from trackway.logs.trap import rewritten
from trackway.logs.xpath import QueryError, parse

TAKEN = {
    "*": "*",
    " * [ EventData[ Data[@Name='QueryName'] and (Data='perdu.com')] ] ": (
        "*[EventData[Data[@Name='QueryName'] and Data='perdu.com']]"
    ),
    "*[UserData/LowOnMemory]": "*[UserData/LowOnMemory]",
    "*[System/Level=1]": "*[System/Level=1]",
    '*[UserData/*/PrinterName="MyPrinter" and System/Level=1]': (
        "*[UserData/*/PrinterName='MyPrinter' and System/Level=1]"
    ),
    "*[System[(Level <= 3) and TimeCreated[timediff(@SystemTime) <= 86400000]]]": (
        "*[System[Level <= 3 and TimeCreated[timediff(@SystemTime) <= 86400000]]]"
    ),
    "Event/System[EventID=3006 or EventID=3020]": "Event/System[EventID=3006 or EventID=3020]",
    "Event[System[band(Keywords,4503599627370496)]]": "Event[System[band(Keywords, 4503599627370496)]]",
    "*[EventData/Data[2]='x']": "*[EventData/Data[position()=2]='x']",
    "*[EventData[Data[position()<=2]='x']]": "*[EventData[Data[position() <= 2]='x']]",
    "*[child::System[attribute::x=1]]": "*[System[@x=1]]",
    "*[3006=System/EventID]": "*[System/EventID=3006]",
    "*[86400000 > System/TimeCreated]": "*[System/TimeCreated < 86400000]",
    "*[System/EventID=1 and System/Level=2 or System/Level=3]": (
        "*[System/EventID=1 and System/Level=2 or System/Level=3]"
    ),
    "*[(System/EventID=1 or System/EventID=2) and System/Level=3]": (
        "*[(System/EventID=1 or System/EventID=2) and System/Level=3]"
    ),
    "*[System/EventID=0x10]": "*[System/EventID=0x10]",
    '*[EventData/Data/text()="it\'s"]': '*[EventData/Data/text()="it\'s"]',
}

REFUSED = {
    "": (1, "starts with * or Event"),
    "System[EventID=1]": (1, "starts with * or Event"),
    "'*'": (1, "starts with * or Event"),
    "/Event": (1, "not with a slash"),
    "//Data": (1, "not with a slash"),
    "*[System[EventID=1]": (20, "not closed by ]"),
    "*[(System/Level=1]": (18, "not closed by )"),
    "*[System/Level=1]]": (18, "nothing is expected here"),
    "* | *": (3, "no paths with |"),
    "*[System | EventData]": (10, "no paths with |"),
    "*[.//Data]": (3, "named elements and attributes only"),
    "*[EventData//Data]": (12, "step by step"),
    "*[EventData/..]": (13, "never goes up"),
    "*[EventData/Data=$x]": (18, "no variables"),
    "*[System/EventID=1+1]": (19, "does not calculate"),
    "*[System/EventID mod 2=1]": (18, "does not calculate"),
    "*[EventData/Data='x]": (18, "quotation mark is not closed"),
    "*[System/EventID &gt; 3]": (18, "from an XML file"),
    "*[descendant::Data]": (13, "no axis descendant"),
    "*[not(System)]": (3, "no function not()"),
    "*[EventData[contains(Data,'x')]]": (13, "no function contains()"),
    "*[last()]": (3, "no function last()"),
    "*[System[EventID]=]": (19, "the name of an element is expected"),
    "*[e:System]": (4, "no namespaces"),
    "*[1]": (2, "counts leaf elements only"),
    "*[System[position()=1]]": (9, "counts leaf elements only"),
    "*[System/EventID=System/Task]": (3, "with a literal only"),
    "*[1=1]": (3, "with a literal only"),
    "*['x']": (3, "a comparison is expected"),
    "*[band(System/Keywords,1)=1]": (3, "condition by itself"),
    "*[band(1)]": (3, "two arguments"),
    "*[timediff(1,2,3)=1]": (3, "one or two times"),
    "*[timediff(System/A,System/B) > 1]": (3, "must be a literal"),
    "*[timediff(System/A) > 'x']": (3, "compare it with one"),
    "*[System/@Name/x]": (16, "end of a path"),
    "*[" + "(" * 200: (67, "nested deeper"),
}


@pytest.mark.parametrize("query", TAKEN)
def test_what_windows_documents_is_taken(query: str) -> None:
    assert str(parse(query)) == TAKEN[query]


@pytest.mark.parametrize("query", TAKEN)
def test_a_query_is_written_so_that_it_reads_the_same(query: str) -> None:
    assert parse(str(parse(query))) == parse(query)


@pytest.mark.parametrize("query", REFUSED)
def test_what_windows_refuses_is_refused_with_place_and_reason(query: str) -> None:
    place, reason = REFUSED[query]

    with pytest.raises(QueryError) as refused:
        parse(query)

    assert str(refused.value).startswith(f"--xpath, character {place}: ")
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        (
            "*[EventData[Data[@Name='QueryName'] and (Data='perdu.com')]]",
            "*[EventData[Data[@Name='QueryName']='perdu.com']]",
        ),
        (
            "*[System/EventID=3006 and EventData[Data='a' and Data[@Name='x'] and Data='b']]",
            "*[System/EventID=3006 and EventData[Data[@Name='x']='a' and Data[@Name='x']='b']]",
        ),
    ],
)
def test_two_conditions_that_need_not_meet_in_one_field_are_noticed(query: str, meant: str) -> None:
    assert str(rewritten(parse(query))) == meant


@pytest.mark.parametrize(
    "query",
    [
        "*[EventData[Data[@Name='QueryName']='perdu.com']]",
        "*[EventData[Data[@Name='QueryName'] or Data='perdu.com']]",
        "*[EventData[Data[@Name='a']='x' and Data='y']]",
        "*[EventData[Data[@Name='a'] and Data[@Name='b'] and Data='y']]",
        "*[EventData[Data[@Name='a'] and Data[2]='y']]",
    ],
)
def test_a_query_that_says_what_it_means_is_left_alone(query: str) -> None:
    assert rewritten(parse(query)) is None


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("*", 1),
        ("*[System/EventID=1]", 1),
        ("*[System[EventID=1 or EventID=2]]", 2),
        ("*[EventData[Data[@Name='a']='b']]", 2),
    ],
)
def test_expressions_are_counted_as_windows_limits_them(query: str, count: int) -> None:
    assert expressions(parse(query)) == count
