# ruff: noqa: E501  caches are quoted as they are printed
from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from trackway import pipeline
from trackway.errors import UsageError
from trackway.evidence.kinds import recognised
from trackway.formats import KINDS
from trackway.formats.rows import Ledger
from trackway.sources import installed

from ..mutated import endured
from ..told import HOST, balanced, events, permit, requires_shared, rows, traced

COLLECTED = datetime(2021, 11, 27, 3, 24, 19, tzinfo=UTC)
AT = {"collected_at": ["2021-11-27T03:24:19Z"]}
ENGLISH = ("Record Name", "Record Type", "Time To Live ", "Data Length", "Section", "A (Host) Record")
GERMAN = ("Eintragsname", "Eintragstyp", "Gültigkeitsdauer", "Datenlänge", "Abschnitt", "(Host-)A-Eintrag")
SPANISH = (
    "Nombre de registro",
    "Tipo de registro",
    "Período de vida",
    "Longitud de datos",
    "Sección",
    "Un registro (host)",
)
CHINESE = ("记录名称", "记录类型", "生存时间", "数据长度", "部分", "A (主机)记录")


def record(labels, name="perdu.com", kind=1, left=14000, data="208.97.177.124"):
    values = (name, kind, left, 4, "Answer", data)
    return "".join(
        f"    {label} . . . . . : {value}\r\n" for label, value in zip(labels, values, strict=True)
    )


def entry(name, *below):
    return f"    {name}\r\n    {'-' * 40}\r\n" + "\r\n\r\n".join(below) + "\r\n\r\n"


PERDU = "\r\nWindows IP Configuration\r\n\r\n" + entry("perdu.com", record(ENGLISH))


def read(content: bytes):
    ledger = Ledger()
    shapes = [source.shape for source in installed().values()]
    kind = recognised(content)
    return [
        row for part in KINDS[kind](io.BytesIO(content), shapes, ledger) for row in part.batch.to_pylist()
    ], ledger


def lookups(folder, files, **asked):
    return rows(traced(folder, files, **{**AT, **asked}), "lookup")


def answer(folder, content, **asked):
    (lookup,) = lookups(folder, {"cache.txt": content}, **asked)
    return lookup


@pytest.mark.parametrize(
    ("labels", "page"),
    [
        (ENGLISH, "ascii"), (ENGLISH, "utf-16"), (GERMAN, "cp850"), (GERMAN, "utf-8"), (GERMAN, "utf-16"),
        (SPANISH, "cp850"), (CHINESE, "gbk"), (CHINESE, "utf-8-sig"), (CHINESE, "utf-16"),
    ],
)  # fmt: skip
def test_displaydns_is_read_in_any_language_and_code_page(labels, page):
    content = ("\r\nWindows IP\r\n\r\n" + entry("perdu.com", record(labels))).encode(page)
    (row,) = read(content)[0]
    assert [row[name] for name in ("Entry", "Name", "Type", "TimeToLive", "Data", "line")] == [
        "perdu.com", "perdu.com", "1", "14000", "208.97.177.124", 6,
    ]  # fmt: skip


def test_one_heading_may_hold_several_records_with_and_without_a_blank_line():
    alias = record(ENGLISH, "www.a.example", 5, 210, "a.example")
    for between in ("\r\n", ""):
        content = entry("www.a.example", alias + between + record(ENGLISH, "a.example", 1, 210, "192.0.2.7"))
        found = read(content.encode())[0]
        assert [(row["Entry"], row["Name"], row["Type"]) for row in found] == [
            ("www.a.example", "www.a.example", "5"), ("www.a.example", "a.example", "1"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("    No records of type AAAA", ("AAAA", "9701")),
        ("    没有 AAAA 类型的记录", ("AAAA", "9701")),
        ("    Keine Einträge vom Typ AAAA", ("AAAA", "9701")),
        ("    Name does not exist.", (None, "9003")),
        ("    Der Name ist nicht vorhanden.", (None, "9003")),
    ],
)
def test_an_entry_without_records_is_a_negative_answer(line, expected):
    (row,) = read(entry("x.example", line).encode())[0]
    assert (row["Type"], row["Status"]) == expected


def test_a_heading_without_anything_below_is_skipped_and_not_taken_for_an_empty_cache():
    found, ledger = read((entry("x.example") + PERDU).encode())
    assert (len(found), [skip.line for skip in ledger.skips], ledger.seen) == (1, [1], 2)


OBJECT = {
    "Entry": "perdu.com",
    "Name": "perdu.com",
    "Type": 1,
    "Status": 0,
    "Section": 1,
    "TimeToLive": 14000,
    "DataLength": 4,
    "Data": "208.97.177.124",
}
CSV = (
    ",".join(f'"{name}"' for name in OBJECT)
    + "\r\n"
    + ",".join(f'"{value}"' for value in OBJECT.values())
    + "\r\n"
)
LIST = "\r\n\r\n" + "".join(f"{name:<12} : {value}\r\n" for name, value in OBJECT.items()) + "\r\n\r\n"
TABLE = """
Entry                     RecordName                Record Status    Section TimeTo Data L Data
                                                    Type                     Live   ength
-----                     ----------                ------ ------    ------- ------ ------ ----
perdu.com                 perdu.com                 A      Success   Answer   14000      4 208.97.177.124
"""
CLIXML = """<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
  <Obj RefId="0"><TN RefId="0"><T>Microsoft.Management.Infrastructure.CimInstance#root/StandardCimv2/MSFT_DNSClientCache</T></TN>
    <Props><S N="Entry">perdu.com</S><S N="Name">perdu.com</S><U16 N="Type">1</U16><U32 N="Status">0</U32>
    <Nil N="PSComputerName" /><U32 N="TimeToLive">14000</U32><U16 N="DataLength">4</U16><S N="Data">208.97.177.124</S></Props></Obj>
</Objs>"""
FORMS = {
    "json array": json.dumps([OBJECT]), "json object": json.dumps(OBJECT, indent=4), "csv": CSV,
    "csv with #TYPE and mark": "\ufeff#TYPE Selected.CimInstance\r\n" + CSV, "csv semicolon": CSV.replace(",", ";"),
    "kape DnsCache": "Entry,Name,Status,Type,TimeToLive,Data\nperdu.com,perdu.com,Success,A,14000,208.97.177.124\n",
    "list": LIST, "table": TABLE, "clixml": CLIXML,
    "velociraptor": json.dumps({"Name": "perdu.com", "RecordType": 1, "TTL": 14000, "Type": "Answer", "A": "208.97.177.124"}),
    "velociraptor later": json.dumps({"Name": "perdu.com", "Record": "208.97.177.124", "RecordType": "A", "TTL": 14000, "QueryStatus": "Success", "SectionType": "Answer"}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("page", ["utf-8", "utf-16"])
def test_the_same_row_is_read_alike_in_every_form(tmp_path, form, page):
    content = FORMS[form].lstrip("\ufeff") if page == "utf-16" else FORMS[form]
    (lookup,) = lookups(tmp_path, {"x.dat": content.encode(page)}, ttls=["perdu.com=14400,authoritative"])
    assert (lookup["name"], lookup["query_type"], lookup["status"], lookup["addresses"]) == (
        "perdu.com",
        1,
        0,
        ["208.97.177.124"],
    )
    assert lookup["time_from"] == COLLECTED - timedelta(seconds=400)


def test_osquery_says_neither_ttl_nor_address_but_host_and_time(tmp_path):
    row = {
        "name": "dns_cache",
        "hostIdentifier": HOST,
        "unixTime": 1637983459,
        "columns": {"name": "perdu.com", "type": "A", "flags": "8"},
        "action": "added",
    }
    case = traced(tmp_path, {"osqueryd.results.log": json.dumps(row)})
    (lookup,) = rows(case, "lookup")
    assert (lookup["host"], lookup["name"], lookup["addresses"], lookup["time_to"]) == (
        HOST,
        "perdu.com",
        [],
        COLLECTED,
    )
    assert lookup["time_from"] == COLLECTED - timedelta(days=1)


def test_an_original_ttl_gives_an_interval_and_from_the_authority_one_second(tmp_path):
    unknown = answer(tmp_path / "0", PERDU)
    aged = answer(tmp_path / "1", PERDU, ttls=["perdu.com=14400"])
    exact = answer(tmp_path / "2", PERDU, ttls=["PERDU.com.=14400,authoritative"])
    assert (unknown["time_from"], unknown["time_to"]) == (
        COLLECTED - timedelta(seconds=86400 - 14000),
        COLLECTED,
    )
    assert (aged["time_from"], aged["time_to"]) == (COLLECTED - timedelta(seconds=400), COLLECTED)
    assert exact["time_from"] == COLLECTED - timedelta(seconds=400)
    assert exact["time_to"] - exact["time_from"] < timedelta(seconds=1)
    assert "nobody asked for" in unknown["time_reason"]
    assert "had aged" in aged["time_reason"]
    assert "the authority gives 14400 s, of which 14000 were left" in exact["time_reason"]


@pytest.mark.parametrize(
    ("told", "age"), [(13999, 86400 - 14000), (14000, 0), (14001, 1), (100000, 86400 - 14000)]
)
def test_a_ttl_below_what_is_left_is_not_the_original_and_none_is_kept_beyond_a_day(tmp_path, told, age):
    assert answer(tmp_path, PERDU, ttls=[f"perdu.com={told}"])["time_from"] == COLLECTED - timedelta(
        seconds=age
    )


def test_a_chain_lives_as_long_as_its_shortest_name(tmp_path):
    chain = entry(
        "www.a.example",
        record(ENGLISH, "www.a.example", 5, 100, "a.example"), record(ENGLISH, "a.example", 1, 100, "192.0.2.7"),
    )  # fmt: skip
    told = ["www.a.example=3600,authoritative", "a.example=300,authoritative"]
    lookup = answer(tmp_path / "0", chain, ttls=told)
    assert (lookup["addresses"], lookup["cnames"], lookup["query_type"]) == (["192.0.2.7"], ["a.example"], 1)
    assert lookup["time_from"] == COLLECTED - timedelta(seconds=200)
    assert lookup["time_to"] < COLLECTED
    half = answer(tmp_path / "1", chain, ttls=told[:1])
    assert (half["time_from"], half["time_to"]) == (COLLECTED - timedelta(seconds=3500), COLLECTED)


NSLOOKUP = """Server:  dns.example
Address:  192.0.2.53

------------
Got answer:
    HEADER:
        opcode = QUERY, id = 2, rcode = NOERROR
        header flags:  response, {flags}want recursion, recursion avail.
        questions = 1,  answers = 1,  authority records = 0,  additional = 0

    QUESTIONS:
        perdu.com, type = A, class = IN
    ANSWERS:
    ->  perdu.com
        internet address = 208.97.177.124
        ttl = 14400 (4 hours)
------------
"""
DIG = """; <<>> DiG 9.18 <<>> perdu.com
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1
;; flags: qr {flags}rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1

;; QUESTION SECTION:
;perdu.com.\t\t\tIN\tA

;; ANSWER SECTION:
perdu.com.\t\t14400\tIN\tA\t208.97.177.124

;; SERVER: 192.0.2.53#53(192.0.2.53)
"""
RESOLVED = """
Name                                           Type   TTL   Section    IPAddress
----                                           ----   ---   -------    ---------
perdu.com                                      A      14400 Answer     208.97.177.124
"""


@pytest.mark.parametrize(
    ("text", "is_exact"),
    [
        (NSLOOKUP.format(flags=""), False), (NSLOOKUP.format(flags="auth. answer, "), True),
        (DIG.format(flags=""), False), (DIG.format(flags="aa "), True), (RESOLVED, False),
    ],
)  # fmt: skip
def test_the_original_ttl_comes_from_what_somebody_asked(tmp_path, text, is_exact):
    (lookup,) = lookups(tmp_path, {"cache.txt": PERDU, "asked.txt": text}, hosts=["WS7"])
    assert lookup["time_from"] == COLLECTED - timedelta(seconds=400)
    assert (lookup["time_to"] < COLLECTED) is is_exact
    assert lookup["sources"] == ["dns_cache"]


@pytest.mark.parametrize(("left", "count"), [(86400, 1), (86401, 0), (407599, 0)])
def test_a_row_that_outlives_every_answer_is_the_hosts_files_and_no_lookup(tmp_path, left, count):
    content = entry("local.example", "    No records of type AAAA") + entry(
        "local.example", record(ENGLISH, "local.example", 1, left, "10.0.0.5")
    )
    found = lookups(tmp_path, {"cache.txt": content})
    assert sum(row["addresses"] == ["10.0.0.5"] for row in found) == count
    assert (len(found) == 0) is (count == 0)


def test_a_cache_row_is_offered_to_the_connections_of_its_interval_behind_what_was_witnessed(tmp_path):
    seen = {
        "EventID": 22, "SourceName": "Microsoft-Windows-Sysmon", "Channel": "Microsoft-Windows-Sysmon/Operational", "Hostname": HOST,
        "EventTime": "2021-11-27T03:17:39.9+00:00", "UtcTime": "2021-11-27 03:17:39.100", "ProcessId": "20220",
        "ProcessGuid": "{6c6ba3a4-0000-0000-0000-000000000001}", "QueryName": "other.example", "QueryStatus": "0", "QueryResults": "208.97.177.124;", "Image": "x.exe",
    }  # fmt: skip
    made = permit("2021-11-27T03:17:39.485+00:00")
    case = traced(
        tmp_path / "0", {"a.json": events(made), "c.txt": PERDU}, ttls=["perdu.com=14400,authoritative"], **AT
    )
    (story,) = rows(case, "story")
    assert [(name["name"], name["basis"]) for name in story["names"]] == [("perdu.com", "address+time")]
    assert story["names"][0]["confidence"] >= 0.5
    (lookup,) = rows(case, "lookup")
    assert (lookup["process"], lookup["host"]) == (None, HOST)
    case = traced(
        tmp_path / "1", {"a.json": events(made, seen), "c.txt": PERDU}, ttls=["perdu.com=14400"], **AT
    )
    (story,) = rows(case, "story")
    names = story["names"]
    assert [name["name"] for name in names] == ["other.example", "perdu.com"]
    assert names[0]["confidence"] >= names[1]["confidence"]


@pytest.mark.parametrize(("second", "count"), [(-3, 0), (-1, 1), (0, 1), (14399, 1), (14402, 0)])
def test_a_connection_before_the_lookup_or_after_its_end_is_not_offered_the_name(tmp_path, second, count):
    moment = COLLECTED + timedelta(seconds=second - 400)
    case = traced(
        tmp_path,
        {"a.json": events(permit(moment.isoformat())), "c.txt": PERDU},
        ttls=["perdu.com=14400,authoritative"],
        **AT,
    )
    (story,) = rows(case, "story")
    assert len(story["names"]) == count


def test_the_time_of_collection_is_the_collectors_then_the_users_then_the_files(tmp_path):
    files = {"cache.txt": PERDU}
    path = tmp_path / "evidence" / "cache.txt"
    traced(tmp_path, files)
    os.utime(path, (1637983000, 1637983000))
    (row,) = rows(pipeline.trace([path], tmp_path / "case", force=True), "dns_observation")
    assert (row["recorded"], row["recorded_basis"]) == (datetime(2021, 11, 27, 3, 16, 40), "file time")  # noqa: DTZ001  as written
    (row,) = rows(pipeline.trace([path], tmp_path / "case", force=True, **AT), "dns_observation")
    assert (row["recorded"].replace(tzinfo=UTC), row["recorded_basis"]) == (COLLECTED, "option")


def test_the_time_of_a_member_of_a_zip_is_local_and_takes_the_zone_of_the_host(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("dns_cache.txt", (2021, 11, 27, 4, 24, 18)), PERDU)
    case = traced(tmp_path, {"c.zip": buffer.getvalue()}, timezones=["+01:00"])
    (lookup,) = rows(case, "lookup")
    assert lookup["time_to"].replace(microsecond=0) == COLLECTED - timedelta(seconds=1)


@pytest.mark.parametrize(
    "text", ["perdu.com", "=5", "perdu.com=-1", "perdu.com=99999999999", "perdu.com=5,maybe"]
)
def test_a_ttl_that_is_none_is_refused_in_one_line(tmp_path, text):
    with pytest.raises(UsageError, match="--ttl"):
        traced(tmp_path, {"cache.txt": PERDU}, ttls=[text])


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("displaydns_en_small.txt", 3), ("get_dnsclientcache_en_fmt_table.txt", 6),
        ("get_dnsclientcache_fmt_table_narrow.txt", 5), ("velociraptor_dnscache.jsonl", 10),
    ],
)  # fmt: skip
def test_a_real_cache_is_read_in_full(tmp_path, name, seen):
    file = balanced(traced(tmp_path, {name: requires_shared(name).read_bytes()}))
    assert (file["seen"], file["used"], file["skipped"]) == (seen, seen, 0)


@pytest.mark.parametrize("form", ["displaydns", "nslookup", "dig", *FORMS])
def test_what_is_damaged_gives_the_rest_and_its_counts_add_up(form):
    endured({"displaydns": PERDU * 3, "nslookup": NSLOOKUP, "dig": DIG, **FORMS}[form])


TRANSLATED = """Serveur :   dns.example
Address:  192.0.2.53

------------
Got answer:
    EN-T\xcaTE :
        opcode = QUERY, id = 2, rcode = NOERROR
        indicateurs d'en-t\xeate : r\xe9ponse, demande de r\xe9cursion
        questions = 1,  r\xe9ponses = 2,  enregistrements d'autorit\xe9 = 1,  suppl. = 0

    R\xc9PONSES :
    ->  www.perdu.com
        nom canonique = perdu.com
        dur\xe9e de vie = 300 (5 min)
    ->  perdu.com
        adresse internet = 208.97.177.124
        dur\xe9e de vie = 14400 (4 heures)
    ENREGISTREMENTS D'AUTORIT\xc9 :
    ->  perdu.com
        serveur de noms = ns1.example
        dur\xe9e de vie = 86400 (1 jour)
"""


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp850", "cp1252"])
def test_nslookup_is_read_by_its_build_in_any_language(tmp_path, codec):
    case = traced(tmp_path, {"x.txt": TRANSLATED.encode(codec)})
    told = [
        (row["name"], row["query_type"], row["ttl_original"], row["authoritative"], row["servers"])
        for row in rows(case, "dns_observation")
    ]
    assert told == [
        ("www.perdu.com", 5, 300, False, ["192.0.2.53"]),
        ("perdu.com", 1, 14400, False, ["192.0.2.53"]),
    ]


@pytest.mark.parametrize(("left", "count"), [(13900, 1), (13902, 1), (13898, 1), (13903, 2), (13897, 2)])
def test_two_dumps_of_one_cache_life_are_one_look_up_that_came_before_the_first(tmp_path, left, count):
    permitted = events(permit("2021-11-27T03:17:39.250+00:00"))
    for name, content, moment in (
        ("a.jsonl", permitted, 0),
        ("a.txt", PERDU.encode(), 1637983459),
        ("b.txt", PERDU.replace("14000", str(left)).encode(), 1637983559),
    ):
        (tmp_path / name).write_bytes(content)
        os.utime(tmp_path / name, (moment, moment))
    found = rows(pipeline.trace([tmp_path], tmp_path.with_name("case"), force=True), "lookup")
    assert len(found) == count
    assert min(look_up["time_to"] for look_up in found) == datetime(2021, 11, 27, 3, 24, 19, 999_999, UTC)
    assert max(len(look_up["evidence"]) for look_up in found) == 3 - count
