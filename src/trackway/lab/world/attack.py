"""What the attacker does."""

from __future__ import annotations

from base64 import b64encode

from trackway.lab.world import machine as m
from trackway.lab.world.facts import Process
from trackway.lab.world.host import Host
from trackway.lab.world.office import command
from trackway.lab.world.schedule import Program

SEED_URL = "http://perdu.com"


def macro(host: Host, shell: Process, url: str = SEED_URL) -> Program:
    """The seed's story: a workbook from a mail starts an encoded PowerShell that fetches a page."""
    outlook = host.services.get("outlook", shell)
    folder = f"C:\\Users\\{host.machine.user}\\AppData\\Local\\Microsoft\\Windows\\INetCache\\Content.Outlook\\Q7KX1Z3D"
    excel = host.start(outlook, m.EXCEL, f'"{m.EXCEL.path}" "{folder}\\Invoice 11-2021.xlsm"')
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
    host.connect(shell, lookup.addresses[0], 80, lookup, seconds=5)
    yield 1.2
    host.run_script(shell, "pipeline", text, "Invoke-WebRequest")
    yield 0.4
    host.end(shell)
