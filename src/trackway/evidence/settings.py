"""Texts about how a host is set, recognised by their build and never by labels in a human language.

Sources: Microsoft, "auditpol" (`/get`, `/r`, `/backup`; audit.csv of a Group Policy), "netsh advfirewall",
"wevtutil gl"; printed texts in English, German and Chinese.
"""

from __future__ import annotations

import re
from typing import Final

REGISTRY_TEXT: Final = "registry_text"
COLLECTION: Final = "collection"
KAPE_LOG: Final = "kape_log"
AUDIT_POLICY, FIREWALL_SETTINGS, LOG_CHANNELS, SYSMON_RULES = (
    "audit_policy",
    "firewall_settings",
    "log_channels",
    "sysmon_rules",
)

# WS7,System,Filtering Platform Connection,{0CCE9226-69AE-11D9-BED3-505054503030},No Auditing,
_AUDIT_REPORT: Final = re.compile(
    r"^[^,\n]*,[^,\n]*,[^,\n]*,\"?\{0CCE92[0-9A-F]{2}-69AE-11D9-BED3-505054503030\}", re.I | re.M
)
# Category/Subcategory                      Setting
# Object Access
#   Filtering Platform Connection           No Auditing
_AUDIT_LIST: Final = re.compile(
    r"^\S[^\n/]*/[^\n/]*?\S {2,}\S[^\n]*\n\s*\S[^\n]*\n+ {2}\S[^\n]*? {2,}\S", re.M
)
# FileName                              %systemroot%\system32\LogFiles\Firewall\pfirewall.log
# MaxFileSize                           4096
_FIREWALL: Final = re.compile(r"^\S{1,60} {3,60}[^\n]{0,300}[\\/%][^\n]{0,300}\n\S{1,60} {3,60}\d+ *$", re.M)
_FIREWALL_HEAD: Final = re.compile(r"^\S[^\n]{0,100}: *\n-{20,100} *\n", re.M)
# "name: Microsoft-Windows-DNS-Client/Operational", and in the next line "enabled: false"
_CHANNEL: Final = re.compile(r"^name: \S[^\n]*\nenabled: (?:true|false)\s*$", re.M)
_CHANNEL_XML: Final = re.compile(r"<channel\s{1,9}name=[^<>]{1,600}?\senabled=")
# what `reg query` prints, and what `reg export` writes
_REGISTRY: Final = re.compile(
    r"\A\s*HK(?:EY_LOCAL_MACHINE|LM)\\\S[^\n]*\n {4}\S|\A(?:Windows Registry Editor Version 5\.00|REGEDIT4)\s*\n"
)
KAPE_MACHINE: Final = re.compile(
    r"^\[[^\]\n]{8,40}\] ?System info: Machine name: (?P<name>[^,\s]{1,63}),", re.M
)
"""The line of KAPE's console log that names the host."""
# <Sysmon schemaversion="4.50">, or what `sysmon -c` prints
_SYSMON: Final = re.compile(
    r"<Sysmon\s[^<>]{0,500}?\bschemaversion\s*=|^ - \w+ +onmatch: (?:include|exclude)\b|^ - Driver name: +\S",
    re.M,
)


def setting_kind(text: str) -> str | None:
    """Return the kind of a text about a host's settings, or null.

    Args:
        text: its beginning, without byte order mark.
    """
    text = text.replace("\r", "")
    if KAPE_MACHINE.search(text):
        return KAPE_LOG
    if _REGISTRY.search(text):
        return REGISTRY_TEXT
    if _SYSMON.search(text):
        return SYSMON_RULES
    if _AUDIT_REPORT.search(text) or _AUDIT_LIST.search(text):
        return AUDIT_POLICY
    if _FIREWALL.search(text) and _FIREWALL_HEAD.search(text):
        return FIREWALL_SETTINGS
    return LOG_CHANNELS if _CHANNEL.search(text) or _CHANNEL_XML.search(text) else None
