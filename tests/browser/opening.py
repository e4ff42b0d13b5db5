"""Reports opened in Chromium, and what they ask for or complain about."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from casaudit.findings import Assessment
from casaudit.report import Render
from casaudit.report.html.page import files

EXPAND, FULL = "button[name=expand]", "button[name=full]"
"""Buttons that unfold what is folded."""


@contextmanager
def opened(
    browser: Browser,
    folder: Path,
    assessment: Assessment,
    *,
    write: Render = files,
    **options: Any,
) -> Iterator[tuple[Page, list[str]]]:
    """A report in a new window, and what it asked for or complained about."""
    # The page comes first; letters of a migration stand beside it.
    (name, content), *_ = write(assessment).items()
    path = folder / name
    path.write_bytes(content)
    context = browser.new_context(**options)
    page = context.new_page()
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("dialog", lambda dialog: seen.append(dialog.message))
    page.on("request", lambda request: seen.append(request.url))
    page.goto(path.as_uri())
    seen.remove(path.as_uri())
    try:
        yield page, seen
    finally:
        context.close()
