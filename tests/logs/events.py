"""Small events, as trees and as lines of an export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trackway.formats.whole import Element, Whole
from trackway.formats.whole.ticks import moment
from trackway.formats.whole.tree import parsed

TIME = "2021-11-27T03:17:39.1234567Z"


def event(data: str = "<Data Name='QueryName'>perdu.com</Data>", **system: Any) -> Element:
    """Return a DNS-Client event whose EventData holds this XML; `user` gives UserData in its place."""
    given = {
        "event_id": 3006,
        "time": TIME,
        "level": 4,
        "keywords": "0x8000000000000000",
        "pid": 4711,
        "user": "",
    }
    given |= system
    body = f"<UserData>{given['user']}</UserData>" if given["user"] else f"<EventData>{data}</EventData>"
    return parsed(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        "<Provider Name='Microsoft-Windows-DNS-Client' Guid='{1C95126E-7EEA-49A9-A3FE-A378B03DDB4D}'/>"
        f"<EventID>{given['event_id']}</EventID><Version>0</Version><Level>{given['level']}</Level>"
        f"<Keywords>{given['keywords']}</Keywords><TimeCreated SystemTime='{given['time']}'/>"
        f"<EventRecordID>42</EventRecordID><Execution ProcessID='{given['pid']}' ThreadID='8'/>"
        "<Channel>Microsoft-Windows-DNS-Client/Operational</Channel><Computer>WS7</Computer>"
        f"<Security UserID='S-1-5-18'/></System>{body}</Event>"
    )


def whole(root: Element | None = None, **system: Any) -> Whole:
    root = root or event(**system)
    time = moment(root.value("System/TimeCreated", "SystemTime") or "")
    return Whole(None, 42, time.ticks if time else None, True, 100, root)


def line(**given: Any) -> dict[str, Any]:
    """Return one event as evtx_dump writes it."""
    fields = {"QueryName": "perdu.com", "QueryType": "1"} | given.get("fields", {})
    return {
        "Event": {
            "System": {
                "Provider": {"#attributes": {"Name": given.get("provider", "Microsoft-Windows-DNS-Client")}},
                "EventID": given.get("event_id", 3006),
                "Version": 0,
                "Level": given.get("level", 4),
                "TimeCreated": {"#attributes": {"SystemTime": given.get("time", TIME)}},
                "EventRecordID": given.get("record", 1),
                "Execution": {"#attributes": {"ProcessID": 4711, "ThreadID": 8}},
                "Channel": given.get("channel", "Microsoft-Windows-DNS-Client/Operational"),
                "Computer": given.get("computer", "WS7"),
            },
            "EventData": fields,
        }
    }


def export(path: Path, *lines: dict[str, Any]) -> Path:
    """Write an export and return its path."""
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8", newline="\n")
    return path
