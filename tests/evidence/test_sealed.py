"""Archives that are encrypted, or packed by 7-Zip or zstd, and what collectors make of names."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

import trackway
from trackway.evidence import decrypted, seven_zip, zstd
from trackway.evidence.containers import Member, members
from trackway.evidence.discover import discover
from trackway.evidence.limits import DEFAULT, Limits

LINES = b"".join(b'{"EventID":%d}\n' % number for number in range(3000))
PASSWORD = "infected"  # noqa: S105  of archives made here


def listed(
    path: Path, password: str | None = None, limits: Limits = DEFAULT
) -> list[tuple[str, str, bytes | None, str | None, bool]]:
    (file,) = discover([path])

    def row(member: Member) -> tuple[str, str, bytes | None, str | None, bool]:
        content = member.stream.read() if member.stream else None
        return member.name, member.kind, content, member.note, member.damaged

    return [row(member) for member in members(file, limits, password=password)]


def aes_zip(
    path: Path, content: bytes = LINES, *, bits: int = 256, method: int = zipfile.ZIP_DEFLATED
) -> Path:
    pyzipper = pytest.importorskip("pyzipper")
    with pyzipper.AESZipFile(path, "w", compression=method, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=bits)
        archive.writestr("a.json", content)
    return path


def crypto_zip(path: Path, content: bytes = LINES[:20_000], *, damage: int | None = None) -> Path:
    """Write a zip with traditional encryption, which the standard library reads and does not write."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("a.json", (2021, 11, 27, 3, 17, 38)), content, zipfile.ZIP_DEFLATED)
    raw = bytearray(plain.getvalue())
    checksum = raw[14:18]
    start = 30 + len("a.json")
    size = int.from_bytes(raw[18:22], "little")
    sealed = _sealed(bytes(11) + checksum[3:], raw[start : start + size])
    if damage is not None:
        sealed[damage] ^= 1
    local = raw[:start]
    local[6] |= 1
    local[18:22] = len(sealed).to_bytes(4, "little")
    central = raw[start + size :]
    central[8] |= 1
    central[20:24] = len(sealed).to_bytes(4, "little")
    end = central.rindex(b"PK\5\6")
    central[end + 16 : end + 20] = (len(local) + len(sealed)).to_bytes(4, "little")
    path.write_bytes(local + sealed + central)
    return path


def _sealed(head: bytes, content: bytes) -> bytearray:
    cipher = decrypted._ZipCipher(PASSWORD.encode())
    found = bytearray()
    for byte in head + bytes(content):
        mixed = cipher._keys[2] | 2
        found.append(byte ^ ((mixed * (mixed ^ 1)) >> 8 & 0xFF))
        cipher._keys = decrypted._turned(cipher._keys, byte)
    return found


def test_what_the_test_seals_the_standard_library_opens(tmp_path):
    with zipfile.ZipFile(crypto_zip(tmp_path / "x.zip")) as archive:
        assert archive.read("a.json", PASSWORD.encode()) == LINES[:20_000]


def test_a_member_with_traditional_encryption_is_read_with_its_password(tmp_path):
    rows = listed(crypto_zip(tmp_path / "x.zip"), PASSWORD)
    assert rows[1] == ("x.zip!a.json", "json", LINES[:20_000], None, False)


@pytest.mark.parametrize("bits", [128, 192, 256])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_with_aes_is_read_with_its_password(tmp_path, bits, method):
    rows = listed(aes_zip(tmp_path / "x.zip", bits=bits, method=method), PASSWORD)
    assert rows[1] == ("x.zip!a.json", "json", LINES, None, False)


@pytest.mark.parametrize("make", [aes_zip, crypto_zip])
@pytest.mark.parametrize(("password", "words"), [(None, decrypted.ASK), ("other", decrypted.WRONG)])
def test_without_its_password_a_member_is_listed_and_says_what_to_do(tmp_path, make, password, words):
    _, (name, _, content, note, is_damaged) = listed(make(tmp_path / "x.zip"), password)
    if note != words:  # one wrong password in 256 fits the byte that proves it; the checksum then tells
        assert (password, is_damaged) == ("other", True)
        return
    assert (name, content, is_damaged) == ("x.zip!a.json", None, True)


def test_a_sealed_member_that_was_changed_is_damaged(tmp_path):
    path = aes_zip(tmp_path / "x.zip", method=zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    raw[200] ^= 1
    path.write_bytes(raw)
    _, (_, _, content, note, is_damaged) = listed(path, PASSWORD)
    assert is_damaged
    assert note == decrypted.BROKEN
    assert content is not None
    changed = crypto_zip(tmp_path / "y.zip", damage=500)
    assert listed(changed, PASSWORD)[1][4]


def test_an_archive_that_is_not_encrypted_does_not_mind_a_password(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.json", LINES)
    assert listed(tmp_path / "x.zip", PASSWORD)[1][2] == LINES


def spoiled(content: bytes, chance: random.Random, keep: int) -> bytes:
    """Return the content cut off and with some bytes changed, the first ones kept."""
    found = bytearray(content)
    for _ in range(chance.randrange(1, 8)):
        found[chance.randrange(keep, len(found))] = chance.randrange(256)
    return bytes(found[: chance.choice([len(found), chance.randrange(keep + 1, len(found))])])


@pytest.mark.parametrize("make", [aes_zip, crypto_zip])
def test_a_sealed_archive_that_is_damaged_never_raises(tmp_path, make):
    chance = random.Random(7)  # noqa: S311  repeatable, not a secret
    whole = make(tmp_path / "x.zip", LINES[:3000]).read_bytes()
    for _ in range(60):
        (tmp_path / "x.zip").write_bytes(spoiled(whole, chance, 4))
        assert listed(tmp_path / "x.zip", PASSWORD)


def seven_zip_of(
    path: Path, files: dict[str, bytes], password: str | None = None, *, is_listed: bool = True
) -> Path:
    py7zr = pytest.importorskip("py7zr")
    with py7zr.SevenZipFile(path, "w", password=password, header_encryption=not is_listed) as archive:
        for name, content in files.items():
            archive.writestr(content, name)
    return path


def test_a_7_zip_archive_is_read(tmp_path):
    path = seven_zip_of(tmp_path / "x.7z", {"C/a.json": LINES, "b.json": LINES[:300], "empty": b""})
    rows = listed(path)
    assert [(row[0], row[1]) for row in rows] == [
        ("x.7z", "7z"), ("x.7z!C/a.json", "json"), ("x.7z!b.json", "json"), ("x.7z!empty", "empty"),
    ]  # fmt: skip
    assert rows[1][2] == LINES


@pytest.mark.parametrize("is_listed", [True, False])  # or its names are encrypted too
def test_a_7_zip_archive_with_a_password_is_read_with_it_and_listed_without(tmp_path, is_listed):
    path = seven_zip_of(tmp_path / "x.7z", {"a.json": LINES}, PASSWORD, is_listed=is_listed)
    assert listed(path, PASSWORD)[1][2] == LINES
    assert listed(path)[1][3:] == (seven_zip.LOCKED, True)
    assert listed(path, "other")[-1][3:] == (seven_zip.WRONG, True)


def test_a_7_zip_archive_that_would_break_a_limit_is_left_out(tmp_path):
    path = seven_zip_of(tmp_path / "x.7z", {"a.json": b" " * 3_000_000})
    rows = listed(path, limits=Limits(member=1_000_000))
    assert "limit reached: a member of more than 1,000,000 bytes" in (rows[-1][3] or "")


def test_a_damaged_7_zip_archive_never_raises_and_is_never_silent(tmp_path):
    path = seven_zip_of(tmp_path / "x.7z", {"a.json": LINES[:3000], "b": LINES[:100]})
    whole = path.read_bytes()
    chance = random.Random(7)  # noqa: S311  as above
    for _ in range(60):
        path.write_bytes(spoiled(whole, chance, 6))
        _, *rows = listed(path)
        contents = [row[2] for row in rows if row[2] is not None]
        assert any(row[4] for row in rows) or contents == [LINES[:3000], LINES[:100]]


def zst(content: bytes) -> bytes:
    module = pytest.importorskip("backports.zstd")
    return bytes(module.compress(content))


def test_a_zstd_file_and_a_tar_in_one_are_read(tmp_path):
    (tmp_path / "log.json.zst").write_bytes(zst(LINES[:999]) + zst(LINES[999:]))
    assert listed(tmp_path / "log.json.zst")[1] == ("log.json.zst!log.json", "json", LINES, None, False)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("C/a.json")
        entry.size = len(LINES)
        archive.addfile(entry, io.BytesIO(LINES))
    (tmp_path / "x.tar.zst").write_bytes(zst(packed.getvalue()))
    assert listed(tmp_path / "x.tar.zst")[1][:3] == ("x.tar.zst!C/a.json", "json", LINES)


@pytest.mark.parametrize("cut", [20, 300, -1])
def test_a_zstd_file_that_is_cut_off_gives_what_is_there_and_says_so(tmp_path, cut):
    packed = zst(bytes(range(256)) * 4096)
    (tmp_path / "x.zst").write_bytes(packed[:cut])
    assert listed(tmp_path / "x.zst")[-1][4]


def test_a_zstd_bomb_is_left_out(tmp_path):
    (tmp_path / "x.zst").write_bytes(zst(bytes(50 << 20)))
    rows = listed(tmp_path / "x.zst", limits=Limits(ratio_free=1 << 20))
    assert "limit reached" in (rows[-1][3] or "")


@pytest.mark.parametrize(
    ("module", "content", "words"),
    [
        ("py7zr", b"7z\xbc\xaf\x27\x1c" + bytes(40), seven_zip.MISSING),
        ("backports", b"\x28\xb5\x2f\xfd" + bytes(40), zstd.MISSING),
    ],
)
def test_without_its_package_an_archive_is_listed_and_says_what_to_install(
    tmp_path, monkeypatch, module, content, words
):
    monkeypatch.setitem(__import__("sys").modules, module, None)
    (tmp_path / "x").write_bytes(content)
    assert listed(tmp_path / "x")[-1][3:] == (words, True)


def test_velociraptor_s_names_are_shown_as_the_host_had_them(tmp_path):
    name = "uploads/auto/C%3A/Windows/System32/winevt/Logs/Microsoft-Windows-Sysmon%254Operational.evtx"
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr(name, b"x")
        archive.writestr("results/100%25.txt", b"x")
        archive.writestr("uploads/auto/C%3A/%2e%2e/%1b[2J", b"x")
    shown = [row[0] for row in listed(tmp_path / "c.zip")]
    assert (
        shown[1]
        == "c.zip!uploads/auto/C:/Windows/System32/winevt/Logs/Microsoft-Windows-Sysmon%4Operational.evtx"
    )
    assert shown[2] == "c.zip!results/100%25.txt"
    assert shown[3] == "c.zip!uploads/auto/C:/../\\x1b[2J"
    assert "suspicious name" in (listed(tmp_path / "c.zip")[3][3] or "")


def test_a_password_opens_evidence_and_stands_nowhere_in_the_case(tmp_path):
    record = (
        b'{"EventID":3006,"SourceName":"Microsoft-Windows-DNS-Client","Hostname":"WS7","EventTime":'
        b'"2021-11-27T03:17:39.250Z","QueryName":"perdu.com","QueryType":"1","ExecutionProcessID":4711}\n'
    )
    evidence = aes_zip(tmp_path / "x.zip", record)
    case = trackway.trace([evidence], tmp_path / "case", password=PASSWORD)
    assert [row["name"] for row in case.sql("SELECT name FROM lookup").to_pylist()] == ["perdu.com"]
    written = b"".join(path.read_bytes() for path in (tmp_path / "case").rglob("*") if path.is_file())
    assert PASSWORD.encode() not in written
    locked = trackway.trace([evidence], tmp_path / "locked")
    assert locked.sql("SELECT name FROM lookup").num_rows == 0
