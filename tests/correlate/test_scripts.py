"""Script blocks put together from their parts, and which of them explain a connection."""

from __future__ import annotations

import pytest

from .given import PID, SITE, block, but, completed, expect, only, permit, pipeline, started


def part(number, parts, text, seconds=-1.0, **columns):
    return block(seconds, part=number, parts=parts, text=text, **columns)


def scripts(*rows):
    """Return (text, matches, confidence) of the scripts of the one story, best first."""
    story = only("story", *rows)
    by_script = {row["script"]: row["text"] for row in expect("script", *rows)}
    assert [row["rank"] for row in story["scripts"]] == list(range(1, len(story["scripts"]) + 1))
    return [(by_script[row["script"]], row["matches"], row["confidence"]) for row in story["scripts"]]


def test_a_block_is_put_together_in_the_order_of_its_parts():
    found = only("script", part(2, 3, "B", -1), part(1, 3, "A", -2), part(3, 3, "C", -0.5))
    assert (found["text"], found["parts"], found["missing_parts"]) == ("ABC", 3, [])
    assert len(found["evidence"]) == 3


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_a_part_that_is_not_there_is_named_and_stands_in_the_text(missing):
    found = only("script", *(part(number, 3, "ABC"[number - 1]) for number in (1, 2, 3) if number != missing))
    assert found["missing_parts"] == [missing]
    assert f"[part {missing} is missing]\n" in found["text"]
    assert found["text"].replace(f"[part {missing} is missing]\n", "ABC"[missing - 1]) == "ABC"


def test_a_part_told_twice_counts_once():
    found = only("script", part(1, 2, "A"), part(1, 2, "A", 5), part(2, 2, "B"))
    assert (found["text"], len(found["evidence"])) == ("AB", 3)


@pytest.mark.parametrize("other", [{"block": "b2"}, {"pid": 20224}])
def test_another_block_or_process_is_another_script(other):
    assert len(expect("script", part(1, 2, "A"), part(2, 2, "B", **other))) == 2


def test_every_pipeline_is_one_by_itself():
    assert [row["kind"] for row in expect("script", pipeline(-2), pipeline(-1))] == ["pipeline", "pipeline"]


@pytest.mark.parametrize(("start", "named"), [(-0.001, True), (0.001, False)])
def test_a_block_written_in_whole_seconds_may_come_after_a_start_within_its_second(start, named):
    rows = (started(start), block(-1, recorded_width=1_000_000))
    known = {row["process"] for row in expect("process", *rows) if row["started"]}
    assert (only("script", *rows)["process"] in known) == named


@pytest.mark.parametrize("parts", [10_000, 10_001, 2_000_000_000])
def test_a_forged_number_of_parts_makes_no_million_missing_ones(parts):
    found = only("script", part(1, parts, "A"), part(7, parts, "G"))
    assert (found["parts"], len(found["missing_parts"])) == (parts, 9998 if parts == 10_000 else 0)
    assert found["text"].startswith("A")
    assert found["text"].rstrip("\n").endswith("]" if parts == 10_000 else "G")


def test_an_empty_part_is_no_missing_part():
    assert only("script", part(1, 1, ""))["missing_parts"] == []


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (f"Invoke-WebRequest http://{SITE}/a", True),
        ("iwr https://perdu.com/a", True),
        ("iwr https://PERDU.COM", True),
        ("'perdu.com'", True),
        ("iwr https://notperdu.com", False),
        ("iwr https://perdu.com-mirror.example", False),
        (f"ping {SITE}0", False),
        (f"ping 1{SITE}", False),
        ("iwr https://www.perdu.com", False),
        ("Get-Date", False),
    ],
)
def test_a_script_holds_a_name_or_address_as_a_whole(text, held):
    ((_, matches, confidence),) = scripts(completed(-1), permit(0), block(-2, text=text))
    assert bool(matches) == held
    assert confidence == (0.95 if held else 0.3)


def test_a_script_that_holds_the_story_s_text_comes_before_a_nearer_one():
    found = scripts(permit(0), block(-60, block="a", text=f"iwr {SITE}"), block(-1, block="b", text="nearer"))
    assert [text for text, _, _ in found] == [f"iwr {SITE}", "nearer"]


def test_the_command_line_of_the_host_counts_as_text():
    ((_, matches, _),) = scripts(permit(0), block(-1, host_application=f"powershell iwr {SITE}"))
    assert matches == [SITE]


def test_a_script_of_another_process_explains_nothing():
    assert scripts(permit(0), block(-1, pid=20224, text=f"iwr {SITE}")) == []


def test_a_script_of_an_earlier_instance_of_the_pid_explains_nothing():
    assert scripts(started(-500), block(-400, text=f"iwr {SITE}"), started(-100), permit(0)) == []


@pytest.mark.parametrize("count", [3, 4])
def test_of_the_scripts_without_a_match_the_last_three_before_the_connection_are_kept(count):
    rows = [block(-number, block=f"b{number}", text=f"{number}") for number in range(1, count + 1)]
    assert [text for text, _, _ in scripts(permit(0), *rows)] == ["1", "2", "3"]


def test_the_ten_likeliest_are_kept():
    rows = [block(-number, block=f"b{number}", text=f"{number} {SITE}") for number in range(1, 13)]
    assert len(scripts(permit(0), *rows)) == 10


def test_a_script_after_the_connection_counts_only_if_it_holds_its_text():
    assert [text for text, _, _ in scripts(permit(0), block(5, text=f"iwr {SITE}"))] == [f"iwr {SITE}"]
    assert scripts(permit(0), block(5)) == []


def test_a_script_without_a_pid_belongs_to_nobody():
    found = only("script", but(block(), pid=None))
    assert (found["process"], found["process_confidence"]) == (None, None)


def test_a_script_names_its_process():
    rows = [started(-10), block(-1)]
    (process,) = [row for row in expect("process", *rows) if row["pid"] == PID]
    assert only("script", *rows)["process"] == process["process"]
