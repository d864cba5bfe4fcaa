"""What a page does that it must not: dialogs, requests, errors, violations of its policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

READY = "#explorer[data-state=ready] .total b"

_VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
        window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


_SETTLED = """
    ([quiet, longest]) => new Promise((done) => {
        const begun = performance.now();
        let changed = begun;
        const watched = new MutationObserver(() => { changed = performance.now(); });
        watched.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
        const look = () => {
            const now = performance.now();
            const isWaiting = document.querySelector("[aria-busy=true]") !== null;
            if ((isWaiting || now - changed < quiet) && now - begun < longest) return requestAnimationFrame(look);
            watched.disconnect();
            done(now - begun < longest);
        };
        look();
    })
"""


def settled(page: Page, quiet: int = 100) -> None:
    """Wait until nothing is on its way and nothing has changed for so many milliseconds."""
    assert page.evaluate(_SETTLED, [quiet, 20_000]), "the page does not come to rest"


@dataclass
class Watch:
    """Everything that a page did beyond showing itself."""

    page: Page
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(_VIOLATIONS)
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("popup", lambda popup: self.errors.append(f"popup {popup.url}"))
        self.page.on(
            "console",
            lambda message: (
                self.errors.append(message.text) if message.type in ("error", "warning") else None
            ),
        )

    def open(self, path: Path) -> Page:
        """Open a report and wait until it can be asked."""
        self.page.goto(path.as_uri())
        self.page.wait_for_selector(READY)
        return self.page

    def misdeeds(self, allowed: str = "file://") -> list[str]:
        """Return all that must not have happened; requests to `allowed` may."""
        strangers = [url for url in self.requests if not url.startswith(allowed)]
        violations: list[str] = self.page.evaluate("window.violations ?? []")
        return [*self.dialogs, *strangers, *self.errors, *violations]
