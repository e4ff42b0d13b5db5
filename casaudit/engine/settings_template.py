"""A settings file to fill in: every statement about this organisation, commented out, with why.

What an organisation is asked is taken from the verdicts of the rules that a statement can turn.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from casaudit.engine.settings import SCHEMA
from casaudit.engine.tables import Tables
from casaudit.findings import Finding, Value, Verdict
from casaudit.names import fqdn_problem, norm
from casaudit.rulebook.rule import Rule, SettingsName
from casaudit.text import UNSAFE, visible

MAX_BYTES = 64_000
"""Of what is written of one kind: all kinds together stay far below the limit of a file."""
_MOST_SAID = 300
_SAID = {Verdict.FAIL: "failed", Verdict.NOT_EVALUATED: "not evaluated"}
_HEAD = f"""\
schema: {SCHEMA}

## What only you know of this organisation; docs/settings.md explains every key. As it is, this
## file states nothing and changes no verdict. Lines with ## are remarks; they say what
## rules found or could not judge without knowing better. To state something, take "# " away from
## its line and from that of its key, and change what is not so. Give the file with --settings.
"""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that can be made about an object.

    Attributes:
        name: of the object, as it stands in the file.
        value: what is stated of it, as YAML; ``None`` in a list, which names objects only.
        about: the objects whose verdicts it could turn, where it is not the named one.
        remark: what casaudit takes of it without a statement.
    """

    name: str
    value: str | None = None
    about: str | None = None
    remark: str = ""


Rows = Sequence[dict[str, Value]]


@dataclass(frozen=True, slots=True)
class SettingsKey:
    """A key of the settings file, and what can be stated under it.

    Attributes:
        empty: how nothing is stated under it.
    """

    name: SettingsName
    remark: str
    empty: str
    statements: Callable[[Tables], Iterable[Statement]]


def settings_template(
    tables: Tables, findings: Iterable[Finding], rules: Iterable[Rule] = ()
) -> str:
    """Write a settings file that states nothing, with everything that could be stated.

    Args:
        tables: the published views of the organisation, without settings.
        findings: its verdicts, judged without settings.
        rules: those that judged; each says which statements could turn its verdicts.
    """
    asks = {rule.id: rule.asks for rule in rules}
    open_ = [finding for finding in findings if finding.verdict in _SAID]
    lines = [_HEAD]
    for key in KEYS:
        asking = [finding for finding in open_ if key.name in asks.get(finding.rule.id, ())]
        statements = sorted(_once(key.statements(tables)), key=lambda each: each.name.casefold())
        lines += [*_section(key, statements, asking), ""]
    return "\n".join([*lines, *_GENERAL])


def quoted(text: str) -> str | None:
    """Return a text as a YAML scalar in double quotes; ``None`` where YAML has no form for it."""
    if any("\ud800" <= each <= "\udfff" for each in text):
        return None
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + UNSAFE.sub(lambda found: f"\\U{ord(found.group()):08X}", plain) + '"'


def _once(statements: Iterable[Statement]) -> Iterator[Statement]:
    # A settings file refuses one name twice, and the directory ignores letter case.
    seen: set[str] = set()
    for each in statements:
        key = each.name.strip().removesuffix(".").casefold()
        if key and key not in seen:
            seen.add(key)
            yield each


def _section(
    key: SettingsKey, statements: Sequence[Statement], asking: Sequence[Finding]
) -> Iterator[str]:
    yield f"## {key.remark}"
    yield f"# {key.name}:" + ("" if statements else f" {key.empty}")
    by_name: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in asking:
        for name in {finding.subject.name, finding.subject.site}:
            by_name[name].append(finding)
    left, told = MAX_BYTES, set[str]()
    for number, each in enumerate(statements):
        mine = by_name[each.about or each.name]
        lines = list(_statement(each, mine))
        left -= sum(len(line.encode("utf-8", "replace")) for line in lines)
        if left < 0:
            yield f"##   ... and {len(statements) - number:,} more"
            break
        told |= {finding.fingerprint for finding in mine}
        yield from lines
    rest = [finding for finding in asking if finding.fingerprint not in told]
    yield from (f"##   {line}" for line in _questions(rest))


def _statement(statement: Statement, findings: Sequence[Finding]) -> Iterator[str]:
    remarks = [statement.remark] if statement.remark else []
    yield from (f"##   {visible(each)}" for each in (*remarks, *_questions(findings)))
    name = quoted(statement.name)
    if name is None:
        yield f"##   {visible(statement.name)} cannot be written as YAML"
    elif statement.value is None:
        yield f"#   - {name}"
    else:
        yield f"#   {name}: {statement.value}"


def _questions(findings: Iterable[Finding]) -> Iterator[str]:
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule.id].append(finding)
    for rule, several in by_rule.items():
        said = visible(several[0].message or several[0].reason or "")
        said = said if len(said) <= _MOST_SAID else said[:_MOST_SAID] + " ..."
        more = f" (and {len(several) - 1} more)" if len(several) > 1 else ""
        yield f"{rule}, {_SAID[several[0].verdict]}{more}: {said}"


def _sites(tables: Tables) -> Iterator[Statement]:
    for row in tables.inventory("v_sites"):
        facing = row["internet_facing"]
        taken = {True: "faces the Internet", False: "does not face the Internet"}
        value = (
            f"{{internet_facing: {'false' if facing is False else 'true'}, exchange_clients: true}}"
        )
        said = f"{taken[bool(facing)]}, by its external URLs" if facing is not None else "not known"
        yield Statement(str(row["name"]), value, remark=f"taken now: {said}")


def _servers(tables: Tables) -> Iterator[Statement]:
    for row in tables.inventory("v_servers"):
        if row["is_2010"]:
            yield Statement(str(row["name"]), "{state: maintenance, until: 2099-12-31}")


def _balancers(tables: Tables) -> Iterator[Statement]:
    for row in _usable_arrays(tables):
        addresses = row["addresses"]
        for address in addresses if isinstance(addresses, list) else ():
            yield Statement(str(address), about=str(row["dns_name"]), remark=f"{row['dns_name']}:")


def _balancer_names(tables: Tables) -> Iterator[Statement]:
    for row in tables.inventory("v_dns_names"):
        target = str(row["alias_target"] or "")
        if row["is_array_name"] and fqdn_problem(target) is None:
            yield Statement(target, about=str(row["name"]), remark=f"{row['name']} is an alias of")


def _pools(tables: Tables) -> Iterator[Statement]:
    for row in _usable_arrays(tables):
        members = row["members"] if isinstance(row["members"], list) else []
        names = [quoted(str(name)) for name in members]
        inside = ", ".join(name for name in names if name is not None)
        yield Statement(str(row["dns_name"]), f"[{inside}]", about=str(row["name"]))


def _planned_arrays(tables: Tables) -> Iterator[Statement]:
    for row in tables.inventory("v_sites"):
        if row["seen_database_count"] and row["seen_array_count"] == 0:
            name = norm(str(row["suggested_array_name"] or "FILL-IN"))
            yield Statement(str(row["name"]), f"{name}.FILL-IN.example")


def _manual_records(tables: Tables) -> Iterator[Statement]:
    for row in _usable_arrays(tables):
        yield Statement(str(row["dns_name"]))


def _migration_batches(tables: Tables) -> Iterator[Statement]:
    for row in tables.inventory("v_databases"):
        if row["in_scope"]:
            yield Statement(str(row["name"]))


def _usable_arrays(tables: Tables) -> Rows:
    rows = tables.inventory("v_arrays")
    return [dict(row) for row in rows if fqdn_problem(str(row["fqdn"] or "")) is None]


KEYS = (
    SettingsKey(
        "sites",
        "Sites: do clients from the Internet come in there, do people work with Outlook there?",
        "{}",
        _sites,
    ),
    SettingsKey(
        "servers",
        "Servers under maintenance or on their way out (state: removal). Also https: balancer_only,"
        "\n## where a balancer ends TLS before it, nlb: true or false, a node of Windows NLB, and"
        "\n## autodiscover: emptied, whose Autodiscover address was taken away on purpose.",
        "{}",
        _servers,
    ),
    SettingsKey(
        "balancers",
        "Addresses of load balancers. Here stand those to which the names of arrays lead.",
        "[]",
        _balancers,
    ),
    SettingsKey(
        "balancer_names",
        "Names that a load balancer manages, as targets of aliases.",
        "[]",
        _balancer_names,
    ),
    SettingsKey(
        "pools",
        "Servers that the load balancer really sends clients to; here stand the members.",
        "{}",
        _pools,
    ),
    SettingsKey(
        "planned_arrays",
        "Sites without an array that are to get one: its DNS name, a free one.",
        "{}",
        _planned_arrays,
    ),
    SettingsKey(
        "manual_records",
        "Arrays whose DNS record somebody moves by hand when the server behind it fails.",
        "[]",
        _manual_records,
    ),
    SettingsKey(
        "migration_batches",
        "Databases whose mailboxes are all in an approved migration batch.",
        "[]",
        _migration_batches,
    ),
)
_GENERAL = (
    "## The last day (UTC) of a datacentre switchover that is under way.",
    "# switchover_until: 2099-12-31",
    "",
    "## How certificates are meant to be: array_name_on_certificate is advise, require or ignore.",
    "# certificates:",
    "#   array_name_on_certificate: advise",
    "#   internal_suffixes: [.FILL-IN]",
    "#   wildcard_clients: outlook_2010_sp1_or_newer",
    "",
)
