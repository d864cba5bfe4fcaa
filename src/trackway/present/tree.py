"""One story as a tree: who started what, what it ran, asked for and connected to, what stays open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

import duckdb
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from trackway import query
from trackway.present.cells import citation, timed
from trackway.present.console import said
from trackway.present.rows import Act, Blind, Citation, Lookup, Name, Process, Script, Story, Traffic
from trackway.present.terminal import endpoint, number, process_name
from trackway.present.words import WORDS

_SCRIPT_LETTERS: Final = 400
_SCRIPTS: Final = 5
_NAMES: Final = 10
_ACTS: Final = 5
_CITATIONS: Final = 6
_HOURLY: Final = 5
_QUIET: Final = "dim"
_KINDS: Final = {"block": "script block", "pipeline": "pipeline", "engine": "engine start"}


@dataclass(frozen=True, slots=True)
class Behind:
    """The look-ups that a story cites, and where each process and script of it stands in the evidence."""

    lookups: Mapping[str, Lookup]
    evidence: Mapping[str, list[Citation]]


def write_story(connection: duckdb.DuckDBPyConnection, identifier: str, out: Console) -> None:
    """Print the story with this whole identifier."""
    story = cast("Story", _rows(connection, "stories", [identifier])[0])
    behind = _behind(connection, story)
    out.print(_headline(story))
    out.print(_grown(story, behind))
    for renderable in (*_candidates(story, behind), *_open_questions(story["not_seen"])):
        out.print(renderable)


def _rows(
    connection: duckdb.DuckDBPyConnection, view: str, identifiers: Iterable[str]
) -> list[dict[str, object]]:
    table = query.ask(connection, view, identifiers=sorted(set(identifiers))).table()
    rows: list[dict[str, object]] = timed(table).to_pylist()
    return rows


def _behind(connection: duckdb.DuckDBPyConnection, story: Story) -> Behind:
    lookups = _rows(connection, "lookups", (name["lookup"] for name in story["names"]))
    told = [
        *_rows(connection, "processes", (process["process"] for process in _processes(story))),
        *_rows(connection, "scripts", (script["script"] for script in story["scripts"])),
    ]
    return Behind(
        lookups={str(row["lookup"]): cast("Lookup", row) for row in lookups},
        evidence={
            str(row.get("script") or row["process"]): cast("list[Citation]", row["evidence"]) for row in told
        },
    )


def _processes(story: Story) -> Iterator[Process]:
    yield from story["ancestors"]
    yield from story["process_candidates"]
    yield from (process for process in (story["process"], story["requester"]) if process)


def _headline(story: Story) -> Text:
    name = f" ({story['names'][0]['name']})" if story["names"] else ""
    way = "from" if story["direction"] == "inbound" else "to"
    what = f"{story['direction']} {story['protocol']} {way} {endpoint(story, 'remote')}{name}"
    return said(f"{story['host']}: {what}, {story['action']}", "bold")


def _grown(story: Story, behind: Behind) -> Tree:
    """Return the tree: an ancestor holds the next, the process what it ran, asked for and connected to."""
    root = Tree(said(f"story {story['story']}", _QUIET), guide_style=_QUIET)
    branch = root
    for ancestor in reversed(story["ancestors"]):
        branch = branch.add(_process(ancestor, behind))
    if story["process"]:
        branch = branch.add(_process(story["process"], behind))
    else:
        branch = branch.add(said("unknown process", "bold"))
    if story["requester"]:
        branch.add(_requester(story, behind))
    for script in story["scripts"][:_SCRIPTS]:
        branch.add(_script(script, behind))
    _say_more(branch, len(story["scripts"]) - _SCRIPTS, "scripts", story)
    for name in story["names"][:_NAMES]:
        branch.add(_name(name, story, behind))
    _say_more(branch, len(story["names"]) - _NAMES, "names", story)
    branch.add(_connection(story))
    for act in story["acts"][:_ACTS]:
        branch.add(_act(act))
    _say_more(branch, len(story["acts"]) - _ACTS, "files and libraries", story)
    for traffic in story["traffic"][:_HOURLY]:
        branch.add(_traffic(traffic))
    _say_more(branch, len(story["traffic"]) - _HOURLY, "sums of the hour", story)
    return root


def _say_more(branch: Tree, more: int, what: str, story: Story) -> None:
    if more > 0:
        branch.add(said(f"and {more} more {what}: --story {story['story']} --format json lists them", _QUIET))


def _process(process: Process, behind: Behind, before: str = "") -> Text:
    label = _timed(process["started"], f"{before}{process_name(process)}")
    _line(label, process["command_line"] or process["image"])
    if process["user"]:
        _line(label, f"as {process['user']}")
    return _foot(
        label,
        process["confidence"],
        process["basis"],
        process["reason"],
        behind.evidence.get(process["process"]),
    )


def _requester(story: Story, behind: Behind) -> Text:
    requester = story["requester"]
    assert requester is not None  # noqa: S101  the caller asked for it
    return _process(requester, behind, f"acting (by {requester['via']}) for ")


def _script(script: Script, behind: Behind) -> Text:
    kind = {"block": "script block", "pipeline": "pipeline", "engine": "engine start"}.get(
        str(script["kind"]), "script"
    )
    label = _timed(script["time_from"], f"ran {kind} {script['path'] or ''}".rstrip())
    text = script["text"] or ""
    is_cut = script["text_cut"] or len(text) > _SCRIPT_LETTERS
    _line(label, text[:_SCRIPT_LETTERS] + (" ... (cut)" if is_cut else ""))
    if script["missing_parts"]:
        _line(label, f"parts not in this evidence: {', '.join(map(str, script['missing_parts']))}")
    return _foot(
        label, script["confidence"], script["basis"], script["reason"], behind.evidence.get(script["script"])
    )


def _name(name: Name, story: Story, behind: Behind) -> Text:
    lookup = behind.lookups.get(name["lookup"])
    label = _timed(name["time_from"], f"asked for {name['name']}")
    if lookup:
        _line(label, _answer(lookup))
        asker = lookup["process"]
        if asker is None or not story["process"] or asker["process"] != story["process"]["process"]:
            _line(label, f"asked by {process_name(asker)}" if asker else "no record says who asked")
    return _foot(
        label, name["confidence"], name["basis"], name["reason"], lookup["evidence"] if lookup else None
    )


def _answer(lookup: Lookup) -> str:
    chain = "".join(f"{alias} -> " for alias in lookup["cnames"])
    answer = ", ".join(lookup["addresses"]) or (lookup["status_text"] or "no answer on record")
    origin = f" (from {lookup['answered_from']})" if lookup["answered_from"] not in (None, "unknown") else ""
    return f"answer: {chain}{answer}{origin}"


def _connection(story: Story) -> Text:
    icmp = f", type {story['icmp_type']} code {story['icmp_code']}" if story["icmp_type"] is not None else ""
    arrow = "<-" if story["direction"] == "inbound" else "->"
    label = _timed(
        story["time_from"],
        f"{story['protocol']} {endpoint(story, 'local')} {arrow} {endpoint(story, 'remote')}"
        f"{icmp}, {story['direction']}, {story['action']}",
    )
    if story["remote_name_hint"]:
        _line(
            label, f"called {story['remote_name_hint']} by its source (a hint, not a name that was asked for)"
        )
    process = story["process"]
    if process:
        return _foot(label, process["confidence"], process["basis"], process["reason"], story["evidence"])
    return _foot(label, None, None, None, story["evidence"])


def _act(act: Act) -> Text:
    label = _timed(act["time"], f"{WORDS['done'].get(act['kind'], act['kind'])} {act['subject'] or 'a file'}")
    return _foot(label, None, None, act["reason"], [act["evidence"]])


def _traffic(traffic: Traffic) -> Text:
    """Return what the program counted in that hour: beside the connection, never of it alone."""
    label = _timed(
        traffic["time_to"],
        f"{traffic['program']} had sent {traffic['bytes_sent'] or 0:,} and received "
        f"{traffic['bytes_received'] or 0:,} bytes since {traffic['time_from']}",
    )
    on, by = traffic["interface"], traffic["user"]
    _line(label, " ".join(filter(None, ("all connections together", on and f"over {on}", by and f"as {by}"))))
    return _foot(label, None, None, None, traffic["evidence"])


def _candidates(story: Story, behind: Behind) -> Iterator[Tree]:
    if story["process_candidates"]:
        root = Tree(said("other processes that fit", "bold"), guide_style=_QUIET)
        for process in story["process_candidates"]:
            root.add(_process(process, behind))
        yield root


def _open_questions(blind: Iterable[Blind]) -> Iterator[Tree]:
    questions: dict[str, list[Blind]] = {}
    for row in blind:
        questions.setdefault(row["question"], []).append(row)
    if questions:
        root = Tree(said("not seen", "bold"), guide_style=_QUIET)
        for question, rows in questions.items():
            branch = root.add(said(question))
            for row in rows:
                branch.add(said(f"{row['source']}: {row['reason']}", _QUIET))
        yield root


def _timed(moment: str | None, text: str) -> Text:
    return Text.assemble(said(f"{moment or 'time unknown'}  ", _QUIET), said(text, "bold"))


def _line(label: Text, text: str | None) -> None:
    if text:
        label.append("\n").append_text(said(text))


def _foot(
    label: Text,
    confidence: float | None,
    basis: str | None,
    reason: str | None,
    evidence: list[Citation] | None,
) -> Text:
    """Add how sure the link is, why, and the records."""
    sure = f"confidence {number(confidence)} ({basis})" if confidence is not None else ""
    parts = [part for part in (sure, reason, _citations(evidence or [])) if part]
    label.append("\n").append_text(said("; ".join(parts) or "no record of its own", _QUIET))
    return label


def _citations(evidence: list[Citation]) -> str:
    shown = ", ".join(citation(row) for row in evidence[:_CITATIONS])
    more = len(evidence) - _CITATIONS
    return f"{shown} and {more} more records" if more > 0 else shown
