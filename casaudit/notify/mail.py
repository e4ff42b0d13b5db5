"""A letter as an e-mail: plain text, the same as HTML, and the brief as attachment."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from casaudit.errors import UsageError
from casaudit.notify.letter import Letter, plain_text
from casaudit.report.html.markup import environment


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends a mail, and to whom; plain addresses of ASCII."""

    sender: str
    recipients: tuple[str, ...]


def envelope(sender: str, recipients: tuple[str, ...]) -> Envelope:
    """Return checked addresses.

    Raises:
        UsageError: one is none, or nobody is to get the mail.
    """
    if not sender or not recipients:
        raise UsageError("--smtp", "needs --from and at least one --to")
    return Envelope(_address("--from", sender), tuple(_address("--to", r) for r in recipients))


def _address(option: str, text: str) -> str:
    try:
        # The parser refuses what could begin another header or another command of SMTP.
        spec = Address(addr_spec=text).addr_spec
    except (MessageError, ValueError, IndexError):
        spec = ""
    if spec != text or not text.isascii() or "@" not in text:
        raise UsageError(
            f"{option} {text}",
            "is not a mail address",
            "write it as team@corp.example, without a name",
        )
    return text


def mail(written: Letter, addresses: Envelope, now: datetime, brief: bytes | None = None) -> bytes:
    """Return a mail as it goes over the wire.

    Args:
        written: what it says.
        addresses: who sends it to whom.
        now: for its date.
        brief: brief.html, to be attached.
    """
    made = EmailMessage(policy=SMTP)
    made["Subject"] = written.subject
    made["From"] = addresses.sender
    made["To"] = ", ".join(addresses.recipients)
    made["Date"] = format_datetime(now)
    # Else the name of this machine would be in it.
    made["Message-ID"] = make_msgid(domain=addresses.sender.rpartition("@")[2])
    # RFC 3834, and what Exchange goes by: nobody's absence is to answer.
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    # Readable as it is, also by whoever looks at --dry-run; base64 only where the bytes are not.
    made.set_content(plain_text(written), cte="quoted-printable")
    template = environment(written.phrases.language).get_template("notify.html.j2")
    page = template.render(letter=written)
    made.add_alternative(page, subtype="html", cte="quoted-printable")
    if brief is not None:
        made.add_attachment(
            brief,
            maintype="text",
            subtype="html",
            filename="brief.html",
            params={"charset": "utf-8"},
        )
    return made.as_bytes()
