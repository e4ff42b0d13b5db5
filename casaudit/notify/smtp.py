"""Handing a mail to a server: STARTTLS, TLS from the beginning, or in the clear when asked for."""

import io
import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from casaudit.errors import DeliveryError, UsageError
from casaudit.notify import SmtpTls
from casaudit.notify.delivery import BoundedAnswer, Deadline, excerpt, failure
from casaudit.notify.mail import Envelope

PORTS = {SmtpTls.STARTTLS: 587, SmtpTls.IMPLICIT: 465, SmtpTls.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where to hand a mail in, and as whom.

    Attributes:
        context: what its certificate is checked with.
        user: no login where it is empty.
        timeout: seconds for the whole conversation.
    """

    host: str
    port: int
    tls: SmtpTls
    context: ssl.SSLContext
    timeout: float
    user: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what would show a password, or could not send it."""
        if self.user and self.tls is SmtpTls.NONE:
            raise UsageError(
                "--smtp-user",
                "is not sent without TLS",
                "leave it out, or take --smtp-tls starttls",
            )
        # smtplib knows no other characters in a login.
        if not (self.user + self.password).isascii():
            raise UsageError("--smtp-user", "user and password have to be ASCII for this login")

    @property
    def name(self) -> str:
        """What to call it."""
        return f"mail server {self.host}:{self.port}"


class _Conversation(smtplib.SMTP):
    """A conversation within one deadline, that knows whether the mail was handed over."""

    def __init__(self, server: MailServer) -> None:
        self._deadline = Deadline(server.timeout)
        self._implicit = server.context if server.tls is SmtpTls.IMPLICIT else None
        self.is_handed_over = False
        super().__init__(server.host, server.port, _own_name(), timeout=server.timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        plain = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        return self._implicit.wrap_socket(plain, server_hostname=host) if self._implicit else plain

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer."""
        # STARTTLS leaves no reader behind, so what came before it in the clear is forgotten.
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(BoundedAnswer(self.sock, self._deadline))
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the mail itself; from here on a lost connection leaves it open whether it came."""
        self.is_handed_over = True
        return super().data(msg)


def _own_name() -> str:
    """Return the name to greet a server with (RFC 5321, section 4.1.3, where there is none)."""
    name = socket.getfqdn()
    # smtplib cannot send BÜRO-PC, and strict servers refuse a name with an underscore.
    return name if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name) else "[127.0.0.1]"


def send_mail(server: MailServer, addresses: Envelope, content: bytes) -> None:
    """Hand a mail in.

    Raises:
        DeliveryError: it was not taken, or not for everybody.
    """
    conversation: _Conversation | None = None
    try:
        conversation = _Conversation(server)
        _begin(conversation, server)
        refused = conversation.sendmail(addresses.sender, addresses.recipients, content)
    except smtplib.SMTPAuthenticationError as error:
        # Without what the server said: it could repeat what it was sent.
        problem = f"refused the login ({_code(error.smtp_code, error.smtp_error)})"
        raise DeliveryError(server.name, problem, "check --smtp-user and its password") from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(server, error.recipients, len(addresses.recipients)) from None
    except smtplib.SMTPResponseException as error:
        problem = f"answered {error.smtp_code} {excerpt(error.smtp_error)}"
        again = 400 <= error.smtp_code < 500
        raise DeliveryError(server.name, problem, again=again) from None
    except smtplib.SMTPNotSupportedError as error:
        raise _lacking(server, error) from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        again = conversation is None or not conversation.is_handed_over
        raise failure(server.name, error, again=again) from None
    finally:
        if conversation is not None:
            with suppress(OSError, smtplib.SMTPException, ValueError):
                conversation.quit()
            conversation.close()
    if refused:
        raise _refusal(server, refused, len(addresses.recipients))


def _begin(conversation: _Conversation, server: MailServer) -> None:
    conversation.ehlo_or_helo_if_needed()
    if server.tls is SmtpTls.STARTTLS:
        conversation.starttls(context=server.context)
    if server.user:
        conversation.login(server.user, server.password)


def _lacking(server: MailServer, error: smtplib.SMTPNotSupportedError) -> DeliveryError:
    if "STARTTLS" in str(error):
        hint = (
            "--smtp-tls implicit speaks TLS from the beginning (port 465); --smtp-tls none sends "
            "the mail in the clear, without a login"
        )
        return DeliveryError(server.name, "does not offer STARTTLS", hint)
    return DeliveryError(server.name, "offers no login", "leave --smtp-user out")


def _refusal(
    server: MailServer, refused: dict[str, tuple[int, bytes]], asked: int
) -> DeliveryError:
    told = "; ".join(f"{who}: {code} {excerpt(said)}" for who, (code, said) in refused.items())
    if len(refused) < asked:
        problem = f"took the mail, but not for {told}"
        return DeliveryError(server.name, problem, "check --to; the others get it")
    again = all(400 <= code < 500 for code, _ in refused.values())
    return DeliveryError(server.name, f"refused every recipient: {told}", again=again)


def _code(code: int, said: bytes | str) -> str:
    """Return an answer's code, with the enhanced one of RFC 3463 where there is one."""
    found = re.match(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)", excerpt(said))
    return f"{code} {found[0]}" if found else f"{code}"
