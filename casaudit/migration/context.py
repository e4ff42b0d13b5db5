"""The organisation as the waves of a migration see it: what belongs where, each view read once.

What cannot be laid at the door of one site concerns every wave: it lets none pass.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casaudit.findings import Assessment, Cause, Gate, Missing, Subject, Value
from casaudit.i18n.languages import Language, marked
from casaudit.migration.move_groups import (
    MigrationInventory,
    MoveGroup,
    Row,
    inventory_of,
    move_groups,
)

MOST_NAMED = 5
"""Objects that a sentence names; it counts the others."""

# Only kinds of evidence in which something unseen could join two waves, or add to one.
_SECTIONS = {
    "sites_complete": marked("not all Active Directory sites could be read"),
    "servers_complete": marked("not all Exchange servers could be read"),
    "arrays_complete": marked("not all arrays could be read"),
    "databases_complete": marked("not all databases could be read"),
    "virtual_directories_complete": marked(
        "not all virtual directories could be read: a name may be shared with other sites"
    ),
    "service_connection_points_complete": marked(
        "not all Autodiscover service connection points could be read"
    ),
}


@dataclass(slots=True)
class MigrationContext:
    """All that a wave is judged by.

    Attributes:
        stopping: causes in the way that are not a matter of the organisation as a whole.
        shutting: by gate, causes that stop nothing but shut it for those that they concern.
        missing: verdicts about either, which could not be given.
        marks: by group, all that is its own: ids of objects, names; ``known`` those of all groups.
        unread: what was not seen of the organisation, a sentence each.
        repointed: ids of databases whose repair gives them another endpoint.
        blocked: by id of an object, the rules in its way; ``unseen`` what is not known about it;
            ``held`` the gates that its failures shut.
    """

    assessment: Assessment
    language: Language
    stopping: Sequence[Cause]
    shutting: Mapping[Gate, Sequence[Cause]]
    missing: Sequence[Missing]
    inventory: MigrationInventory = field(init=False)
    groups: list[MoveGroup] = field(init=False)
    marks: dict[MoveGroup, set[str]] = field(init=False)
    known: set[str] = field(init=False)
    unread: tuple[str, ...] = field(init=False)
    repointed: frozenset[str] = field(init=False)
    blocked: dict[str, set[str]] = field(default_factory=dict, init=False)
    unseen: dict[str, Missing] = field(default_factory=dict, init=False)
    held: dict[str, list[Gate]] = field(default_factory=dict, init=False)
    _site_ids: dict[str, str] = field(init=False)
    _databases: dict[str | None, list[Row]] = field(default_factory=dict, init=False)
    _indexes: dict[tuple[str, str], dict[Value, list[Row]]] = field(
        default_factory=dict, init=False
    )

    def __post_init__(self) -> None:
        self.inventory = inventory_of(self.assessment.inventory)
        self.groups = move_groups(self.inventory)
        for row in sorted(
            self.inventory.databases, key=lambda row: (str(row["name"]), str(row["id"]))
        ):
            home = row["home_site_id"]
            # Databases without a known home site are a group of their own, under ``None``.
            self._databases.setdefault(None if home is None else str(home), []).append(row)
        # Sites lie in one container of the directory, so a name stands for one of them.
        self._site_ids = {name: site for site, name in self.inventory.sites.items()}
        self.unread = tuple(_unread(self))
        self.marks = dict(zip(self.groups, map(self._marks, self.groups), strict=True))
        self.known = set().union(*self.marks.values())
        failed = self.assessment.failures
        self.repointed = frozenset(f.subject.id for f in failed if f.rule.purpose.endpoint)
        for cause in self.stopping:
            for finding in cause.findings:
                self.blocked.setdefault(finding.subject.id, set()).add(cause.rule.id)
        for gate, causes in self.shutting.items():
            for identity in {f.subject.id for cause in causes for f in cause.findings}:
                self.held.setdefault(identity, []).append(gate)
        for each in self.missing:
            for subject in each.subjects:
                # The first reason is enough: a database has room for one sentence.
                self.unseen.setdefault(subject.id, each)

    def rows(self, view: str) -> tuple[Row, ...]:
        """Return the rows of a view."""
        return self.assessment.inventory[view]

    def where(self, view: str, column: str, values: Iterable[str]) -> list[Row]:
        """Return the rows of a view with one of some values; a view is read once."""
        # Each wave asks for the same views: one pass over a view for all of them.
        if (view, column) not in self._indexes:
            index = self._indexes[view, column] = {}
            for row in self.rows(view):
                index.setdefault(row[column], []).append(row)
        index = self._indexes[view, column]
        return [row for value in sorted(values) for row in index.get(value, ())]

    def databases_of(self, group: MoveGroup) -> list[Row]:
        """Return the databases of a group."""
        if not group.sites:
            return self._databases.get(None, [])
        return [row for site in sorted(group.sites) for row in self._databases.get(site, ())]

    def certificates_of(self, group: MoveGroup) -> list[Row]:
        """Return the certificates that the servers of a group present, or its names."""
        view = "v_endpoint_certificates"
        rows = self.where(view, "site_id", group.sites)
        # What a load balancer presents belongs to no server and is found by the name alone.
        return rows + self.where(view, "host", group.names)

    def shut_for(self, group: MoveGroup) -> tuple[str, ...]:
        """Return the names of the gates that failures of a group's own objects shut."""
        return tuple(
            gate.name
            for gate, causes in self.shutting.items()
            if self.concerns(group, (f.subject for cause in causes for f in cause.findings))
        )

    def concerns(self, group: MoveGroup, subjects: Iterable[Subject]) -> bool:
        """Tell whether a group shares the fate of some objects; databases stand for themselves."""
        return any(self._is_of(group, each) for each in subjects if each.kind != "database")

    def listed(self, names: Sequence[str]) -> str:
        """Name some objects in a sentence."""
        some = ", ".join(names[:MOST_NAMED])
        more = len(names) - MOST_NAMED
        if more <= 0:
            return some
        return f"{some} {self.language.many('and %(number)s more', 'and %(number)s more', more)}"

    def unjudged(self, missing: Missing) -> str:
        """Say which verdict could not be given."""
        return self.language.say(
            "%(rule)s could not be judged for %(objects)s: %(reason)s",
            rule=missing.rule.id,
            objects=self.listed([subject.name for subject in missing.subjects]),
            reason=missing.reason,
        )

    def _is_of(self, group: MoveGroup, subject: Subject) -> bool:
        # The id of a TLS endpoint is HOST:PORT; a group knows its hosts by name.
        mark = subject.id.rpartition(":")[0] if subject.kind == "tls_endpoint" else subject.id
        # An object of no known kind is laid at the door of its site, else of every group.
        if mark not in self.known and subject.site is not None:
            mark = self._site_ids.get(subject.site, mark)
        # What no group knows holds every group: a cause must not fall between them.
        return mark in self.marks[group] or mark not in self.known

    def _marks(self, group: MoveGroup) -> set[str]:
        found = {*group.sites, *group.names}
        found |= {name for site in group.sites for name in self.inventory.names.get(site, ())}
        found |= {str(row["endpoint_dns_name"]) for row in self.databases_of(group)}
        found |= {str(row["certificate_id"]) for row in self.certificates_of(group)}
        for view in ("v_servers", "v_arrays", "v_virtual_directories"):
            for row in self.where(view, "site_id", group.sites):
                # Where there is no DNS name this leaves the mark "None", which is nobody's id.
                found |= {str(row["id"]), str(row.get("dns_name"))}
        return found


def _unread(context: MigrationContext) -> Iterable[str]:
    """What was not seen of the organisation: more may belong to any wave."""
    say, (seen,) = context.language.say, context.rows("v_coverage")
    yield from (say(text) for column, text in _SECTIONS.items() if not seen[column])
    for row in context.rows("v_servers"):
        # A server whose version is not known may be one of those to be left.
        if row["site_id"] is None and row["is_2010"] is not False:
            yield say("the site of %(server)s is not known", server=row["name"])
