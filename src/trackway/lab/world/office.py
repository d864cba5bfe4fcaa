"""The ordinary programs of a workplace, each a generator that acts and waits.

How often they do what is set to make a busy but plausible hour; what the records of it look like does not
hang on these numbers.
"""

from __future__ import annotations

from trackway.lab.world import machine as m
from trackway.lab.world.facts import UDP, Connection, Image, Process
from trackway.lab.world.host import Host
from trackway.lab.world.machine import system32
from trackway.lab.world.reach import HOUR, HTTPS, MINUTE, open_to, reach, through_proxy, transfer
from trackway.lab.world.resolver import is_answer
from trackway.lab.world.schedule import Program


def browse(host: Host, shell: Process, until: float = 10 * HOUR, pause: float = 90.0) -> Program:
    """Visit pages: a page brings further names, some only prefetched, some connections used again."""
    browser = host.start(shell, m.BROWSER)
    network = host.start(
        browser,
        m.BROWSER,
        f'"{m.BROWSER.path}" --type=utility --utility-sub-type=network.mojom.NetworkService',
    )
    renderer = host.start(browser, m.BROWSER, f'"{m.BROWSER.path}" --type=renderer --lang=en-US')
    host.services["browser"] = network
    end = host.now + int(until * 1e6)
    while host.now < end:
        yield host.dice.exponential(pause)
        host.end(renderer)
        renderer = host.start(browser, m.BROWSER, f'"{m.BROWSER.path}" --type=renderer --lang=en-US')
        yield from visit(host, network)
    for process in (renderer, network, browser):
        host.end(process)


def visit(host: Host, network: Process) -> Program:
    """Load one page."""
    for name in [host.dice.pick(host.internet.web) for _ in range(host.dice.whole(1, 7))]:
        if host.machine.proxy:
            yield from through_proxy(host, network, name, HTTPS)
            continue
        lookup = yield from host.resolve(network, name)
        if host.dice.chance(0.25):
            continue  # prefetched, or a connection that is still open
        yield from open_to(host, network, lookup, HTTPS, seconds=host.dice.spread(40, 3))
        if host.dice.chance(0.3):
            yield from open_to(host, network, lookup, HTTPS, seconds=host.dice.spread(40, 3))
        yield host.dice.exponential(0.3)


def mail(host: Host, shell: Process) -> Program:
    """Outlook: a few long connections, opened anew every few minutes."""
    outlook = host.start(shell, m.OUTLOOK)
    host.services["outlook"] = outlook
    yield 3.0
    while True:
        yield from reach(
            host,
            outlook,
            host.dice.pick(
                ("mail.office.example.com", "config.office.example.com", "nexus.office.example.com")
            ),
            seconds=400,
        )
        yield host.dice.exponential(200)


def chat(host: Host, shell: Process) -> Program:
    """A chat program that never rests."""
    image = m.CHAT._replace(path=m.CHAT.path.replace("anna", host.machine.user))
    main = host.start(shell, image)
    child = host.start(
        main, image, f'"{image.path}" --type=utility --utility-sub-type=network.mojom.NetworkService'
    )
    places = ("chat.teams.example.com", "presence.teams.example.com", "config.office.example.com")
    while True:
        yield host.dice.exponential(75)
        if host.dice.chance(0.85) or host.machine.proxy:
            yield from reach(host, child, host.dice.pick(places), seconds=90)
            continue
        # one of its processes asks, the other connects
        lookup = yield from host.resolve(main, host.dice.pick(places))
        yield from open_to(host, child, lookup, HTTPS, seconds=90)


def document(host: Host, shell: Process) -> Program:
    """Open a document in Word or Excel for a while, again and again."""
    while True:
        yield host.dice.exponential(15 * MINUTE)
        image, name = host.dice.pick(((m.WORD, "letter.docx"), (m.EXCEL, "forecast.xlsx")))
        office = host.start(
            shell, image, f'"{image.path}" "C:\\Users\\{host.machine.user}\\Documents\\{name}"'
        )
        yield host.dice.between(0.5, 2)
        yield from reach(host, office, "config.office.example.com")
        yield host.dice.spread(4 * MINUTE, 3)
        host.end(office)


def services(host: Host) -> Program:
    """Telemetry, certificates, time, connectivity, each by its own svchost."""
    work = (
        ("DiagTrack", "telemetry.example.com", 443),
        ("CryptSvc", "crl.example.org", 80),
        ("CryptSvc", "ocsp.example.org", 80),
        ("wuauserv", "update.example.org", 443),
        ("nsi", "connecttest.example.org", 80),
        ("WinHttpAutoProxySvc", "wpad", 80),
    )
    while True:
        yield host.dice.exponential(70)
        name, site, port = host.dice.pick(work)
        yield from reach(host, host.services[name], site, port, seconds=15)


def time_service(host: Host) -> Program:
    """Ask for the time, UDP 123 from port 123."""
    while True:
        lookup = yield from host.resolve(host.services["W32Time"], "time.example.net")
        if is_answer(lookup):
            host.connect(
                host.services["W32Time"], lookup.addresses[-1], 123, lookup, protocol=17, local_port=123
            )
        yield host.dice.between(15 * MINUTE, 17 * MINUTE)


def scheduled_updates(host: Host) -> Program:
    """An updater that a scheduled task starts, looks once and ends: short lives, PIDs given out again."""
    while True:
        yield host.dice.exponential(8 * MINUTE)
        updater = host.start(
            host.services["Schedule"],
            m.BROWSER_UPDATE,
            f'"{m.BROWSER_UPDATE.path}" /ua /installsource scheduler',
        )
        yield from reach(host, updater, "browser-update.example.net", seconds=3)
        yield host.dice.between(0.5, 4)
        host.end(updater)


def transfers(host: Host) -> Program:
    """What BITS fetches for Windows and for an updater: no command line speaks of it."""
    folder = "C:\\Windows\\SoftwareDistribution\\Download\\"
    while True:
        yield host.dice.exponential(8 * MINUTE)
        if host.dice.chance(0.5):
            url = f"https://update.example.org/{host.dice.hexadecimal(8).lower()}.cab"
            yield from transfer(host, host.services["wuauserv"], "WU Client Download", url, folder + "a.cab")
            continue
        line = f'"{m.BROWSER_UPDATE.path}" /c'
        updater = host.start(host.services["Schedule"], m.BROWSER_UPDATE, line)
        url = "https://browser-update.example.net/setup.exe"
        yield from transfer(host, updater, "Update", url, "C:\\Windows\\Temp\\setup.exe")
        host.end(updater)


def small_tasks(host: Host, pause: float = 40.0) -> Program:
    """Programs that live for seconds and never touch the network."""
    images = (
        "taskhostw.exe",
        "RuntimeBroker.exe",
        "backgroundTaskHost.exe",
        "dllhost.exe",
        "SearchProtocolHost.exe",
        "conhost.exe",
        "WmiPrvSE.exe",
    )
    while True:
        yield host.dice.exponential(pause)
        task = host.start(host.services["DcomLaunch"], system32(host.dice.pick(images)), "", host.user)
        host.schedule.add(_end_later(host, task), host.dice.spread(8, 4))


def _end_later(host: Host, process: Process) -> Program:
    host.end(process)
    yield from ()


def directory(host: Host) -> Program:
    """What a domain member says to its controller: LDAP, Kerberos, SMB by the kernel."""
    controller = f"dc1.{host.machine.domain}"
    address = dict(host.machine.intranet).get("dc1")
    while address:
        yield host.dice.exponential(6 * MINUTE)
        lookup = yield from host.resolve(host.services["lsass"], controller)
        if is_answer(lookup):
            host.connect(host.services["lsass"], address, host.dice.pick((88, 389)), lookup)
            yield host.dice.between(0.002, 0.05)
            host.connect(host.services["System"], address, 445, lookup, requester=host.services["lsass"])


def neighbours(host: Host) -> Program:
    """What comes in: NetBIOS names, mDNS, a scan of port 445, SSDP on the loopback."""
    while True:
        yield host.dice.exponential(50)
        other = f"10.0.0.{host.dice.whole(2, 250)}"
        host.dice.pick((_name_service, _multicast, _scan, _discovery))(host, other)


def _name_service(host: Host, other: str) -> None:
    host.accept(host.services["System"], 138, other, 138, protocol=UDP, local="10.0.0.255")


def _multicast(host: Host, other: str) -> None:
    host.accept(host.services["Dnscache"], 5353, other, 5353, protocol=UDP, local="224.0.0.251")


def _scan(host: Host, other: str) -> None:
    port, is_blocked = host.dice.whole(49152, 65535), host.dice.chance(0.3)
    host.accept(host.services["System"], 445, other, port, blocked=is_blocked)


def _discovery(host: Host, _: str) -> None:
    host.connect(host.services["SSDPSRV"], "239.255.255.250", 1900, protocol=UDP)


def loopback(host: Host, client: Process, server: Process, port: int) -> Connection:
    """Connect two processes of this host; both ends are seen."""
    there = host.connect(client, "127.0.0.1", port)
    host.accept(server, port, "127.0.0.1", there.local_port, local="127.0.0.1")
    return there


def local_talk(host: Host, shell: Process) -> Program:
    """A program that talks to a helper of its own over 127.0.0.1."""
    helper = host.start(
        shell, Image("C:\\Program Files\\Print Helper\\helper.exe", "Print helper", "Print vendor")
    )
    while True:
        yield host.dice.exponential(3 * MINUTE)
        loopback(host, host.services["explorer"], helper, 9100)


def workplace(host: Host, shell: Process) -> None:
    """Set everything going that an ordinary workplace runs."""
    for program in (
        browse(host, shell), mail(host, shell), chat(host, shell), document(host, shell), services(host),
        time_service(host), scheduled_updates(host), small_tasks(host), directory(host),
        neighbours(host), local_talk(host, shell),
    ):  # fmt: skip
        host.schedule.add(program, host.dice.between(0, 30))
