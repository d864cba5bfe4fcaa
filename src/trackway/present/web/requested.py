"""What a request asks: the words of its address, each checked before use, and whether it is still waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from trackway.errors import UsageError
from trackway.present.web import limit

T = TypeVar("T")

_DIGITS: Final = 12
"""Most digits of a number: below 2**53, which a page can count to."""


def question(request: Request) -> tuple[str, str]:
    """Return the query line and the order."""
    return line(request), request.query_params.get("order", "relevance")


def line(request: Request) -> str:
    """Return the query line; without one it finds everything."""
    return request.query_params.get("line", "")


def is_descending(request: Request) -> bool:
    """Return whether the order is turned round."""
    return request.query_params.get("descending") == "true"


def word(request: Request, name: str) -> str:
    """Return a word that has to be there.

    Raises:
        UsageError: it is missing.
    """
    found = request.query_params.get(name)
    if not found:
        raise UsageError(f"{name} is missing")
    return found


def number(request: Request, name: str) -> int:
    """Return a number that has to be there, 0 or more.

    Raises:
        UsageError: it is missing, or no number.
    """
    text = word(request, name)
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise UsageError(f"{name}: give a number")
    return int(text)


async def unless_gone(request: Request, asker: limit.Asker, answer: Callable[[], T]) -> T:
    """Answer in a thread, and let go of the question when the browser does: its page has asked anew.

    An answer that gave way to an urgent one is begun again.
    """
    limit.asker.set(asker)

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        asker.leave()

    watching = asyncio.create_task(watch())
    try:
        while True:
            try:
                return await run_in_threadpool(answer)
            except limit.OvertakenError:
                continue
    finally:
        watching.cancel()
