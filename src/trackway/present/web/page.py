"""The few lines of HTML that the workbench itself gives; its script makes the rest from data."""

from __future__ import annotations

from markupsafe import Markup

from trackway.present.web.guard import CYTOSCAPE

_PAGE = Markup("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trackway</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:,">
{head}
</head>
<body>{body}</body>
</html>
""")


def workbench() -> str:
    """Return the page that loads the script."""
    head = Markup(
        '<style id="__________cytoscape_stylesheet">{}</style><script src="/workbench.js" defer></script>'
    )
    body = Markup(
        '<div id="workbench"><noscript><p>The workbench needs scripts; a report reads without.</p></noscript></div>'
    )
    return _PAGE.format(head=head.format(Markup(CYTOSCAPE)), body=body)  # noqa: S704  a constant of ours


def login(fault: str) -> str:
    """Return the form that asks for the password."""
    form = Markup(
        '<main class="login"><h1>Trackway</h1><form method="post" action="/login">'
        '<label for="password">Password of this workbench</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>'
        '<button type="submit">Open</button><p class="fault" role="alert">{}</p></form></main>'
    )
    return _PAGE.format(head="", body=form.format(fault))


def notice(text: str) -> str:
    """Return a page with one sentence."""
    return _PAGE.format(
        head="", body=Markup('<main class="login"><h1>Trackway</h1><p>{}</p></main>').format(text)
    )
