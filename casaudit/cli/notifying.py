"""From flags to sent messages: what is new, and to whom it goes."""

from datetime import datetime
from pathlib import Path

import typer

from casaudit.cli import console, deliveries, files, inputs
from casaudit.cli.deliveries import Delivery, MailWishes, NotifyRequest
from casaudit.cli.exits import ExitCode
from casaudit.errors import CasauditError, DeliveryError, UsageError
from casaudit.findings.document import FindingsDocument, Overview, read_document
from casaudit.notify.delivery import with_retries
from casaudit.notify.letter import letter, plain_text
from casaudit.notify.news import news

__all__ = ["MailWishes", "NotifyRequest", "run"]

_FINDINGS = "findings.json"


def run(request: NotifyRequest) -> None:
    """Send what is new, or print it.

    Raises:
        SourceError: the findings cannot be read.
        UsageError: an option, an address or a secret cannot be used.
        typer.Exit: somebody did not get the message.
    """
    ways = deliveries.ways_of(request)
    if not ways and not request.dry_run:
        raise UsageError("notify", "there is nobody to tell", "give --smtp, --teams or --webhook")
    path, found = _read(request.findings)
    told = news(found, *_earlier(request.since, path, found))
    # A monthly job that writes every month is soon read by nobody.
    if told.is_quiet and not request.always:
        console.note(f"nothing new since {told.since:%Y-%m-%d}: nothing is sent without --always")
        return
    words = deliveries.words_of(request)
    ready = [way(told, path.parent, words) for way in ways]
    if request.dry_run:
        return _show(ready, plain_text(letter(told, words, request.link)))
    if sum(not _is_sent(each) for each in ready):
        raise typer.Exit(ExitCode.NO_AUDIT)


def _show(ready: list[Delivery], text: str) -> None:
    """Print what would be sent; the text alone where nobody was named."""
    for each in ready:
        for line in each.head.splitlines():
            console.note(line)
        # A mail has line ends of its own, which a console would show or double.
        console.show_data(each.content.decode("ascii").replace("\r\n", "\n"))
    if not ready:
        console.show_data(text)


def _is_sent(delivery: Delivery) -> bool:
    """Send one message; that one server fails keeps the message from no other."""
    try:
        with console.working(delivery.name):
            with_retries(delivery.send, console.note)
    except DeliveryError as error:
        console.show_error(error)
        return False
    console.note(f"{delivery.name}: sent")
    return True


def _read(path: Path) -> tuple[Path, FindingsDocument]:
    if path.is_dir() and (path / _FINDINGS).is_file():
        path /= _FINDINGS
    with inputs.expecting(path, "findings"):
        return path, read_document(files.read_file(path), str(path), FindingsDocument)


def _earlier(
    since: Path | None, path: Path, now: FindingsDocument
) -> tuple[FindingsDocument | None, str]:
    """Return the findings to compare with, and what to call them."""
    if since is None:
        return None, ""
    if since.is_dir() and not (since / _FINDINGS).is_file():
        found = _last_before(since, path, now)
        if found is None:
            console.note(f"{since}: no earlier run of this organisation is there to compare with")
            return None, ""
        since = found
    name, then = _read(since)
    console.note(f"compared with: {name}")
    return then, str(name)


def _last_before(folder: Path, path: Path, now: FindingsDocument) -> Path | None:
    """Return the findings of the last run before this one, of those in the folders of a folder."""
    known: list[tuple[datetime, Path]] = []
    for each in sorted(folder.glob(f"*/{_FINDINGS}")):
        # The run itself mostly lies beside the earlier ones.
        if each.resolve() == path.resolve():
            continue
        try:
            then = read_document(files.read_file(each), str(each), Overview)
        except CasauditError as error:
            console.note(f"left out: {error}")
            continue
        # A folder may hold the runs of several customers, and those for a migration.
        alike = ("organization", "profile", "target")
        if then.as_of < now.as_of and all(getattr(then, a) == getattr(now, a) for a in alike):
            known.append((then.as_of, each))
    return max(known, default=(None, None))[1]
