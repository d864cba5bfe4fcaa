"""Who may ask the workbench, and what a browser may do with its answers.

Only a browser that was given the token (or the password) may; only under the names that the server was
started with, which keeps other sites out that let their own name point here (DNS rebinding); only from the
workbench's own pages, which keeps out the forms and scripts of other sites.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CYTOSCAPE: Final = ".__________cytoscape_container { position: relative; }"
"""The one style that Cytoscape would add at run time, unless an element with its identifier is there."""

LONGEST_BODY: Final = 64 * 1024
_OPEN: Final = frozenset({"/login", "/style.css"})
"""What anybody may ask who knows the server's name: how to log in, and how that looks."""


def policy() -> str:
    """Return the content security policy of every answer."""
    style = b64encode(hashlib.sha256(CYTOSCAPE.encode()).digest()).decode()
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; "
        f"style-src 'self' 'sha256-{style}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


HEADERS: Final = {
    "content-security-policy": policy(),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What opens the workbench.

    Attributes:
        token: random, new with every start.
        names: `host:port` under which it may be asked.
        cookie: name of the cookie that holds the token.
        password: what another machine has to give; null where only this one may ask.
    """

    token: str
    names: frozenset[str]
    cookie: str
    password: str | None = None

    def opens(self, cookies: Mapping[str, str]) -> bool:
        """Return whether a browser has the token."""
        return compare_digest(cookies.get(self.cookie, "").encode(), self.token.encode())

    def is_token(self, text: str) -> bool:
        """Return whether a text is the token."""
        return compare_digest(text.encode(), self.token.encode())

    def is_password(self, text: str) -> bool:
        """Return whether a text is the password, and there is one."""
        return self.password is not None and compare_digest(text.encode(), self.password.encode())


class Guard:
    """Refuses what may not ask, and adds the headers to every answer."""

    def __init__(self, app: ASGIApp, lock: Lock) -> None:
        """Stand before `app`."""
        self._app = app
        self._lock = lock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = _refusal(Request(scope), self._lock)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await (refusal or self._app)(scope, receive, guarded)


def _refusal(request: Request, lock: Lock) -> Response | None:
    headers = request.headers
    for is_wrong, status, reason in (
        (headers.getlist("host") not in [[name] for name in lock.names], 421, "It does not go by that name."),
        (not _is_own(headers, lock.names), 403, "Another site asked; only the workbench's own pages may."),
        (request.method not in ("GET", "POST"), 405, "Only GET and POST are answered."),
        (not _is_short(headers), 413, f"More than {LONGEST_BODY:,} bytes are not taken."),
    ):
        if is_wrong:
            return _refused(status, reason)
    is_coming_in = request.url.path in _OPEN or (request.url.path == "/" and "token" in request.query_params)
    if is_coming_in or lock.opens(request.cookies):
        return None
    if lock.password is not None and request.url.path == "/":
        return Response(status_code=303, headers={"location": "/login"})
    return _refused(403, "Open the address that `trackway serve` printed; it holds the key.")


def _is_own(headers: Headers, names: frozenset[str]) -> bool:
    """Return whether a request comes from the workbench's own pages, or was typed in."""
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site", "none")
    is_own_origin = origin is None or origin in {f"http://{name}" for name in names}
    is_navigation = (
        headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    )
    return is_own_origin and (site in ("none", "same-origin") or (is_navigation and origin is None))


def _is_short(headers: Headers) -> bool:
    length = headers.get("content-length", "0")
    return "transfer-encoding" not in headers and length.isdigit() and int(length) <= LONGEST_BODY


def _refused(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status_code=status)


def names(host: str, port: int, others: Sequence[str] = ()) -> frozenset[str]:
    """Return the names under which a server at an address may be asked; a browser leaves port 80 out."""
    hosts = (
        ("127.0.0.1", "localhost", "[::1]") if host in ("127.0.0.1", "localhost", "::1") else (host, *others)
    )
    shown = [f"[{name}]" if ":" in name and not name.startswith("[") else name for name in hosts]
    return frozenset(f"{name}:{port}" for name in shown) | frozenset(shown if port == 80 else ())  # noqa: PLR2004
