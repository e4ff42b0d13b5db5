"""How far the opening of a directory came: for an operator who has to mend what it ended at."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from casaudit.errors import CollectError


class Stage(StrEnum):
    """What is passed on the way to a bound connection, in this order."""

    NAME = "name"
    PORT = "port"
    CERTIFICATE = "certificate"
    BIND = "bind"


class Trail:
    """What was passed, and what was seen there.

    Attributes:
        passed: by stage, of the controller that was tried last.
        skipped: why controllers could not be used, in the order in which they were tried.
    """

    def __init__(self) -> None:
        self.passed: dict[Stage, str] = {}
        self.skipped: list[CollectError] = []

    def begin(self) -> None:
        """Take note that a controller is tried."""
        self.passed.clear()

    def reach(self, stage: Stage, seen: str) -> None:
        """Take note of a stage that was passed."""
        self.passed[stage] = seen

    def skip(self, error: CollectError) -> None:
        """Take note that a controller could not be used."""
        self.skipped.append(error)


def certificate_text(certificate: Mapping[str, Any]) -> str:
    """Return what ``SSLSocket.getpeercert`` gives of a certificate that was verified, in a line."""
    names = [value for _, value in certificate.get("subjectAltName", ())]
    parts = [dict(part) for part in certificate.get("issuer", ())]
    issuer = next((part["commonName"] for part in parts if "commonName" in part), "not named")
    until = certificate.get("notAfter", "not known")
    return f"for {', '.join(names[:4])}, issued by {issuer}, valid until {until}"
