from __future__ import annotations

import os
import pickle
from itertools import permutations
from pathlib import Path

import pytest

from trackway.errors import EvidenceError
from trackway.evidence.containers import members
from trackway.evidence.discover import EvidenceFile, discover


def written(path: Path, content: bytes = b"{}") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(*paths: Path) -> list[str]:
    return [file.name for file in discover(paths)]


def linked(link: Path, target: Path) -> Path:
    try:
        link.symlink_to(target, target_is_directory=target.is_dir())
    except (OSError, NotImplementedError):
        pytest.skip("this system lets nobody make links here")
    return link


def test_a_file_given_itself_is_called_by_its_base_name(tmp_path):
    file = written(tmp_path / "deep" / "Security.evtx", b"12345")
    assert discover([file]) == [EvidenceFile(file.resolve(), "Security.evtx", 5)]


def test_a_file_in_a_folder_is_called_by_folder_and_path_and_its_ending_does_not_matter(tmp_path):
    for name in ("b/x.txt", "a/noending", "a/y.evtx"):
        written(tmp_path / "case" / name)
    assert names(tmp_path / "case") == ["case/a/noending", "case/a/y.evtx", "case/b/x.txt"]


def test_a_file_that_was_found_can_go_to_another_process(tmp_path):
    files = discover([written(tmp_path / "a.json")])
    assert pickle.loads(pickle.dumps(files)) == files  # noqa: S301  our own bytes


def test_the_same_file_given_twice_is_taken_once(tmp_path):
    file = written(tmp_path / "folder" / "a.json")
    for given in permutations([file, tmp_path / "folder", file.parent / ".." / "folder" / "a.json"]):
        assert names(*given) == ["folder/a.json"]


def test_two_names_of_one_file_on_disk_are_one_file(tmp_path):
    file = written(tmp_path / "folder" / "a.json")
    os.link(file, tmp_path / "folder" / "b.json")
    assert len(names(tmp_path / "folder")) == 1


def test_different_files_of_one_name_are_told_apart_in_any_order_of_arguments(tmp_path):
    given = [written(tmp_path / str(size) / "x.json", b" " * size) for size in (3, 1, 2)]
    found = {tuple((file.name, file.size) for file in discover(order)) for order in permutations(given)}
    assert found == {(("x.json", 1), ("x.json (2)", 2), ("x.json (3)", 3))}


def test_files_of_one_name_and_size_are_ordered_by_content(tmp_path):
    given = [written(tmp_path / str(number) / "x", bytes([number])) for number in range(3)]
    found = {tuple(file.path.read_bytes() for file in discover(order)) for order in permutations(given)}
    assert len(found) == 1


def test_a_name_that_looks_like_a_second_one_stays_its_own(tmp_path):
    given = [written(tmp_path / name, name.encode()) for name in ("1/x", "2/x", "3/x (2)")]
    assert names(*given) == ["x", "x (2)", "x (3)"]


def test_what_is_not_there_is_one_clear_line(tmp_path):
    with pytest.raises(EvidenceError, match="does not exist; check the path") as error:
        discover([tmp_path / "gone.evtx"])
    assert "\n" not in str(error.value)
    assert "gone.evtx" in str(error.value)


def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path, monkeypatch):
    file = written(tmp_path / "a.json")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(EvidenceError, match=r"a\.json: cannot be read \(Permission denied\)"):
        discover([file])


@pytest.mark.parametrize("folder", ["", "only/folders/in/it"])
def test_a_folder_without_files_is_one_clear_line(tmp_path, folder):
    (tmp_path / "empty" / folder).mkdir(parents=True)
    with pytest.raises(EvidenceError, match="is a folder without any file"):
        discover([tmp_path / "empty"])


def test_a_link_inside_the_folder_does_not_make_a_file_twice(tmp_path):
    file = written(tmp_path / "folder" / "a.json")
    linked(tmp_path / "folder" / "b.json", file)
    linked(tmp_path / "folder" / "again", tmp_path / "folder")
    assert names(tmp_path / "folder") == ["folder/a.json"]


@pytest.mark.parametrize("target", ["secret.json", "secrets", "nowhere"])
def test_a_link_that_leaves_the_folder_is_not_followed_and_says_so(tmp_path, target):
    written(tmp_path / "secret.json", b'{"EventID":1}')
    written(tmp_path / "secrets" / "a.json", b'{"EventID":1}')
    written(tmp_path / "folder" / "a.json")
    linked(tmp_path / "folder" / "link", tmp_path / target)
    link = discover([tmp_path / "folder"])[1]
    (member,) = members(link)
    assert (member.name, member.kind, member.stream) == ("folder/link", "unknown", None)
    assert "not followed" in str(member.note)


def test_a_link_given_itself_is_followed(tmp_path):
    link = linked(tmp_path / "link.json", written(tmp_path / "real.json", b"{}"))
    (file,) = discover([link])
    assert (file.name, file.size) == ("link.json", 2)
    assert [member.kind for member in members(file)] == ["json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_a_folder_is_listed_and_never_waited_for(tmp_path):
    written(tmp_path / "folder" / "a.json")
    os.mkfifo(tmp_path / "folder" / "pipe")
    (member,) = members(discover([tmp_path / "folder"])[1])
    assert member.note == "neither a file nor a folder; not read"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_given_itself_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EvidenceError, match="neither a file nor a folder"):
        discover([tmp_path / "pipe"])


@pytest.mark.skipif(os.name == "nt", reason="file names are Unicode here")
def test_a_name_that_is_no_text_can_still_be_written_down(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    try:
        (folder / os.fsdecode(b"a\xff.json")).write_bytes(b"{}")
    except OSError:
        pytest.skip("this file system takes only text")
    assert names(folder) == ["folder/a\\xff.json"]


def test_a_folder_inside_that_cannot_be_read_is_listed_and_the_rest_is_read(tmp_path, monkeypatch):
    written(tmp_path / "folder" / "a.json")
    written(tmp_path / "folder" / "locked" / "b.json")
    whole = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return whole(path)

    monkeypatch.setattr(os, "scandir", scandir)
    first, second = discover([tmp_path / "folder"])
    assert (first.name, second.name) == ("folder/a.json", "folder/locked")
    (member,) = members(second)
    assert member.damaged
    assert "cannot be read" in str(member.note)
