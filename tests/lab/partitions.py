"""The partitions of a forest with one domain, and the names that follow from the domain's."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.lab.claim import LabError
from tests.lab.ldif import Entry


@dataclass(frozen=True, slots=True)
class Partitions:
    """The partitions of a domain such as ``DC=contoso,DC=com``."""

    domain: str

    @property
    def configuration(self) -> str:
        """The partition with sites and the Exchange organisation."""
        return f"CN=Configuration,{self.domain}"

    @property
    def schema(self) -> str:
        """The partition with classes and attributes."""
        return f"CN=Schema,{self.configuration}"

    @property
    def sites(self) -> str:
        """The container of the sites."""
        return f"CN=Sites,{self.configuration}"

    @property
    def dns_name(self) -> str:
        """The domain's name in DNS."""
        labels = [part.partition("=")[2] for part in self.domain.split(",")]
        return ".".join(labels).lower()


def of(entries: Sequence[Entry]) -> Partitions:
    """Return the partitions that an export comes from."""
    for entry in entries:
        _, found, rest = entry.dn.partition(",DC=")
        if found:
            return Partitions(f"DC={rest}")
    raise LabError("the export names no domain")
