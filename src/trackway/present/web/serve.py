"""The workbench's server: one process on this machine, gone when it is interrupted."""

from __future__ import annotations

import ipaddress
import secrets
import socket
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from threading import Timer

import uvicorn

from trackway.case import Case
from trackway.errors import CaseError, UsageError
from trackway.present.pages.static import built
from trackway.present.web.app import Workbench, application
from trackway.present.web.bench import Bench, evidence_paths
from trackway.present.web.guard import Lock, names

_MOST_AT_ONCE = 64
_BROWSER_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to serve.

    Attributes:
        host: address to listen on.
        port: 0 takes a free one.
        password: needed for every address that is not this machine's own.
        opens_browser: whether to open the browser of this machine.
    """

    host: str = "127.0.0.1"
    port: int = 0
    password: str | None = None
    opens_browser: bool = True


def serve(
    case: Case, place: Place, evidence: tuple[str, ...], other: Case | None, say: Callable[[str], None]
) -> None:
    """Answer until interrupted.

    Args:
        case: the case.
        place: where.
        evidence: where the evidence is; by default beside the case or in the current folder.
        other: a second case to compare it with.
        say: is told the address.

    Raises:
        UsageError: an address that others reach was given without a password.
        CaseError: the port is taken, or the pages are not built.
    """
    if not _is_loopback(place.host) and not place.password:
        raise UsageError(f"--host {place.host}: others can reach it; set a password in TRACKWAY_PASSWORD")
    built("workbench.js")
    listening = _listening(place)
    port = int(listening.getsockname()[1])
    lock = Lock(
        token=secrets.token_urlsafe(32),
        names=names(place.host, port),
        cookie=f"trackway-{port}",
        password=place.password,
    )
    workbench = Workbench(
        bench=Bench(case),
        other=Bench(other) if other else None,
        evidence=evidence_paths(case, evidence),
        lock=lock,
    )
    address = f"http://{sorted(lock.names)[0]}/?token={lock.token}"
    say(f"the workbench is at {address}; Ctrl-C ends it")
    if place.opens_browser:
        Timer(_BROWSER_SECONDS, webbrowser.open, [address]).start()
    _run(workbench, listening)


def _run(workbench: Workbench, listening: socket.socket) -> None:
    config = uvicorn.Config(
        application(workbench),
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=1,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        return
    finally:
        listening.close()


def _listening(place: Place) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
        found = socket.socket(family, socket.SOCK_STREAM)
        found.bind((place.host, place.port))
    except OSError as error:
        raise CaseError(f"--host {place.host} --port {place.port}: {error.strerror or error}") from error
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
