"""Telling people and programs what is new in a judgement: by mail, in Teams, to a webhook.

Beside ``collect`` the only part that talks to a network, and only from ``casaudit notify``.
"""

from enum import StrEnum


# Here, since the command line offers it before it loads what sends.
class SmtpTls(StrEnum):
    """How a mail server is spoken to: TLS after STARTTLS, from the beginning, or not at all."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"
