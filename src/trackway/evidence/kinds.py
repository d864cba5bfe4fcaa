"""What a file is, by its first bytes and never by its name.

Sources: MS-EVEN6 and the EVTX notes of libevtx (`ElfFile`, `ElfChnk`), RFC 1952 (gzip), PKWARE's
APPNOTE 6.3.10 (zip), POSIX.1-2017 pax (tar), RFC 8259 (JSON), Microsoft's event schema (XML), MS-PSRP
(CLIXML), `tables` (CSV); read 2026-11.
"""

from __future__ import annotations

import codecs
import re
import tarfile
from typing import Final

from trackway.evidence.disk import is_image
from trackway.evidence.tables import table_head
from trackway.evidence.vmdk import PART, SPARSE
from trackway.evidence.witnesses import witness_kind

HEAD: Final = 64 * 1024
"""Bytes that `recognised` wants to see."""

CONTAINERS: Final = frozenset({"zip", "7z", "tar", "gzip", "zstd", "image"})

_EVTX_CHUNK, _EVTX_HEADER = b"ElfChnk\0", 4096
_EVTX_RECORD, _BINXML = re.compile(rb"\*\*\0\0"), b"\x0f\1\1\0"
_ESE, _ESE_PLACE = b"\xef\xcd\xab\x89", 4
_MAGICS: Final[dict[str, tuple[bytes, ...]]] = {
    "evtx": (b"ElfFile\0", _EVTX_CHUNK),
    "gzip": (b"\x1f\x8b\x08",),
    "zip": (b"PK\3\4", b"PK\5\6", b"PK\7\x08PK\3\4"),
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    "zstd": (b"\x28\xb5\x2f\xfd",),
    "hive": (b"regf",),
}
_BLANK: Final = b"\0 \t\r\n"

# '{"EventID":', '{}', '[{', '[]'; an INI section such as '[General]' is none
_JSON: Final = re.compile(rb'\{[\s\0]*["}]|\[[\s\0]*[\[{"\]]')

# evtx_dump writes "Record 1" above an object
_NUMBERED: Final = re.compile(rb"\ARecord \d+\s+(?=\{)")

SYSLOG: Final = re.compile(
    rb"\A(?:<\d{1,3}>\d{0,2} ?)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S{8,30}) [^\n{]{1,300}(?=\{\")"
)
"""What a relay writes in front of a message that is JSON. Sources: RFC 3164, 4.1, and RFC 5424, 6."""

# an event of any exporter, whatever stands around it: the schema's name, or the first two elements
_XML: Final = re.compile(
    r"<Event\s[^>]*http://schemas\.microsoft\.com/win/2004/08/events/event|<Event(?:\s[^>]*)?>\s*<System[\s>]"
)
# "Event[0]:" and a line of wevtutil below it; "09/15/2024 10:37:50 AM" and a line of Splunk's
EVENT_HEAD: Final = re.compile(
    r"^(?:Event\[\d{1,10}\]:?[ \t\r]*\n {2}[^\s:][^:\n]{0,80}:|\d[\d/.: -]{7,30}(?: ?[AP]M)?\r?\nLogName=)",
    re.MULTILINE,
)
"""The first two lines of an event that is printed for people."""

_CLIXML: Final = re.compile(r"<Objs\s[^>]*http://schemas\.microsoft\.com/powershell/")
_RECORD_OBJECT: Final = re.compile(r'EventLogRecord|<S N="ProviderName">')

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# the first two characters of a JSON text are ASCII (RFC 4627, section 3)
_WITHOUT_MARK: Final[dict[tuple[bool, ...], str]] = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}

_FOREIGN: Final = (
    (b"EVF\t\r\n\xff\0", "a further segment of an E01 image; read with its first"),
    (SPARSE, PART),
    (b"Rar!\x1a\x07", "a RAR archive; unpack it first"),
    (b"\xfd7zXZ\0", "xz-compressed; unpack it first"),
    (b"BZh", "bzip2-compressed; unpack it first"),
    (b"\x30\0\0\0LfLe", "an event log of Windows XP (.evt); not read"),
    (b"SQLite format 3\0", "an SQLite database; not read"),
    (b"MZ", "a Windows program; not read"),
    (b"<?xml", "XML, but no events; not read"),
)


_FOREIGN_TEXTS: Final = (
    # asterisks, a title, and "Start time: 20220721023749" in some language
    (
        re.compile(r"\A\*{20,}\r?\n[^\n]*\n[^\n:]{1,60}: ?\d{14}\r?\n"),
        "a PowerShell transcript; not read: script blocks (4104) hold what was run, where they were logged",
    ),
    # Get-WinEvent | Format-List, Get-EventLog | Format-List
    (
        re.compile(r"^(?:TimeCreated +: (?:[^\n]*\n){1,9}?ProviderName +: |EntryType +: )", re.MULTILINE),
        "events that PowerShell printed as a list, which breaks long lines; not read: use ConvertTo-Json, or EVTX",
    ),
)  # fmt: skip


def recognised(head: bytes) -> str:
    """Return the kind of a file that starts with `head`, as `docs/formats.md` names them."""
    if not head:
        return "empty"
    return _signed(head) or _shaped(head) or _text_kind(head)


def _signed(head: bytes) -> str | None:
    """Return the kind that bytes at a fixed place tell."""
    if head.startswith(_EVTX_CHUNK, _EVTX_HEADER):
        return "evtx"
    if head.startswith(_ESE, _ESE_PLACE):
        return "ese"
    return next((kind for kind, magics in _MAGICS.items() if head.startswith(magics)), None)


def _shaped(head: bytes) -> str | None:
    """Return the kind that the form of the first records tells."""
    if is_image(head):
        return "image"
    if _is_tar(head[: tarfile.BLOCKSIZE]):
        return "tar"
    return "evtx" if _is_rest_of_a_log(head) else None


def remark(head: bytes) -> str:
    """Return, for what is not recognised, what it seems to be."""
    codec, start = encoding(head)
    for magic, words in _FOREIGN:
        if head.startswith(magic, start):
            return words
    text = head[start:].decode(codec, "replace")
    for pattern, words in _FOREIGN_TEXTS:
        if pattern.search(text):
            return words
    return "neither an event log nor an event export nor an archive of them; not read"


def encoding(head: bytes) -> tuple[str, int]:
    """Return the codec of a text and the length of its byte order mark."""
    for mark, codec in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return codec, len(mark)
    zeros = tuple(byte == 0 for byte in head[:4])
    return _WITHOUT_MARK.get(zeros, "utf-8"), 0


def _is_tar(block: bytes) -> bool:
    """A tar header has a checksum, also where the old format leaves the magic out."""
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "backslashreplace")
    except tarfile.HeaderError:
        return False
    return True


def _is_rest_of_a_log(head: bytes) -> bool:
    """An event log whose beginning was cut off: a chunk with a header of 128 bytes, or the frame of a record."""
    chunks = (found.start() for found in re.finditer(_EVTX_CHUNK, head))
    if any(head[place + 40 : place + 44] in {b"\x80\0\0\0", b""} for place in chunks):
        return True
    return any(_is_record(head, found.start()) for found in re.finditer(_EVTX_RECORD, head))


def _is_record(head: bytes, place: int) -> bool:
    size = head[place + 4 : place + 8]
    end = place + int.from_bytes(size, "little")
    return head[place + 24 : place + 28] == _BINXML and head[end - 4 : end] == size


def _text_kind(head: bytes) -> str:
    codec, start = encoding(head)
    text = head[start:].decode(codec, "replace")
    if witness := witness_kind(text):
        return witness
    if _is_json(text.encode()):
        return "json"
    if table_head(text):  # before XML, which may stand in its fields
        return "csv"
    if _CLIXML.search(text):
        return "clixml" if _RECORD_OBJECT.search(text) else "unknown"
    if _XML.search(text):
        return "xml"
    return "event_text" if EVENT_HEAD.search(text) else "unknown"


def _is_json(text: bytes) -> bool:
    """True for a text whose first line, or second where the first was cut, starts like JSON.

    In front of each record may stand what a syslog relay wrote.
    """
    text = SYSLOG.sub(b"", _NUMBERED.sub(b"", text.strip(_BLANK), count=1))
    _, _, second = text.partition(b"\n")
    return bool(_JSON.match(text) or second.lstrip(_BLANK).startswith(b'{"'))
