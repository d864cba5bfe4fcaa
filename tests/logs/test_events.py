"""`trackway events`: the catalogue, messages, and what evidence itself tells about events."""

from __future__ import annotations

import csv
import io
import json
import struct
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trackway import cli
from trackway.logs import messages
from trackway.logs.catalogue import catalogue, definition, vocabulary
from trackway.logs.learn import Described, Field, listing, manifest, news, program, wevtutil
from trackway.sources import installed

from .events import event, export, line

DNS = "Microsoft-Windows-DNS-Client"
FACTS = Path(__file__).parents[2] / "../shared/docs/dns_client_events.csv"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfdbinary: Any) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["events", *map(str, arguments)])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def test_dns_client_is_complete() -> None:
    known = [each for each in catalogue().values() if each.provider == DNS]

    assert len(known) == 106
    assert sum(len(each.parameters) for each in known) == 552


@pytest.mark.skipif(not FACTS.is_file(), reason="the facts are not beside this repository")
def test_every_parameter_of_dns_client_is_the_one_of_the_facts() -> None:
    with FACTS.open(encoding="utf-8", newline="") as facts:
        for fact in csv.DictReader(facts):
            known = definition(DNS, int(fact["event_id"]))
            assert known
            parameter = known.parameters[int(fact["parameter_position"]) - 1]
            assert (parameter.name, parameter.type) == (fact["parameter_name"], fact["type"])
            assert ("added in event version" in fact["description"]) is (parameter.since_version > 0)


def test_every_event_that_is_interpreted_is_in_the_catalogue() -> None:
    known = set(catalogue())
    missing = {
        (source.name, number)
        for source in installed().values()
        for number in source.shape.events
        if source.shape.providers
        and not any((provider.lower(), number) in known for provider in source.shape.providers)
    }

    assert not missing, "add them to logs/catalogue/events.csv"


def test_every_field_of_a_message_is_a_parameter_with_its_codes() -> None:
    for known in catalogue().values():
        names = {parameter.name for parameter in known.parameters}
        for part in known.message.split("{")[1:]:
            assert part.partition("}")[0] in names, (known.provider, known.event_id)
        for parameter in known.parameters:
            assert not parameter.codes or vocabulary(parameter.codes), parameter


def test_what_is_interpreted_says_what_it_means_for_a_connection() -> None:
    for source in installed().values():
        for provider in source.shape.providers:
            for number in source.shape.events:
                known = definition(provider, number)
                if known:
                    assert known.connection, (provider, number)


def test_a_legacy_id_is_known_by_its_low_bits() -> None:
    assert definition(DNS, 0x80000000 | 1014) == definition(DNS, 1014) != None  # noqa: E711


def test_a_message_has_its_fields_inserted_and_its_codes_in_words() -> None:
    data = "<Data Name='QueryName'>perdu.com</Data><Data Name='QueryType'>28</Data><Data Name='QueryStatus'>9003</Data>"

    said = messages.CATALOGUE.of(event(data, event_id=3008))

    assert said
    assert said.startswith("Look-up of perdu.com, type 28 (AAAA), ended: 9003 (NXDOMAIN")
    assert said.endswith("results ?")  # a field that the record does not hold


@pytest.mark.parametrize(
    ("template", "given", "said"),
    [
        ("Name %1 timed out%n%tafter %2 s", ["perdu.com", "4"], "Name perdu.com timed out\n\tafter 4 s"),
        ("%1!s! %%14593 %%99999", ["x"], "x outbound %%99999"),
        ("%1 and %3", ["%%14592"], "inbound and %3"),
        ("100%% of %1%.", ["it"], "100% of it."),
        ("%11", list("abcdefghijk"), "k"),
    ],
)
def test_windows_own_messages_have_their_parameters_inserted(
    template: str, given: list[str], said: str
) -> None:
    assert messages.by_position(template, given) == said


def test_query_options_are_named_bit_by_bit() -> None:
    assert (
        messages.in_words("query_options", "1073766400") == "1073766400 (address configuration, dual stack)"
    )


def test_the_catalogue_is_shown_in_every_format(run: Run) -> None:
    assert "wire query result" in run("DNS-Client", "--id", "3020")[1]
    rows = list(csv.DictReader(io.StringIO(run(DNS, "--format", "csv")[1])))
    assert len(rows) == 106
    found = [
        json.loads(each)
        for each in run("dns-client", "--id", "3006-3008", "--format", "jsonl")[1].splitlines()
    ]
    assert [each["event_id"] for each in found] == [3006, 3007, 3008]
    assert found[0]["parameters"][0]["name"] == "QueryName"


def test_a_search_looks_into_parameters(run: Run) -> None:
    found = json.loads(run("--search", "queryblob", "--format", "json")[1])

    assert {each["provider"] for each in found} == {DNS}
    assert 3020 in {each["event_id"] for each in found}


def test_an_unknown_provider_is_one_line_and_exit_code_1(run: Run) -> None:
    code, out, err = run("Nobody")

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "Nobody: the catalogue has no such provider" in err


def test_an_id_that_no_event_has_is_said(run: Run) -> None:
    assert run("DNS-Client", "--id", "3017") == (0, "", "trackway: no event of the catalogue matches\n")


def test_records_tell_names_versions_counts_and_what_is_new(tmp_path: Path, run: Run) -> None:
    new = line(record=3, time="2022-01-01T00:00:00Z", fields={"Surprise": "1"})
    new["Event"]["System"]["Version"] = 9
    path = export(tmp_path / "a.json", line(record=1), line(record=2, time="2021-11-28T00:00:00Z"), new)

    found = json.loads(run("--from", path, "--format", "json")[1])

    assert [(each["version"], each["records"]) for each in found] == [(0, 2), (9, 1)]
    assert (found[0]["first"], found[0]["last"]) == (
        "2021-11-27T03:17:39.123456Z",
        "2021-11-28T00:00:00.000000Z",
    )
    assert [each["name"] for each in found[0]["fields"]] == ["QueryName", "QueryType"]
    assert found[0]["differs"] == []
    assert found[1]["differs"] == [
        "version 9, while the catalogue ends at 0: read its fields with care",
        "field Surprise, which the catalogue does not have",
    ]


@pytest.mark.parametrize(
    ("provider", "event_id", "expected"),
    [
        (DNS, 3017, ["an event that the catalogue does not have"]),
        ("Somebody-Else", 1, []),
        (DNS, 3006, []),
    ],
)
def test_an_event_is_news_where_its_provider_is_known(
    provider: str, event_id: int, expected: list[str]
) -> None:
    described = Described(provider=provider, event_id=event_id, version=0, learned_from="manifest")

    assert news(described) == expected


MANIFEST = b"""<instrumentationManifest xmlns="http://schemas.microsoft.com/win/2004/08/events"
 xmlns:win="http://manifests.microsoft.com/win/2004/08/windows/events"><instrumentation><events>
<provider name="Contoso" guid="{0b8f529f-960b-59ab-0000-0010850b0100}" symbol="C">
<channels><channel chid="o" name="Contoso/Operational" type="Operational"/></channels>
<templates><template tid="t"><data name="Address" inType="win:UnicodeString"/><data name="Port" inType="win:UInt16"/>
</template></templates>
<events><event value="7" version="2" channel="o" level="win:Warning" template="t" message="$(string.m)"/></events>
</provider></events></instrumentation>
<localization><resources culture="en-US"><stringTable><string id="m" value="To %1:%2"/></stringTable></resources>
</localization></instrumentationManifest>"""

GP_XML = b"""<provider name="Contoso" guid="0b8f529f-960b-59ab-0000-0010850b0100"><channels>
<channel name="System" id="8" flags="1"/></channels><events>
<event value="7" version="2" opcode="0" channel="8" level="3" task="5" keywords="0x8000000000000010" message="To %1"/>
</events></provider>"""

GP_TEXT = """name: Contoso
guid: 0b8f529f-960b-59ab-0000-0010850b0100
helpLink: http://go.example/
message: Contoso
channels:
  channel:
    name: System
    id: 8
    flags: 1
levels:
  level:
    name: win:Warning
    value: 3
events:
  event:
    value: 7
    version: 2
    opcode: 0
    channel: 8
    level: 3
    task: 5
    keywords: 0x8000000000000010
    message: To %1

Reason: nobody knows
  event:
    value: 8
    version: 0
    opcode: 0
    channel: 8
    level: 4
    task: 0
    keywords: 0x0
    message:
"""

TEMPLATE = (
    "<template xmlns='x'><data name='Address' inType='win:UnicodeString' outType='xs:string'/></template>"
)
LISTING = json.dumps(
    {
        "Name": "Contoso",
        "Id": "0b8f529f-960b-59ab-0000-0010850b0100",
        "Events": [
            {
                "Id": 0x80000007,
                "Version": 2,
                "LogLink": {"LogName": "System"},
                "Level": {"Name": "win:Warning", "Value": 3},
                "Opcode": {"Name": "", "Value": 0},
                "Task": {"Name": "", "Value": 5},
                "Keywords": [{"Value": -9223372036854775808}, {"Value": 16}],
                "Template": TEMPLATE,
                "Description": "To %1",
            }
        ],
    }
).encode()

CLIXML = b"""<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><Props>
<S N="Name">Contoso</S><Obj N="Events" RefId="1"><LST><Obj RefId="2"><Props><I64 N="Id">7</I64><By N="Version">2</By>
<Obj N="LogLink" RefId="3"><Props><S N="LogName">System</S></Props></Obj>
<S N="Template">&lt;template&gt;&lt;data name="Address" inType="win:UnicodeString"/&gt;&lt;/template&gt;</S>
<S N="Description">To %1_x000A_you</S></Props></Obj></LST></Obj></Props></Obj></Objs>"""


def test_a_manifest_tells_everything() -> None:
    assert list(manifest.definitions(MANIFEST)) == [
        Described(
            provider="Contoso",
            event_id=7,
            version=2,
            channel="Contoso/Operational",
            level=3,
            message="To %1:%2",
            fields=(Field(name="Address", type="UnicodeString"), Field(name="Port", type="UInt16")),
            learned_from="manifest",
        )
    ]


OF_WEVTUTIL = Described(
    provider="Contoso",
    event_id=7,
    version=2,
    channel="System",
    level=3,
    keywords="0x8000000000000010",
    task=5,
    opcode=0,
    message="To %1",
    knows_fields=False,
    learned_from="wevtutil",
)


def test_wevtutil_tells_the_same_as_xml_and_as_text() -> None:
    assert list(manifest.definitions(GP_XML)) == [OF_WEVTUTIL]
    assert wevtutil.is_one(GP_TEXT.encode())
    first, second = wevtutil.definitions(GP_TEXT.replace("\n", "\r\n").encode("utf-16"))
    assert first.message == "To %1\n\nReason: nobody knows"
    assert first.channel == "System"
    assert (first.keywords, second.keywords, second.event_id) == ("0x8000000000000010", "", 8)


def test_a_listing_of_powershell_is_read_from_json_and_clixml() -> None:
    (of_json,) = listing.definitions(LISTING)
    (of_clixml,) = listing.definitions(CLIXML)

    assert (of_json.event_id, of_json.version, of_json.channel, of_json.level) == (7, 2, "System", 3)
    assert of_json.keywords == "0x8000000000000010"
    assert of_json.fields == of_clixml.fields == (Field(name="Address", type="UnicodeString"),)
    assert (of_clixml.provider, of_clixml.channel, of_clixml.message) == ("Contoso", "System", "To %1\nyou")


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[1]", b"<a/>", b"<!DOCTYPE a><a/>", b"name: x", b"MZ" + bytes(100)]
)
def test_what_describes_nothing_gives_nothing(raw: bytes) -> None:
    found = [*manifest.definitions(raw), *listing.definitions(raw), *wevtutil.definitions(raw)]

    assert found + list(program.definitions(raw, {})) == []


def named(text: str) -> bytes:
    raw = text.encode("utf-16-le") + b"\0\0"
    return struct.pack("<I", 4 + len(raw)) + raw


def crim() -> bytes:
    """Return a WEVT_TEMPLATE resource with one provider, one channel, one event and one template."""
    guid = uuid.UUID("0b8f529f-960b-59ab-0000-0010850b0100").bytes_le
    provider, channels, events, template = 36, 80, 140, 220
    blob = bytearray(600)

    def put(offset: int, raw: bytes) -> None:
        blob[offset : offset + len(raw)] = raw

    put(0, struct.pack("<4sIHHI", b"CRIM", len(blob), 3, 1, 1) + guid + struct.pack("<I", provider))
    put(provider, struct.pack("<4sIIII", b"WEVT", 40, 0xFFFFFFFF, 2, 0))
    put(provider + 20, struct.pack("<IIII", channels, 0, events, 0))
    put(channels, struct.pack("<4sIIIIII", b"CHAN", 50, 1, 16, 300, 0, 0xFFFFFFFF))
    put(300, named("Contoso/Operational"))
    put(events, struct.pack("<4sIII", b"EVNT", 64, 1, 0))
    put(events + 16, struct.pack("<HBBBBHQII", 7, 2, 16, 3, 0, 5, 1 << 63, 0xB0000007, template))
    put(template, struct.pack("<4sIIII", b"TEMP", 60, 1, 1, 400))
    put(400, struct.pack("<IBBHIII", 0, 6, 0, 0, 0, 0, 440))
    put(440, named("Port"))
    return bytes(blob)


def table() -> bytes:
    text = "To %1\r\n\0".encode("utf-16-le")
    entry = struct.pack("<HH", 4 + len(text), 1) + text
    return struct.pack("<IIII", 1, 0xB0000007, 0xB0000007, 16) + entry


def test_resources_of_a_program_tell_fields_with_types_and_messages() -> None:
    guid = "{0b8f529f-960b-59ab-0000-0010850b0100}"
    (found,) = program.events(crim(), program.message_table(table()), {guid: "Contoso-Named"})

    assert (found.provider, found.event_id, found.version, found.channel) == (
        "Contoso-Named",
        7,
        2,
        "Contoso/Operational",
    )
    assert (found.message, found.keywords) == ("To %1", "0x8000000000000000")
    assert found.fields == (Field(name="Port", type="UInt16"),)
    assert next(program.events(crim(), {}, {})).provider == "Contoso"


@pytest.mark.parametrize("cut", range(0, 600, 7))
def test_resources_that_are_cut_off_never_end_in_more_than_an_end(cut: int) -> None:
    try:
        found = list(program.events(crim()[:cut], {}, {}))
    except struct.error:
        found = []
    assert len(found) <= 1


def portable_executable() -> bytes:
    """Return the smallest library that holds a WEVT_TEMPLATE and a MESSAGETABLE."""
    headers, section = 0x200, 0x1000
    resources = tree_of_resources(section, [("WEVT_TEMPLATE", crim()), (11, table())])
    raw = bytearray(headers)
    raw[:2], raw[0x3C:0x40] = b"MZ", struct.pack("<I", 0x80)
    raw[0x80:0x84] = b"PE\0\0"
    raw[0x84:0x98] = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x2022)
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20B, 0, 0, 0, 0, 0, 0, section, 0x180000000, 0x1000,
                           0x200, 6, 0, 0, 0, 6, 0, 0, 0x3000, headers, 0, 2, 0, 0, 0, 0, 0, 0, 16)  # fmt: skip
    raw[0x98 : 0x98 + len(optional)] = optional
    raw[0x98 + 112 + 16 : 0x98 + 112 + 24] = struct.pack("<II", section, len(resources))
    size = -(-len(resources) // 0x200) * 0x200
    header = struct.pack(
        "<8sIIIIIIHHI", b".rsrc", len(resources), section, size, headers, 0, 0, 0, 0, 0x40000040
    )
    raw[0x98 + 240 : 0x98 + 240 + len(header)] = header
    return bytes(raw) + resources.ljust(size, b"\0")


def tree_of_resources(section: int, kept: list[tuple[str | int, bytes]]) -> bytes:
    """Return a resource section: type, then name 1, then language 1033."""
    count, named_first = len(kept), sum(isinstance(key, str) for key, _ in kept)
    directory = struct.Struct("<IIHHHH")
    top = directory.size + 8 * count
    below = directory.size + 8
    text_at = top + count * (2 * below + 16)
    names = b"".join(
        struct.pack("<H", len(key)) + key.encode("utf-16-le") for key, _ in kept if isinstance(key, str)
    )
    content_at = -(-(text_at + len(names)) // 8) * 8
    out, content, text = bytearray(directory.pack(0, 0, 0, 0, named_first, count - named_first)), b"", text_at
    for place, (key, _) in enumerate(kept):
        identifier = key
        if isinstance(key, str):
            identifier, text = 0x80000000 | text, text + 2 + 2 * len(key)
        out += struct.pack("<II", identifier, 0x80000000 | (top + place * 2 * below))
    for place in range(count):
        start = top + place * 2 * below
        entry = top + count * 2 * below + 16 * place
        out += directory.pack(0, 0, 0, 0, 0, 1) + struct.pack("<II", 1, 0x80000000 | (start + below))
        out += directory.pack(0, 0, 0, 0, 0, 1) + struct.pack("<II", 1033, entry)
    for _, data in kept:
        out += struct.pack("<IIII", section + content_at + len(content), len(data), 0, 0)
        content += data.ljust(-(-len(data) // 8) * 8, b"\0")
    return (bytes(out) + names).ljust(content_at, b"\0") + content


def test_definitions_are_learned_from_every_kind_of_file(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "definitions"
    folder.mkdir()
    kept = {
        "c.man": MANIFEST,
        "gp.xml": GP_XML,
        "gp.txt": GP_TEXT.encode(),
        "list.json": LISTING,
        "list.clixml": CLIXML,
        "c.dll": portable_executable(),
    }
    for name, raw in kept.items():
        (folder / name).write_bytes(raw)

    code, out, _ = run("Contoso", "--from", folder, "--id", "7", "--format", "jsonl")
    found = [json.loads(each) for each in out.splitlines()]

    assert code == 0
    assert {each["learned_from"] for each in found} == {"manifest", "wevtutil", "Get-WinEvent", "program"}
    assert {file for each in found for file in each["files"]} == {f"definitions/{name}" for name in kept}
    assert {each["version"] for each in found} == {2}


CONTOSO = {"provider": "Contoso", "event_id": 7, "channel": "Contoso/Operational"}


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("c.man", MANIFEST, "To 10.0.0.1:443"),
        ("gp.txt", GP_TEXT.encode(), "To perdu.com\n\nReason: nobody knows"),
        ("list.json", LISTING, "To 10.0.0.1"),
        ("c.dll", portable_executable(), "To 443"),
    ],
)
def test_a_query_shows_the_messages_that_were_learned(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, raw: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(raw)
    log = export(tmp_path / "log.json", line(**CONTOSO, fields={"Port": "443", "Address": "10.0.0.1"}))

    assert cli.main(["query", str(log), "--messages", str(tmp_path / name), "--format", "jsonl"]) == 0
    assert json.loads(capfd.readouterr().out)["message"] == said
    assert cli.main(["query", str(log), "--messages", str(tmp_path / name)]) == 0
    assert " ".join(said.split()) in " ".join(capfd.readouterr().out.split())
    cli.main(["query", str(tmp_path), "--format", "jsonl"])  # in the evidence itself it tells the same
    assert json.loads(capfd.readouterr().out)["message"] == said


def test_of_several_versions_the_records_own_is_taken_else_the_newest() -> None:
    learned = {
        ("microsoft-windows-dns-client", 3006, 0): messages.Template(text="old %1"),
        ("microsoft-windows-dns-client", 3006, None): messages.Template(text="new %1"),
    }
    said = messages.Messages(learned=learned)

    assert said.of(event()) == "old perdu.com"
    assert said.of(event(event_id=3008)) == messages.CATALOGUE.of(event(event_id=3008))
    del learned["microsoft-windows-dns-client", 3006, 0]
    assert said.of(event()) == "new perdu.com"


def test_learned_words_stand_for_numbers_in_values_and_in_messages() -> None:
    said = messages.Messages(
        learned={("microsoft-windows-dns-client", 3006, None): messages.Template(text="%1 %%77 %%78")},
        words={77: "seen", 78: "twice"},
    )

    assert said.of(event("<Data Name='Direction'>%%14592 %%77</Data>")) == "inbound seen seen twice"


def test_what_tells_no_message_is_one_line_and_exit_code_1(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = export(tmp_path / "log.json", line())

    assert cli.main(["query", str(log), "--messages", str(log)]) == 1
    assert capfd.readouterr().err.count("\n") == 1
