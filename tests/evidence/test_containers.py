from __future__ import annotations

import errno
import gzip
import hashlib
import io
import multiprocessing
import os
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackway.errors import EvidenceError
from trackway.evidence.containers import members
from trackway.evidence.discover import EvidenceFile, discover
from trackway.evidence.limits import DEFAULT, Limits

LINES = b"".join(b'{"EventID":%d}\n' % number for number in range(5000))
NOISE = hashlib.shake_256(b"not to be compressed").digest(200_000)


class Seen(NamedTuple):
    name: str
    kind: str
    content: bytes | None
    note: str | None
    damaged: bool


def found(path: Path, limits: Limits = DEFAULT) -> list[Seen]:
    (file,) = discover([path])
    seen = []
    for member in members(file, limits):
        content = member.stream.read() if member.stream else None
        if content is not None:
            assert (member.size, member.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        seen.append(Seen(member.name, member.kind, content, member.note, member.damaged))
    return seen


def file_of(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return packed.getvalue()


def tarred(files: dict[str, bytes], change: Callable[[tarfile.TarInfo], None] = lambda _: None) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            change(member)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b"ElfFile\0" + bytes(100), "evtx"),
        (b"ElfChnk\0" + bytes(100), "evtx"),
        (bytes(4096) + b"ElfChnk\0", "evtx"),
        (b'{"EventID":1}', "json"),
        (b"\xef\xbb\xbf\r\n \t[\n{", "json"),
        ('\ufeff{"a":1}'.encode("utf-16-le"), "json"),
        ('\ufeff{"a":1}'.encode("utf-16-be"), "json"),
        ('{"EventID":1,"Channel":"Security"}'.encode("utf-16-le"), "json"),
        ('[{"EventID":1,"Channel":"Security"}]'.encode("utf-16-be"), "json"),
        (bytes(64) + b'{"a":1}', "json"),
        (b'tle":"cut"}\n{"EventID":1}\n', "json"),
        (b"[]", "json"),
        (b"[General]\nname=value\n", "unknown"),
        (b"{ this is no JSON", "unknown"),
        (b"just text", "unknown"),
        (b"\0", "unknown"),
        (bytes(600), "unknown"),
        (b"regf\0\0", "hive"),
    ],
)
def test_a_file_is_recognised_by_its_content(tmp_path, content, kind):
    assert [seen.kind for seen in found(file_of(tmp_path, "anything.bin", content))] == [kind]


def test_what_is_not_read_is_said_to_be_what_it_seems(tmp_path):
    (seen,) = found(file_of(tmp_path, "History", b"SQLite format 3\0"))
    assert (seen.content, seen.note, seen.damaged) == (
        b"SQLite format 3\0",
        "an SQLite database; not read",
        False,
    )


def test_a_zip_is_listed_before_what_it_holds(tmp_path):
    path = file_of(tmp_path, "a.zip", zipped({"logs/x.json": LINES, "logs/": b"", "empty": b""}))
    assert found(path) == [
        Seen("a.zip", "zip", None, None, False),
        Seen("a.zip!logs/x.json", "json", LINES, None, False),
        Seen("a.zip!empty", "empty", b"", None, False),
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archives_in_archives_are_opened(tmp_path, method):
    inner = zipped({"x.json": LINES, "y.json": b"[]"}, method)
    path = file_of(tmp_path, "o.tar.gz", gzip.compress(tarred({"i.zip": zipped({"z.zip": inner}, method)})))
    assert [(seen.name, seen.kind) for seen in found(path)] == [
        ("o.tar.gz", "gzip"),
        ("o.tar.gz!i.zip", "zip"),
        ("o.tar.gz!i.zip!z.zip", "zip"),
        ("o.tar.gz!i.zip!z.zip!x.json", "json"),
        ("o.tar.gz!i.zip!z.zip!y.json", "json"),
    ]


@pytest.mark.parametrize(
    ("name", "inner"), [("x.json.gz", "x.json"), ("x.json", "x.json (content)"), (".gz", ".gz (content)")]
)
def test_a_gzip_holds_one_file_named_without_its_ending(tmp_path, name, inner):
    seen = found(file_of(tmp_path, name, gzip.compress(LINES)))
    assert seen[1] == Seen(f"{name}!{inner}", "json", LINES, None, False)


def test_a_gzip_of_several_parts_is_one_text(tmp_path):
    content = gzip.compress(LINES) + gzip.compress(b'{"last":1}') + bytes(100)
    assert found(file_of(tmp_path, "x.gz", content))[1].content == LINES + b'{"last":1}'


def test_a_gzip_header_with_name_comment_and_extra_field_is_passed(tmp_path):
    packed = gzip.compress(LINES)
    header = packed[:3] + bytes([4 | 8 | 16 | 2]) + packed[4:10]
    content = header + b"\x03\0abc" + b"name\0" + b"comment\0" + b"\0\0" + packed[10:]
    assert found(file_of(tmp_path, "x.gz", content))[1] == Seen("x.gz!x", "json", LINES, None, False)


@pytest.mark.parametrize("missing", [1, 4, 8, 9, 1000, 100_000])
def test_a_truncated_gzip_keeps_what_was_readable(tmp_path, missing):
    content = LINES + NOISE
    seen = found(file_of(tmp_path, "x.json.gz", gzip.compress(content)[:-missing]))[1]
    assert seen.damaged
    assert str(seen.note).startswith("truncated: the end of")
    assert content.startswith(seen.content or b"")
    assert len(seen.content or b"") >= len(content) - missing - 64  # deflate holds back a block's beginning
    assert len(seen.content or b"") > len(LINES)


def test_a_gzip_with_a_wrong_checksum_keeps_all_of_it(tmp_path):
    packed = bytearray(gzip.compress(LINES))
    packed[-8] ^= 1
    seen = found(file_of(tmp_path, "x.gz", bytes(packed)))[1]
    assert (seen.content, seen.damaged) == (LINES, True)
    assert "checksum" in str(seen.note)


def test_a_broken_gzip_keeps_what_stands_before_the_break(tmp_path):
    packed = bytearray(gzip.compress(LINES + NOISE + LINES, 9))
    packed[-200:-100] = b"\xff" * 100
    seen = found(file_of(tmp_path, "x.gz", bytes(packed)))[1]
    assert seen.damaged
    assert (seen.content or b"").startswith(LINES + NOISE)


def test_something_else_behind_a_gzip_is_said(tmp_path):
    seen = found(file_of(tmp_path, "x.gz", gzip.compress(LINES) + b"trailing"))[1]
    assert (seen.content, seen.damaged) == (LINES, True)


def test_a_tar_that_breaks_off_keeps_the_members_and_the_part(tmp_path):
    packed = tarred({"a.json": LINES, "b.json": LINES})
    cut = packed[: 512 + len(LINES) + 512 + 1500]
    seen = found(file_of(tmp_path, "x.tar", cut))
    assert [(each.name, each.damaged) for each in seen] == [
        ("x.tar", False),
        ("x.tar!a.json", False),
        ("x.tar!b.json", True),
        ("x.tar!(rest)", True),
    ]
    assert seen[1].content == LINES
    assert LINES.startswith(seen[2].content or b"")
    assert len(seen[2].content or b"") > 1000


@pytest.mark.parametrize("missing", [4, 50_000, 230_000])
def test_a_truncated_tar_gz_keeps_the_members_and_the_part(tmp_path, missing):
    packed = gzip.compress(tarred({"a.json": LINES, "b.json": b'{"' + NOISE, "c.json": b'{"' + NOISE}))
    seen = found(file_of(tmp_path, "x.tar.gz", packed[:-missing]))
    assert seen[1] == Seen("x.tar.gz!a.json", "json", LINES, None, False)
    assert seen[-1].name == "x.tar.gz!(rest)"
    assert seen[-1].damaged
    kept = sum(len(each.content or b"") for each in seen if each.name[-6:] in ("b.json", "c.json"))
    assert kept > 2 * len(NOISE) - missing - 2000


@pytest.mark.parametrize("missing", [1, 22, 60, 300])
def test_a_zip_without_its_directory_is_read_member_by_member(tmp_path, missing):
    packed = zipped({"a.json": LINES, "b.json": LINES, "c": NOISE})
    seen = found(file_of(tmp_path, "x.zip", packed[:-missing]))
    assert [each.content for each in seen[1:3]] == [LINES, LINES]
    assert seen[-1] == Seen(
        "x.zip!(rest)",
        "unknown",
        None,
        "truncated: the end of the archive, with its directory, is missing",
        True,
    )


def test_a_zip_written_as_a_stream_is_read_without_its_directory(tmp_path):
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, piece: object) -> int:
            self.content += bytes(piece)  # type: ignore[call-overload]
            return len(bytes(piece))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr("a.json", LINES)
        archive.writestr("b.json", LINES)
    seen = found(file_of(tmp_path, "x.zip", pipe.content[:-22]))
    assert [each.content for each in seen[1:3]] == [LINES, LINES]


def test_a_zip_whose_last_member_breaks_off_keeps_the_part(tmp_path):
    packed = zipped({"a.json": LINES, "b.json": b'{"' + NOISE})
    seen = found(file_of(tmp_path, "x.zip", packed[:100_000]))
    assert seen[1].content == LINES
    assert seen[2].damaged
    assert (b'{"' + NOISE).startswith(seen[2].content or b"")
    assert len(seen[2].content or b"") > 85_000


def test_a_zip_member_with_a_wrong_checksum_is_kept_and_the_next_is_whole(tmp_path):
    packed = zipped({"a.json": LINES, "b.json": LINES}, zipfile.ZIP_STORED).replace(b'":7}', b'":8}', 1)
    first, second = found(file_of(tmp_path, "x.zip", packed))[1:]
    assert (len(first.content or b""), first.damaged) == (len(LINES), True)
    assert second == Seen("x.zip!b.json", "json", LINES, None, False)


def test_a_zip_with_something_before_it_and_a_comment_is_read(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", LINES)
        archive.comment = b"PK\5\6 and so on"
    content = b"PK\3\4" + bytes(96) + packed.getvalue()
    assert found(file_of(tmp_path, "x.zip", content))[1].content == LINES


def test_a_directory_that_says_fewer_members_than_there_are_counts_as_broken(tmp_path):
    packed = bytearray(zipped({"a.json": LINES, "b.json": LINES}))
    comment_length = packed.index(b"PK\1\2") + 32
    packed[comment_length] = 46 + len("b.json")
    seen = found(file_of(tmp_path, "x.zip", bytes(packed)))
    assert seen[1].content == LINES
    assert seen[-1].note == "the directory of the archive is broken; members may be missing"


def test_a_member_that_claims_to_lie_beyond_everything_costs_only_itself(tmp_path):
    packed = zipped({"a.json": LINES})
    directory = bytearray(packed[packed.index(b"PK\1\2") : packed.index(b"PK\5\6")])
    directory[42:46] = b"\xff" * 4
    directory[30:32] = (12).to_bytes(2, "little")
    directory += b"\1\0\x08\0" + b"\xff" * 8
    end = bytearray(packed[packed.index(b"PK\5\6") :])
    end[12:16] = len(directory).to_bytes(4, "little")
    content = packed[: packed.index(b"PK\1\2")] + bytes(directory) + bytes(end)
    seen = found(file_of(tmp_path, "x.zip", content))
    assert [each.damaged for each in seen] == [False, True]


def test_a_large_archive_has_its_directory_named_in_64_bits(tmp_path):
    packed = zipped({"a.json": LINES})
    start, end = packed.index(b"PK\1\2"), packed.index(b"PK\5\6")
    record = b"PK\6\6" + (44).to_bytes(8, "little") + bytes(12) + (1).to_bytes(8, "little") * 2
    record += (end - start).to_bytes(8, "little") + start.to_bytes(8, "little")
    locator = b"PK\6\7" + bytes(4) + end.to_bytes(8, "little") + (1).to_bytes(4, "little")
    tail = b"PK\5\6" + bytes(4) + b"\xff" * 12 + bytes(2)
    content = packed[:end] + record + locator + tail
    assert found(file_of(tmp_path, "x.zip", content))[1:] == [
        Seen("x.zip!a.json", "json", LINES, None, False)
    ]


def test_an_encrypted_zip_member_is_named_and_the_next_is_read(tmp_path):
    packed = bytearray(zipped({"a.json": LINES, "b.json": LINES}))
    packed[6] |= 1
    packed[packed.index(b"PK\1\2") + 8] |= 1
    first, second = found(file_of(tmp_path, "x.zip", bytes(packed)))[1:]
    assert (first.content, first.damaged) == (None, True)
    assert "encrypted" in str(first.note)
    assert second.content == LINES


def test_a_method_that_is_not_read_is_named_and_the_next_is_read(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", LINES, zipfile.ZIP_LZMA)
        archive.writestr("b.json", LINES)
    first, second = found(file_of(tmp_path, "x.zip", packed.getvalue()))[1:]
    assert (first.content, first.damaged) == (None, True)
    assert "method 14" in str(first.note)
    assert second.content == LINES


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../etc/passwd", "leaves its folder"),
        ("a\\..\\..\\x", "leaves its folder"),
        ("/etc/passwd", "absolute"),
        ("\\\\server\\share", "absolute"),
        ("C:\\Windows\\x", "absolute"),
        ("logs/con.json", "device"),
        ("aux", "device"),
        ("a\x1b[2Jb", "control characters"),
    ],
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_suspicious_name_is_said_and_the_content_is_read_in_place(tmp_path, monkeypatch, pack, name, words):
    monkeypatch.chdir(tmp_path)
    archive = file_of(tmp_path, "x.arc", pack({name: LINES}))
    (seen,) = found(archive)[1:]
    assert seen.content == LINES
    assert words in str(seen.note)
    assert not seen.damaged
    assert seen.name == "x.arc!" + name.replace("\x1b", "\\x1b")
    assert list(tmp_path.iterdir()) == [archive]


def test_members_of_one_name_are_told_apart(tmp_path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("x"))
    assert [seen.name for seen in found(file_of(tmp_path, "a.tar", packed.getvalue()))[1:]] == [
        "a.tar!x",
        "a.tar!x (2)",
    ]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_listed_and_not_followed(tmp_path, kind):
    def change(member: tarfile.TarInfo) -> None:
        member.type, member.linkname, member.size = kind, "/etc/passwd", 0

    (seen,) = found(file_of(tmp_path, "a.tar", tarred({"x": b""}, change)))[1:]
    assert seen.content is None
    assert "not " in str(seen.note)


def test_a_zip_bomb_is_left_out_and_the_next_member_is_read(tmp_path):
    packed = zipped({"bomb": bytes(30 << 20), "a.json": LINES})
    limits = Limits(ratio=100, ratio_free=1 << 20)
    bomb, after = found(file_of(tmp_path, "x.zip", packed), limits)[1:]
    assert (bomb.content, bomb.kind, bomb.damaged) == (None, "unknown", True)
    assert "limit reached: " in str(bomb.note)
    assert "100 times" in str(bomb.note)
    assert after == Seen("x.zip!a.json", "json", LINES, None, False)


def test_a_log_that_compresses_a_hundredfold_is_no_bomb(tmp_path):
    log = b"".join(
        b'{"EventID":5156,"Application":"svchost.exe","n":%d}\n' % (n % 50) for n in range(200_000)
    )
    packed = zipped({"x.json": log})
    assert len(log) > 100 * len(packed)
    assert found(file_of(tmp_path, "x.zip", packed), Limits(ratio_free=1 << 20))[1].content == log


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: gzip.compress(tarred({"x": content}))])
def test_a_gzip_bomb_is_left_out(tmp_path, pack):
    limits = Limits(ratio=100, ratio_free=1 << 20)
    seen = found(file_of(tmp_path, "x.gz", pack(bytes(30 << 20))), limits)
    assert seen[1].content is None
    assert "100 times" in str(seen[1].note)


def test_bombs_in_bombs_end_at_the_ratio_of_the_whole(tmp_path):
    inner = zipped({f"{number}": bytes(2 << 20) for number in range(20)})
    path = file_of(tmp_path, "x.zip", zipped({f"{number}.zip": inner for number in range(20)}))
    limits = Limits(ratio=800, ratio_free=4 << 20)
    seen = found(path, limits)
    assert seen[-1].name == "x.zip!(rest)"
    assert "the whole archive" in str(seen[-1].note)
    assert len(seen) < 400


def test_too_many_members_end_the_archive_with_a_word(tmp_path):
    packed = zipped({f"{number}.json": b"{}" for number in range(20)})
    seen = found(file_of(tmp_path, "x.zip", packed), Limits(entries=5))
    assert [each.kind for each in seen] == ["zip", *["json"] * 5, "unknown"]
    assert seen[-1].note == "limit reached: more than 5 members"


@pytest.mark.parametrize(("depth", "kinds"), [(2, ["zip", "zip", "json"]), (1, ["zip", "zip", "unknown"])])
def test_archives_are_opened_down_to_the_limit_and_no_further(tmp_path, depth, kinds):
    packed = zipped({"inner.zip": zipped({"a.json": LINES})})
    seen = found(file_of(tmp_path, "x.zip", packed), Limits(depth=depth))
    assert [each.kind for each in seen] == kinds
    assert seen[-1].damaged == (depth == 1)


def test_a_member_beyond_its_limit_is_left_out_and_the_next_is_read(tmp_path):
    packed = zipped({"large": NOISE, "a.json": b"{}"})
    large, small = found(file_of(tmp_path, "x.zip", packed), Limits(member=1000))[1:]
    assert (large.content, large.damaged) == (None, True)
    assert small.content == b"{}"


def test_the_limit_of_all_unpacked_bytes_ends_the_archive(tmp_path):
    packed = zipped({"a": NOISE, "b": NOISE, "c": NOISE})
    seen = found(file_of(tmp_path, "x.zip", packed), Limits(total=300_000))
    assert [each.damaged for each in seen] == [False, False, True, True]


def test_a_full_disk_is_one_clear_line(tmp_path, monkeypatch):
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", lambda **_: Full())
    with pytest.raises(EvidenceError, match=r"x\.zip!a\.json: no room left to unpack it") as error:
        found(file_of(tmp_path, "x.zip", zipped({"a.json": LINES})))
    assert "\n" not in str(error.value)


def test_a_file_that_vanishes_is_a_member_that_says_so(tmp_path):
    (member,) = members(EvidenceFile(tmp_path / "gone", "gone", 1))
    assert (member.damaged, member.stream) == (True, None)
    assert "cannot be read" in str(member.note)


def test_a_tar_header_that_claims_gigabytes_is_not_believed(tmp_path):
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 8 << 30
    seen = found(file_of(tmp_path, "x.tar", header.tobuf(tarfile.GNU_FORMAT) + bytes(2048)))
    assert seen[-1].damaged
    assert "longer than any real one" in str(seen[-1].note)


def test_a_sparse_member_has_its_holes_filled(tmp_path):
    member = tarfile.TarInfo("x.json")
    member.size = 512
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    header[156:157] = b"S"
    header[386:410] = b"%011o\0%011o\0" % (1024, 512)  # one block of 512 bytes at 1024
    header[483:495] = b"%011o\0" % 2048  # real size
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    content = b"{" + b'"' * 511
    seen = found(file_of(tmp_path, "x.tar", bytes(header) + content + bytes(1024)))[1]
    assert seen.content == bytes(1024) + content + bytes(512)


def _kinds(path: Path) -> list[str]:
    return [member.kind for member in members(discover([path])[0])]


def test_members_can_be_read_in_a_process_of_its_own(tmp_path):
    path = file_of(tmp_path, "x.zip", zipped({"a.json": LINES}))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(_kinds, [path]) == [["zip", "json"]]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_archive_never_raises_and_is_never_silent(tmp_path_factory, data):
    pack = data.draw(st.sampled_from([zipped, lambda files: gzip.compress(tarred(files))]))
    packed = bytearray(pack({"a.json": LINES[:3000], "b/c.evtx": b"ElfFile\0" + NOISE[:3000]}))
    for _ in range(data.draw(st.integers(1, 5))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(packed[: data.draw(st.integers(1, len(packed)))])
    seen = found(file_of(tmp_path_factory.mktemp("fuzz"), "x", cut))
    whole = [each for each in seen if each.content in (LINES[:3000], b"ElfFile\0" + NOISE[:3000])]
    assert len(whole) == 2 or any(each.damaged for each in seen) or seen[0].kind == "unknown"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_tar_never_raises(tmp_path_factory, data):
    packed = bytearray(tarred({"a.json": LINES[:3000], "b/c.evtx": b"ElfFile\0" + NOISE[:3000]}))
    for _ in range(data.draw(st.integers(1, 20))):
        packed[data.draw(st.integers(0, 1600))] = data.draw(st.integers(0, 255))
    assert found(file_of(tmp_path_factory.mktemp("fuzz"), "x", bytes(packed)))[0].name == "x"


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=30).filter(
            lambda name: name.strip("./\\ ")
        ),
        st.text(st.characters(codec="utf-8"), max_size=500).map(lambda content: b'{"' + content.encode()),
        max_size=5,
    ),
    st.sampled_from([zipped, tarred]),
)
def test_what_was_packed_comes_out(tmp_path_factory, files, pack):
    path = file_of(tmp_path_factory.mktemp("round"), "x", pack(files) if files else zipped({}))
    seen = found(path)[1:]
    assert sorted(each.content or b"" for each in seen) == sorted(files.values())
    assert not any(each.damaged for each in seen)


def test_zlib_is_the_only_thing_between_us_and_a_member(tmp_path):
    """Raw deflate written by hand, as an archiver would."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = squeeze.compress(LINES) + squeeze.flush()
    header = b"PK\3\4" + b"\x14\0\0\0\x08\0\0\0\0\0" + zlib.crc32(LINES).to_bytes(4, "little")
    header += len(body).to_bytes(4, "little") + len(LINES).to_bytes(4, "little") + b"\x06\0\0\0a.json"
    assert found(file_of(tmp_path, "x", header + body))[1].content == LINES


def test_the_temporary_folder_is_left_empty(tmp_path, monkeypatch):
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    path = file_of(tmp_path, "x.zip", zipped({"large": os.urandom(1) * (20 << 20)}))
    assert len(found(path)) == 2
    assert list(room.iterdir()) == []
