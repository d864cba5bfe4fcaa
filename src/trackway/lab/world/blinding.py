"""What the attacker does to what watches: clears logs, switches sources off, and on again."""

from __future__ import annotations

from trackway.lab.world.attack import CMD
from trackway.lab.world.facts import Process, Turn
from trackway.lab.world.host import Host
from trackway.lab.world.machine import system32
from trackway.lab.world.reach import MINUTE
from trackway.lab.world.schedule import Program
from trackway.lab.world.windows import command


def clear_traces(host: Host, shell: Process) -> Program:
    """Clear the Security log and, some minutes later, that of Sysmon."""
    yield host.dice.between(30 * MINUTE, 90 * MINUTE)
    for log, name in (("security", "Security"), ("sysmon", "Microsoft-Windows-Sysmon/Operational")):
        yield from _administer(host, shell, f"wevtutil cl {name}", Turn(0, "clear", log))
        yield host.dice.between(1 * MINUTE, 5 * MINUTE)


def switch_off(host: Host, shell: Process) -> Program:
    """Switch off what watches, one after the other, and on again some time later."""
    dns = "Microsoft-Windows-DNS-Client/Operational"
    steps = (
        (
            "5156",
            'auditpol /set /subcategory:"{0CCE9226-69AE-11D9-BED3-505054503030}" /success:{}able /failure:{}able',
        ),
        ("4688", 'auditpol /set /subcategory:"{0CCE922B-69AE-11D9-BED3-505054503030}" /success:{}able'),
        ("sysmon", "sc.exe st{} Sysmon64"),
        ("dns_client", f"wevtutil sl {dns} /e:{{}}"),
    )
    words = {"auditpol": ("dis", "en"), "sc.exe": ("op", "art"), "wevtutil": ("false", "true")}
    while True:
        yield host.dice.between(10 * MINUTE, 25 * MINUTE)
        group, line = host.dice.pick(steps)
        off, on = words[line.split(maxsplit=1)[0]]
        yield from _administer(host, shell, line.replace("{}", off), Turn(0, "off", group))
        yield host.dice.between(4 * MINUTE, 15 * MINUTE)
        yield from _administer(host, shell, line.replace("{}", on), Turn(0, "on", group))
        rules = Turn(0, "configure", host.dice.pick(("browser.exe,chat.exe", "svchost.exe", "syncsvc.exe")))
        yield from _administer(host, shell, "Sysmon64.exe -c C:\\ProgramData\\c.xml", rules)


def _administer(host: Host, shell: Process, line: str, turn: Turn) -> Program:
    """Run one command of an administrator, which changes what the host keeps."""
    prompt = command(host, shell, CMD, "cmd.exe")
    prompt.attack = "blinding" if turn.kind != "clear" else "clear_traces"
    name = line.split(maxsplit=1)[0]
    tool = host.start(prompt, system32(name if name.endswith(".exe") else f"{name}.exe"), line)
    yield 0.2
    host.tell(turn._replace(time=host.now))
    yield 0.05
    host.end(tool)
    host.end(prompt)
