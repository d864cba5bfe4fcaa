"""A workbench of a case, answered from a thread of the test."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import uvicorn

from trackway.case import Case
from trackway.present.web.app import Workbench, application
from trackway.present.web.bench import Bench
from trackway.present.web.guard import Lock, names

TOKEN = "a-token-for-tests"  # noqa: S105  of the tests


@dataclass(frozen=True)
class Served:
    """Where a workbench answers."""

    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def entry(self) -> str:
        return f"{self.origin}/?token={TOKEN}"

    @property
    def cookies(self) -> dict[str, str]:
        return {f"trackway-{self.port}": TOKEN}


@contextmanager
def served(
    case: Case, *, other: Case | None = None, evidence: list[Path] | None = None, password: str | None = None
) -> Iterator[Served]:
    """Serve a case until the block ends."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)  # a browser may knock before the thread has begun
    port = listening.getsockname()[1]
    lock = Lock(token=TOKEN, names=names("127.0.0.1", port), cookie=f"trackway-{port}", password=password)
    bench, second = Bench(case), Bench(other) if other else None
    app = application(Workbench(bench=bench, other=second, evidence=evidence or [], lock=lock))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield Served(port)
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
        for each in (bench, second):
            if each:
                each.close()
