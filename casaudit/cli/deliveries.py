"""The ways that a message goes, each checked before anything is sent: mail, Teams, webhook."""

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from casaudit import shipped
from casaudit.cli import console, files
from casaudit.errors import UsageError
from casaudit.i18n.languages import ENGLISH, Language, language_of, languages, translations
from casaudit.notify import SmtpTls
from casaudit.notify.card import card
from casaudit.notify.delivery import trust
from casaudit.notify.document import notification, signature_headers
from casaudit.notify.https import Webhook, check_url, post
from casaudit.notify.letter import letter
from casaudit.notify.mail import envelope, mail
from casaudit.notify.news import News
from casaudit.notify.smtp import PORTS, MailServer, send_mail
from casaudit.report.phrases import Phrases

SMTP_PASSWORD, WEBHOOK_SECRET = "CASAUDIT_SMTP_PASSWORD", "CASAUDIT_WEBHOOK_SECRET"


@dataclass(frozen=True, slots=True)
class MailWishes:
    """What was asked of a mail."""

    server: str
    tls: SmtpTls
    user: str
    password_file: Path | None
    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotifyRequest:
    """What was asked of ``notify``, as its options name it."""

    findings: Path
    since: Path | None
    always: bool
    dry_run: bool
    link: str
    brief: bool
    language: str
    ca_file: Path | None
    timeout: float
    mail: MailWishes
    teams: str
    webhook: str
    webhook_secret_file: Path | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that is ready.

    Attributes:
        name: the server that it is for.
        head: what stands above it in a dry run.
        content: its bytes.
        send: one attempt.
    """

    name: str
    head: str
    content: bytes
    send: Callable[[], object]


Way = Callable[[News, Path, Phrases], Delivery]
"""Makes a message of the news, the folder in which they lie, and the words for them."""


def ways_of(request: NotifyRequest) -> list[Way]:
    """Return the ways that were asked for, checked.

    Raises:
        UsageError: an option, an address or a secret cannot be used.
    """
    return [*_by_mail(request), *_by_teams(request), *_by_webhook(request)]


def _by_mail(request: NotifyRequest) -> Iterator[Way]:
    wishes = request.mail
    if not wishes.server:
        if wishes.sender or wishes.recipients or wishes.user:
            raise UsageError("--from, --to, --smtp-user", "are for a mail", "give --smtp HOST too")
        return
    addresses = envelope(wishes.sender, wishes.recipients)
    server = _mail_server(request)

    def make(told: News, folder: Path, words: Phrases) -> Delivery:
        written = letter(told, words, request.link)
        brief = _brief(folder, told) if request.brief else None
        content = mail(written, addresses, datetime.now(UTC), brief)
        head = f"mail to {', '.join(addresses.recipients)} through {server.name}"
        return Delivery(server.name, head, content, lambda: send_mail(server, addresses, content))

    yield make


def _mail_server(request: NotifyRequest) -> MailServer:
    wishes = request.mail
    try:
        parts = urlsplit(f"//{wishes.server}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.netloc != wishes.server or "@" in parts.netloc or not host.isascii():
        raise UsageError(f"--smtp {wishes.server}", "is not of the form HOST[:PORT]")
    password = ""
    if wishes.user:
        password = _secret(wishes.password_file, SMTP_PASSWORD)
        if not password:
            hint = f"give --smtp-password-file or set {SMTP_PASSWORD}"
            raise UsageError("--smtp-user", "needs a password", hint)
    context = trust(request.ca_file)
    return MailServer(
        host, port or PORTS[wishes.tls], wishes.tls, context, request.timeout, wishes.user, password
    )


def _by_teams(request: NotifyRequest) -> Iterator[Way]:
    if not request.teams:
        return
    where = _webhook("--teams", request.teams, "Teams workflow", request)

    def make(told: News, folder: Path, words: Phrases) -> Delivery:
        content = card(told, words, request.link)
        return Delivery(
            where.name, f"POST to {where.name}", content, lambda: post(where, content, {})
        )

    yield make


def _by_webhook(request: NotifyRequest) -> Iterator[Way]:
    if not request.webhook:
        return
    where = _webhook("--webhook", request.webhook, "webhook", request)
    secret = _secret(request.webhook_secret_file, WEBHOOK_SECRET)
    identity = f"msg_{uuid.uuid4().hex}"

    def make(told: News, folder: Path, words: Phrases) -> Delivery:
        content = notification(told, request.link)

        # Anew for each attempt: the time is signed too.
        def headers() -> dict[str, str]:
            now = datetime.now(UTC)
            return signature_headers(content, secret, identity, now) if secret else {}

        lines = [f"POST to {where.name}", *(f"{n}: {v}" for n, v in headers().items())]
        return Delivery(
            where.name, "\n".join(lines), content, lambda: post(where, content, headers())
        )

    yield make


def _webhook(option: str, where: str, what: str, request: NotifyRequest) -> Webhook:
    """Return where to post; every user of a machine can list the arguments of a process."""
    if where.startswith("env:"):
        url = os.environ.get(where.removeprefix("env:"), "")
        if not url:
            raise UsageError(f"{option} {where}", "there is no such variable")
    elif "://" in where:
        if "?" in where:
            hint = "write it into a file that only you can read, and give that"
            raise UsageError(option, "an address with a query is a secret", hint)
        url = where
    else:
        url = files.read_secret(Path(where)).strip()
    return Webhook(check_url(option, url), what, trust(request.ca_file), request.timeout)


def _secret(path: Path | None, variable: str) -> str:
    return files.read_secret(path) if path is not None else os.environ.get(variable, "")


def _brief(folder: Path, told: News) -> bytes | None:
    path = folder / "brief.html"
    if not path.is_file():
        console.note(f"{path} is not there to be attached: --format brief writes it")
        return None
    content = files.read_file(path)
    # Files of formats that were not asked for again stay from an earlier run.
    if told.document.snapshot_sha256[:16].encode() not in content:
        console.note(f"{path} is of another run and is not attached")
        return None
    return content


def words_of(request: NotifyRequest) -> Phrases:
    """Return the words of the language that was asked for; English where it has no files."""
    homes = (shipped.RULES, shipped.REPORT_TEMPLATES)
    known = {name.casefold(): name for name in languages(homes)}
    name = known.get(request.language.strip().casefold())
    if name is None:
        listed = ", ".join(known.values())
        console.note(
            f"--language {request.language}: there is no such language, only {listed}; using en"
        )
    if name in (None, ENGLISH):
        return Phrases(Language())
    return Phrases(language_of(name, translations(homes, name)))
