"""Images of disks: what is taken out of which container and file system, and what breaks."""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from trackway import pipeline
from trackway.evidence.containers import Member, members
from trackway.evidence.discover import discover
from trackway.evidence.images import LOCKED, NOTHING, RESILIENT, image_entries
from trackway.evidence.kinds import recognised, remark
from trackway.evidence.limits import Damaged

from ..sources.srum.srudb import Sum, srudb
from ..sources.told import HOST, rows
from .disks import e01, fat, gpt, mbr, vhd

TIMES = int(os.environ.get("TRACKWAY_MUTATIONS", "60"))
HOSTS = b"203.0.113.9 a.example\n"
LOG = b"""#Version: 1.5
#Software: Microsoft Windows Firewall
#Time Format: Local
#Fields: date time action protocol src-ip dst-ip src-port dst-port size path pid
2021-11-27 03:17:39 ALLOW TCP 10.0.0.7 203.0.113.9 50638 443 0 SEND 20220
"""
FILES = {
    "Windows/System32/drivers/etc/hosts": HOSTS,
    "WINDOWS/SYSTEM32/LogFiles/firewall/PFIREWALL.LOG": LOG,
    "Windows/System32/sru/SRUDB.dat": srudb(Sum("2021-11-27 04:00:00")),
    "Windows/System32/winevt/Logs/Microsoft-Windows-DNS-Client%4Operational.evtx": b"x" * 3000,
    "Windows.old/windows/system32/drivers/etc/hosts": HOSTS * 2,
    "C/Windows/System32/drivers/etc/hosts": HOSTS * 3,
    "VSS1/C/Windows/System32/drivers/etc/hosts": HOSTS * 4,
}  # fmt: skip
OTHERS = {
    "Users/anna/Documents/private.txt": b"private",
    "Windows/System32/winevt/Logs/notes.txt": b"no log",
    "Windows/System32/drivers/etc/services": b"no hosts",
    "deep/er/C/Windows/System32/drivers/etc/hosts": b"too deep",
    "hosts": b"nowhere",
}
VOLUME = fat(FILES | OTHERS)
CONTAINERS = {
    "raw": VOLUME,
    "mbr": mbr(VOLUME),
    "gpt": gpt(VOLUME),
    "vhd": vhd(mbr(VOLUME)),
    "e01": e01(mbr(VOLUME)),
}

each_container = pytest.mark.parametrize("container", CONTAINERS)


def taken(content: bytes) -> dict[str, bytes]:
    """Return what is taken out of an image, by path."""
    return {entry.name: b"".join(entry.pieces or ()) for entry in image_entries(io.BytesIO(content), None)}


def listed(path: Path) -> list[Member]:
    return [member for file in discover([path]) for member in members(file)]


@each_container
def test_what_trackway_reads_is_taken_out_of_an_image_and_nothing_else(container):
    assert recognised(CONTAINERS[container][: 64 * 1024]) == "image"
    assert taken(CONTAINERS[container]) == {f"volume 1/{path}": content for path, content in FILES.items()}


@pytest.mark.parametrize("disk", [mbr, gpt])
def test_every_volume_of_a_disk_is_looked_at(disk):
    first, second = fat({"Windows/System32/drivers/etc/hosts": HOSTS}), fat({"a.txt": b"a"})
    found = list(image_entries(io.BytesIO(disk(second, first, second)), None))
    assert [(each.name, each.note) for each in found] == [
        ("volume 1", NOTHING), ("volume 2/Windows/System32/drivers/etc/hosts", None), ("volume 3", NOTHING),
    ]  # fmt: skip


def test_a_file_longer_than_a_cluster_and_one_without_content_come_whole():
    files = {"Windows/System32/config/SYSTEM": bytes(range(256)) * 9, "Windows/System32/config/SOFTWARE": b""}
    assert taken(fat(files)) == {f"volume 1/{path}": content for path, content in files.items()}


def test_an_image_is_evidence_like_any_other(tmp_path):
    (tmp_path / "disk.E01").write_bytes(CONTAINERS["e01"])

    case = pipeline.trace([tmp_path / "disk.E01"], tmp_path / "case", hosts=[HOST], timezones=["UTC"])
    kinds = {row["file"].rpartition("/")[2].lower(): row["kind"] for row in rows(case, "file")}
    assert kinds["disk.e01"] == "image"
    assert (kinds["hosts"], kinds["pfirewall.log"], kinds["srudb.dat"]) == (
        "hosts_file",
        "firewall_log",
        "ese",
    )
    assert [row["remote_address"] for row in rows(case, "story")] == ["203.0.113.9"]
    assert [row["kind"] for row in rows(case, "host_fact")] == ["program_traffic"]


def test_an_image_in_an_archive_is_opened_too(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("disk.vhd", CONTAINERS["vhd"])
    names = [member.name for member in listed(tmp_path / "x.zip")]
    assert "x.zip!disk.vhd!volume 1/Windows/System32/drivers/etc/hosts" in names


def test_without_the_extra_an_image_is_one_line_that_says_what_to_install(tmp_path, monkeypatch):
    for module in ("pyewf", "pyvhdi", "pyvmdk", "pyfsntfs", "pyfsfat", "pyvshadow"):
        monkeypatch.setitem(sys.modules, module, None)
    for name, content in CONTAINERS.items():
        (tmp_path / name).write_bytes(content)
        image, rest = listed(tmp_path / name)
        assert (image.kind, rest.damaged) == ("image", True)
        assert "pip install trackway[images]" in str(rest.note)


def test_a_volume_that_bitlocker_sealed_is_named_and_left():
    sealed = VOLUME[:3] + b"-FVE-FS-" + VOLUME[11:]
    (entry,) = image_entries(io.BytesIO(mbr(sealed)), None)
    assert (entry.name, entry.note, entry.lost) == ("volume 1", LOCKED, True)


def split(
    folder: Path, names: tuple[str, str] = ("disk-f001.vmdk", "disk-f002.vmdk"), parent: str = "f" * 8
) -> Path:
    """Write a disk in two files and the descriptor that names them."""
    disk = mbr(VOLUME)
    disk, half = disk.ljust(-(-len(disk) // 512) * 512, b"\0"), len(disk) // 1024 * 512
    parts, extents = (disk[:half], disk[half:]), ""
    for name, part in zip(names, parts, strict=True):
        (folder / Path(name).name).write_bytes(part)
        extents += f'RW {len(part) // 512} FLAT "{name}" 0\n'
    head = f'# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID={parent}\ncreateType="twoGbMaxExtentFlat"\n'
    (folder / "disk.vmdk").write_text(
        f"{head}\n# Extent description\n{extents}\n# The Disk Data Base\n#DDB\n"
    )
    return folder / "disk.vmdk"


def test_a_disk_of_vmware_in_several_files_is_read_by_its_descriptor_and_its_parts_are_not_read_again(
    tmp_path,
):
    split(tmp_path, ("../elsewhere/disk-f001.vmdk", "disk-f002.vmdk"))
    members = listed(tmp_path)
    assert {member.name.rpartition("!")[2] for member in members if "!" in member.name} == {
        f"volume 1/{path}" for path in FILES
    }
    notes = {member.name.rpartition("/")[2]: member.note for member in members if "!" not in member.name}
    part = "a part of the image disk.vmdk; read with it"
    assert notes == {"disk.vmdk": None, "disk-f001.vmdk": part, "disk-f002.vmdk": part}


def test_what_an_image_of_several_files_lacks_is_said(tmp_path):
    descriptor = split(tmp_path)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(descriptor, "disk.vmdk")
    (tmp_path / "disk-f002.vmdk").unlink()
    assert "its part disk-f002.vmdk does not lie beside it" in str(listed(descriptor)[-1].note)
    assert "unpack the archive first" in str(listed(tmp_path / "x.zip")[-1].note)
    assert "differs from another image" in str(listed(split(tmp_path, parent="12345678"))[-1].note)


def test_a_volume_of_refs_is_named_and_left():
    disk = mbr(b"\0\0\0ReFS\0\0\0\0\0FSRS".ljust(4096, b"\0"))
    assert [(each.name, each.note) for each in image_entries(io.BytesIO(disk), None)] == [
        ("volume 1", RESILIENT)
    ]


def test_a_disk_without_a_volume_of_windows_says_so():
    with pytest.raises(Damaged, match="without a volume"):
        taken(mbr(bytes(4096)))


def test_a_further_segment_is_told_from_the_first():
    second = CONTAINERS["e01"][:9] + b"\2\0\0\0" + CONTAINERS["e01"][13:100]
    assert recognised(second) == "unknown"
    assert "further segment" in remark(second)


@pytest.mark.parametrize("head", [b"\x55\xaa".rjust(512, b"\0"), b"\x55\xaa".rjust(512, b"a"), bytes(512)])
def test_two_bytes_make_no_disk(head):
    assert recognised(head) == "unknown"


@pytest.mark.parametrize("container", ["raw", "mbr", "e01"])
def test_a_cut_image_gives_what_is_there_and_says_that_it_is_damaged(container, tmp_path):
    content = CONTAINERS[container]
    (tmp_path / "cut").write_bytes(content[: content.find(HOSTS * 4) + 5])
    found = listed(tmp_path / "cut")
    assert any(member.damaged for member in found)
    assert all(member.note for member in found if member.damaged)


@pytest.mark.parametrize("container", ["mbr", "gpt", "e01"])
def test_no_mutation_of_an_image_raises(container):
    chance = random.Random(container)  # noqa: S311  repeatable
    content = CONTAINERS[container]
    filled = [place for place in range(0, len(content), 512) if any(content[place : place + 512])]
    for _ in range(max(4, TIMES // 6)):
        changed = bytearray(content)
        for _ in range(chance.choice([1, 5, 50])):
            changed[chance.choice(filled) + chance.randrange(512)] = chance.randrange(256)
        try:
            found = list(image_entries(io.BytesIO(bytes(changed)), None))
            for entry in found:
                b"".join(entry.pieces or ())
        except Damaged as damage:
            assert str(damage)  # noqa: PT017  either end is right, but for another exception


@pytest.fixture
def ntfs(tmp_path):
    """Return a volume of NTFS, made by ntfs-3g where that is installed and may mount."""
    image, folder = tmp_path / "ntfs.raw", tmp_path / "mounted"
    if not (shutil.which("mkntfs") and shutil.which("ntfs-3g")):
        pytest.skip("ntfs-3g is not installed")
    folder.mkdir()
    with image.open("wb") as stream:
        stream.truncate(8 << 20)
    ran = [_ran("mkntfs", "-q", "-F", "-Q", image), _ran("ntfs-3g", image, folder)]
    if any(ran):
        pytest.skip("ntfs-3g may not mount here")
    try:
        for name, content in (FILES | OTHERS).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    finally:
        _ran("umount", folder)
    return image


def _ran(*command: object) -> int:
    return subprocess.run(list(map(str, command)), capture_output=True, check=False, timeout=60).returncode


def test_ntfs_gives_the_same_files_with_the_times_at_which_they_were_written(ntfs):
    found = list(image_entries(io.BytesIO(mbr(ntfs.read_bytes())), None))
    assert {each.name: each.size for each in found} == {
        f"volume 1/{name}": len(FILES[name]) for name in FILES
    }
    assert all(str(each.modified).endswith("+00:00") for each in found)
