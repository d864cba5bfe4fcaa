"""Which keys of the registry are read, and how the values of one become rows.

Source: Microsoft's documentation of each setting (`docs/sources/registry.md` names them all). A key of which each
value is a setting by itself gives a row for each; a key whose values belong together gives one row with all of
them as JSON, names in lower case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from trackway.formats.small import Found

KIND: Final = "registry"

Value = str | list[str] | bytes
"""What a value holds: text or a number as text, several texts, or bytes."""

POLICY: Final = r"Policy\PolAdtEv"


class Wanted(NamedTuple):
    """A key: the hive, the path in it (`*` is any one step), and the values; none named are all, together."""

    hive: str
    path: str
    values: tuple[str, ...] = ()


_CONTROL: Final = r"CurrentControlSet\Control"
_SERVICES: Final = r"CurrentControlSet\Services"
_POWERSHELL: Final = r"Policies\Microsoft\Windows\PowerShell"

KEYS: Final = (
    Wanted("SYSTEM", rf"{_CONTROL}\ComputerName\ComputerName", ("ComputerName",)),
    Wanted("SYSTEM", rf"{_CONTROL}\TimeZoneInformation"),
    Wanted("SYSTEM", rf"{_CONTROL}\MiniNt"),
    Wanted("SYSTEM", rf"{_SERVICES}\Dnscache\Parameters", ("MaxCacheTtl", "MaxNegativeCacheTtl")),
    Wanted("SYSTEM", rf"{_SERVICES}\Tcpip\Parameters", ("NV Hostname", "Domain")),
    Wanted(
        "SYSTEM",
        rf"{_SERVICES}\Tcpip\Parameters\Interfaces\*",
        ("DhcpIPAddress", "LeaseObtainedTime", "LeaseTerminatesTime", "IPAddress"),
    ),
    Wanted("SYSTEM", rf"{_SERVICES}\SharedAccess\Parameters\FirewallPolicy\*\Logging"),
    Wanted("SYSTEM", rf"{_SERVICES}\EventLog\*"),
    Wanted("SYSTEM", rf"{_SERVICES}\SysmonDrv\Parameters", ("ConfigHash",)),
    Wanted("SOFTWARE", r"Microsoft\Windows\CurrentVersion\WINEVT\Channels\*"),
    Wanted(
        "SOFTWARE",
        r"Microsoft\Windows\CurrentVersion\Policies\System\Audit",
        ("ProcessCreationIncludeCmdLine_Enabled",),
    ),
    Wanted("SOFTWARE", rf"{_POWERSHELL}\ScriptBlockLogging", ("EnableScriptBlockLogging",)),
    Wanted("SOFTWARE", rf"{_POWERSHELL}\ModuleLogging", ("EnableModuleLogging",)),
    Wanted("SOFTWARE", rf"{_POWERSHELL}\Transcription", ("EnableTranscripting",)),
    Wanted("SOFTWARE", r"Policies\Microsoft\WindowsFirewall\*\Logging"),
    Wanted("SOFTWARE", r"Microsoft\Windows NT\CurrentVersion"),
    Wanted("SOFTWARE", r"Microsoft\Windows NT\CurrentVersion\NetworkList\Profiles\*"),
    Wanted("SECURITY", POLICY),
)

OFF_WHERE_ABSENT: Final = tuple(each for each in KEYS if each.values and each.values[0] in (
    "ProcessCreationIncludeCmdLine_Enabled", "EnableScriptBlockLogging", "EnableModuleLogging", "EnableTranscripting",
))  # fmt: skip
"""Settings that are off where a whole hive has no value for them."""


def wanted(hive: str, path: str) -> Wanted | None:
    """Return which of `KEYS` a path of a hive is, or null; letter case does not matter."""
    return next((each for each in KEYS if each.hive == hive and _matches(each.path, path)), None)


def _matches(pattern: str, path: str) -> bool:
    parts, steps = pattern.lower().split("\\"), path.lower().split("\\")
    return len(parts) == len(steps) and all(
        part in ("*", step) for part, step in zip(parts, steps, strict=True)
    )


def rows_of(
    each: Wanted, path: str, values: Mapping[str, Value], line: Callable[[str], int], computer: str | None
) -> Iterator[Found]:
    """Yield the rows of one key; `line` gives the place of a value by its name, and that of the key itself for none."""
    key = {"computer": computer, "Key": f"HKLM\\{each.hive}\\{path}"}
    by_name = {name.lower(): value for name, value in values.items()}
    if each.path == POLICY:
        yield from _policy(by_name.get("(default)"), key, line)
    elif not each.values:
        told = {name: _text(value) for name, value in sorted(by_name.items()) if not isinstance(value, bytes)}
        yield KIND, line(""), {**key, "Data": json.dumps(told, ensure_ascii=False)}
    for name in each.values:
        value = by_name.get(name.lower())
        for item in value if isinstance(value, list) else [value]:
            if item is not None and not isinstance(item, bytes):
                yield KIND, line(name.lower()), {**key, "Name": name, "Data": item}


def _text(value: Value) -> str:
    return ";".join(value) if isinstance(value, list) else str(value)


def _policy(value: Value | None, key: dict[str, str | None], line: Callable[[str], int]) -> Iterator[Found]:
    settings = audit_settings(value) if isinstance(value, bytes) else None
    if settings is None:
        yield KIND, line(""), "the audit policy is in a form that is not known here"
        return
    for guid, setting in settings.items():
        yield KIND, line(""), {**key, "Name": guid, "Data": str(setting)}


CATEGORIES: Final = (
    "10 11 12 13 14",
    "15 16 17 18 1b 19 1a 1c 43 47 49",
    "1d 1e 1f 20 27 21 22 23 24 25 26 44 45 46",
    "28 29 2a",
    "2b 2c 2d 2e 48 4a",
    "2f 30 31 32 33 34",
    "35 36 37 38 39 3a",
    "3b 3c 3d 3e",
    "3f 40 41 42",
)
"""The digits in which the GUIDs of the subcategories differ, category by category, as the registry orders them."""

_HEADER: Final = 12
_MOST: Final = 64
_SETTINGS: Final = 4


def audit_settings(raw: bytes) -> dict[str, int] | None:
    """Return the setting (0 none, 1 success, 2 failure, 3 both) of each subcategory, or null for another form.

    Twelve bytes of header (the number of categories at 4, where their sizes are at 8), a number of 16 bits for each
    subcategory, and the sizes of the categories. Newer versions of Windows append to a category.
    """
    count, at = int.from_bytes(raw[4:8], "little"), int.from_bytes(raw[8:12], "little")
    if count != len(CATEGORIES) or at < _HEADER or at + 2 * count > len(raw):
        return None
    sizes = [int.from_bytes(raw[at + 2 * i : at + 2 * i + 2], "little") for i in range(count)]
    if max(sizes) > _MOST or _HEADER + 2 * sum(sizes) > at:
        return None
    found, place = dict[str, int](), _HEADER
    for size, digits in zip(sizes, CATEGORIES, strict=True):
        for number, each in enumerate(digits.split()[:size]):
            value = int.from_bytes(raw[place + 2 * number : place + 2 * number + 2], "little")
            found[f"{{0cce92{each}-69ae-11d9-bed3-505054503030}}"] = value
        place += 2 * size
    return found if all(value < _SETTINGS for value in found.values()) else None


def hive_and_path(key: str) -> tuple[str, str]:
    r"""Return hive and path of a key as `reg` writes it: `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Control\…`."""
    _, _, below = key.partition("\\")
    hive, _, path = below.partition("\\")
    return hive.upper(), re.sub(r"(?i)^ControlSet\d{3}(?=\\|$)", "CurrentControlSet", path)
