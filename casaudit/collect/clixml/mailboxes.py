"""Mailboxes: counted per database and per domain. Nobody's name or address is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from casaudit.collect.clixml.export_kind import Counted, Found, Kind, MissingEvidence
from casaudit.collect.clixml.properties import PropertyReader, text_of
from casaudit.collect.clixml.values import Exported
from casaudit.names import norm
from casaudit.snapshot import (
    ArbitrationCount,
    MailboxCount,
    MailDomain,
    Reason,
    Record,
    SectionName,
    Source,
)

# Without -ResultSize Get-Mailbox stops here, with a warning that no export keeps.
DEFAULT_LIMIT = 1000
_TYPE = "RecipientTypeDetails"
_ADDRESSES = ("PrimarySmtpDomain", "PrimarySmtpAddress")
_KEYS = ("PrimarySmtpAddress", "Guid", "ExchangeGuid", "DistinguishedName")


def is_no_mailbox(item: Exported) -> bool:
    """Tell groups, contacts and the like by what Exchange calls the details of their type."""
    # Exchange names every kind of mailbox so, from UserMailbox to LegacyMailbox;
    # RemoteUserMailbox is a mail user here and a mailbox in Exchange Online.
    details = _details(item)
    return details.isalpha() and (not details.endswith("mailbox") or details.startswith("remote"))


def _is_arbitration(item: Exported) -> bool:
    return _details(item) == "arbitrationmailbox"


def _details(item: Exported) -> str:
    found = text_of(item.properties.get(_TYPE.lower()))
    return found.lower() if isinstance(found, str) else ""


def _read_arbitration(reading: PropertyReader) -> Iterator[Found]:
    yield _held(reading, SectionName.ARBITRATION_MAILBOXES)


def _read(reading: PropertyReader) -> Iterator[Found]:
    discovery = reading.key(_TYPE).lower() == "discoverymailbox"
    yield _held(reading, SectionName.MAILBOXES, discovery)
    # A discovery mailbox is nobody's, so its address makes no mail domain.
    if not discovery:
        yield _in_domain(reading)


def _held(reading: PropertyReader, section: SectionName, discovery: bool = False) -> Found:
    database = reading.object_name("Database", "database") if reading.has("Database") else None
    if database is None:
        return MissingEvidence(
            section, Reason.DENIED_OR_ABSENT, "a mailbox does not name its database"
        )
    return Counted(section, database, _key(reading), discovery)


def _in_domain(reading: PropertyReader) -> Found:
    section = SectionName.MAIL_DOMAINS
    name = next((name for name in _ADDRESSES if reading.has(name)), None)
    address = reading.text(name, "domain") if name else None
    domain = norm((address or "").rpartition("@")[2])
    if domain is None:
        return MissingEvidence(
            section, Reason.DENIED_OR_ABSENT, "a mailbox does not show its primary address"
        )
    return Counted(section, domain, _key(reading))


def _key(reading: PropertyReader) -> str | None:
    found = (reading.text(name, "key") for name in _KEYS if reading.has(name))
    return next((each.lower() for each in found if each), None)


def _check(found: Sequence[Found]) -> Iterator[MissingEvidence]:
    """Doubt a list that is exactly as long as the shell makes it when nobody says otherwise."""
    for section in (SectionName.MAILBOXES, SectionName.MAIL_DOMAINS):
        mine = [each for each in found if isinstance(each, Counted) and each.section is section]
        if len(mine) == DEFAULT_LIMIT:
            detail = f"exactly {DEFAULT_LIMIT:,} mailboxes: export with -ResultSize Unlimited"
            yield MissingEvidence(section, Reason.LIMIT, detail)


# Get-Recipient gives reduced recipients, which name their database, too.
_TYPES = ("Mailbox", "ReducedRecipient")
KINDS = (
    Kind(
        "mailboxes",
        (SectionName.MAILBOXES, SectionName.MAIL_DOMAINS),
        lambda item: _TYPE.lower() in item.properties and not _is_arbitration(item),
        _read,
        types=_TYPES,
        check=_check,
    ),
    Kind(
        "arbitration",
        (SectionName.ARBITRATION_MAILBOXES,),
        _is_arbitration,
        _read_arbitration,
        types=_TYPES,
        may_be_empty=True,
    ),
)


@dataclass(slots=True)
class _Group:
    """The mailboxes of one database or domain."""

    name: str
    count: int = 0
    discovery: int = 0
    sources: dict[str, Source] = field(default_factory=dict)


class Tally:
    """Counts mailboxes over all files; one that stands in two of them counts once."""

    def __init__(self) -> None:
        self._seen: set[tuple[SectionName, str]] = set()
        self._groups: dict[tuple[SectionName, str], _Group] = {}

    def add(self, mailbox: Counted, source: Source) -> None:
        """Count a mailbox."""
        if mailbox.key is not None:
            if (mailbox.section, mailbox.key) in self._seen:
                return
            self._seen.add((mailbox.section, mailbox.key))
        place = (mailbox.section, mailbox.group.casefold())
        group = self._groups.setdefault(place, _Group(mailbox.group))
        group.count += 1
        group.discovery += mailbox.discovery
        group.sources[source.origin] = source

    def records(self) -> Iterator[Record]:
        """Yield the counts."""
        for (section, _), group in self._groups.items():
            name, count, source = group.name, group.count, _joined(group.sources)
            match section:
                case SectionName.MAIL_DOMAINS:
                    yield MailDomain(domain=name, count=count, source=source)
                case SectionName.ARBITRATION_MAILBOXES:
                    yield ArbitrationCount(database=name, count=count, source=source)
                case _:
                    discovery = group.discovery
                    yield MailboxCount(
                        database=name, count=count, discovery=discovery, source=source
                    )


def _joined(sources: dict[str, Source]) -> Source:
    """Return where a count comes from; the oldest file says how old it is."""
    return Source(origin=", ".join(sorted(sources)), at=min(each.at for each in sources.values()))
