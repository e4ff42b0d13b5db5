"""One wave of a migration by itself: what it takes along, what is in its way, what is not known."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from casaudit.findings import Gate, GateState, Move, Subject, Value, Wave, WaveState
from casaudit.i18n.languages import Language, marked
from casaudit.migration.context import MigrationContext
from casaudit.migration.move_groups import MoveGroup, Row

_BECAUSE = {
    WaveState.CAN_MOVE: marked("nothing is in its way"),
    WaveState.BLOCKED: marked("its wave is blocked"),
    WaveState.CANNOT_TELL: marked("not all is known of its wave"),
}


def draft(context: MigrationContext, group: MoveGroup) -> Wave:
    """Return a group as a wave that has no place among the others yet."""
    blocking = [
        cause
        for cause in context.stopping
        if context.concerns(group, (finding.subject for finding in cause.findings))
    ]
    # What was not seen of the organisation may belong to any wave.
    missing = [*context.unread, *_unknown(context, group)]
    missing += [context.unjudged(e) for e in context.missing if context.concerns(group, e.subjects)]
    state = WaveState.CANNOT_TELL if missing or not group.sites else WaveState.CAN_MOVE
    # A known obstacle outweighs what is not known: it has to go in any case.
    state = WaveState.BLOCKED if blocking else state
    because = _because(state, len(blocking), len(missing), context.language)
    moves = tuple(_move(context, row, state) for row in context.databases_of(group))
    if state is WaveState.CAN_MOVE:
        state, because = _of_its_databases(moves, because, context.language)
    return Wave(
        # Its number, what it waits for and what it keeps are known when all waves have a place.
        number=0,
        state=state,
        because=because,
        sites=tuple(_sites(context, group)),
        names=group.names,
        certificates=_certificates(context, group),
        arrays=_subjects("array", context.where("v_arrays", "site_id", group.sites)),
        databases=moves,
        kept=(),
        after=(),
        reasons=tuple(_reasons(context, group)),
        blockers=tuple(cause.id for cause in blocking),
        missing=tuple(missing),
        waits_for=context.shut_for(group),
    )


def behind_gates(wave: Wave, gates: Sequence[Gate], language: Language) -> Wave:
    """Return a wave as it is behind the gates: those before all, and those shut for its own."""
    failed = [gate for gate in gates if gate.state is GateState.FAILED]
    shut = [gate for gate in failed if gate.before_all or gate.name in wave.waits_for]
    # What the others do not know the wave tells itself, unless nobody gave them a verdict.
    unknown = [
        gate
        for gate in gates
        if gate.state is GateState.CANNOT_TELL and (gate.before_all or not gate.checks)
    ]
    if shut:
        waiting = _waiting(shut, language)
        wave = replace(wave, waits_for=tuple(gate.name for gate in shut))
        # What blocks the wave itself has to go as well, so both are said.
        if wave.state is WaveState.BLOCKED:
            return replace(wave, because=f"{wave.because}; {waiting}")
        return _held(wave, WaveState.WAITING, waiting)
    if unknown and wave.state is WaveState.CAN_MOVE:
        untold = language.many(
            "it is not known whether gate %(gates)s is open",
            "it is not known whether gates %(gates)s are open",
            len(unknown),
            gates=_all(unknown),
        )
        return _held(wave, WaveState.CANNOT_TELL, untold)
    return wave


def _waiting(shut: Sequence[Gate], language: Language) -> str:
    return language.many(
        "waiting for gate %(gates)s", "waiting for gates %(gates)s", len(shut), gates=_all(shut)
    )


def _all(gates: Iterable[Gate]) -> str:
    return ", ".join(gate.title for gate in gates)


def _held(wave: Wave, state: WaveState, because: str) -> Wave:
    # A database that is blocked, or of which something is not known, keeps its own reason.
    moves = tuple(
        replace(move, state=state, because=because) if move.state is WaveState.CAN_MOVE else move
        for move in wave.databases
    )
    return replace(wave, state=state, because=because, databases=moves)


def _of_its_databases(
    moves: Sequence[Move], because: str, language: Language
) -> tuple[WaveState, str]:
    """Say of a wave that can move how many of its databases do."""
    states = [move.state for move in moves]
    can = states.count(WaveState.CAN_MOVE)
    if can == len(moves):
        return WaveState.CAN_MOVE, because
    counted = language.many(
        "%(can)s of %(number)s database can move",
        "%(can)s of %(number)s databases can move",
        len(moves),
        can=language.number(can),
    )
    # With none left the wave is as its best database is.
    return min(states, key=list(WaveState).index), counted


def _because(state: WaveState, blocking: int, missing: int, language: Language) -> str:
    if state is WaveState.BLOCKED:
        return language.many(
            "%(number)s cause stands in its way", "%(number)s causes stand in its way", blocking
        )
    if missing:
        return language.many(
            "%(number)s thing about it is not known",
            "%(number)s things about it are not known",
            missing,
        )
    if state is WaveState.CANNOT_TELL:
        return language.say("the home site of its databases is not known")
    return language.say("nothing of its own stands in its way")


def _sites(context: MigrationContext, group: MoveGroup) -> Iterable[Subject]:
    names = context.inventory.sites
    for site in sorted(group.sites, key=lambda each: (names[each], each)):
        yield Subject("site", names[site], names[site], site)


def _certificates(context: MigrationContext, group: MoveGroup) -> tuple[Subject, ...]:
    # One certificate is often presented by many servers: it is listed once.
    ids = {str(row["certificate_id"]) for row in context.certificates_of(group)}
    return _subjects("certificate", context.where("v_certificates", "id", ids))


def _subjects(kind: str, rows: Iterable[Row]) -> tuple[Subject, ...]:
    return tuple(sorted((_subject(kind, row) for row in rows), key=lambda s: (s.name, s.id)))


def _subject(kind: str, row: Row) -> Subject:
    site = row["site"]
    return Subject(kind, str(row["name"]), None if site is None else str(site), str(row["id"]))


def _move(context: MigrationContext, row: Row, of_wave: WaveState) -> Move:
    endpoint, mailboxes = row["endpoint_dns_name"], row["mailbox_count"]
    subject = _subject("database", row)
    state, because = _fate(context, row, of_wave)
    return Move(
        database=subject,
        endpoint=None if endpoint is None else str(endpoint),
        mailboxes=mailboxes if isinstance(mailboxes, int) else None,
        state=state,
        because=because,
        repairs_profiles=subject.id in context.repointed,
    )


def _fate(context: MigrationContext, row: Row, of_wave: WaveState) -> tuple[WaveState, str]:
    say, identity = context.language.say, str(row["id"])
    # What is wrong with one database holds that database alone, not its wave.
    if rules := context.blocked.get(identity):
        return WaveState.BLOCKED, say("repair %(rules)s first", rules=", ".join(sorted(rules)))
    if of_wave is not WaveState.BLOCKED and (gates := context.held.get(identity)):
        return WaveState.WAITING, _waiting(gates, context.language)
    if row["home_site_id"] is None:
        return WaveState.CANNOT_TELL, say("its home site is not known")
    # A wave that is blocked says so of its databases; only one that can move needs more.
    if of_wave is WaveState.CAN_MOVE and row["in_scope"] is None:
        return WaveState.CANNOT_TELL, say("it is not known whether clients open it")
    if of_wave is WaveState.CAN_MOVE and identity in context.unseen:
        return WaveState.CANNOT_TELL, context.unjudged(context.unseen[identity])
    return of_wave, say(_BECAUSE[of_wave])


def _reasons(context: MigrationContext, group: MoveGroup) -> Iterable[str]:
    """Why its sites and databases belong together."""
    say, inventory = context.language.say, context.inventory
    for name in group.shared:
        sites = sorted(
            inventory.sites[site] for site in group.sites if name in inventory.names.get(site, ())
        )
        yield say(
            "%(name)s is an HTTPS name of %(sites)s: it moves for all of them at once",
            name=name,
            sites=context.listed(sites),
        )
    for name in group.ambiguous:
        rows = (row for row in context.databases_of(group) if row["endpoint_dns_name"] == name)
        yield say(
            "%(name)s is an HTTPS name and the endpoint of %(databases)s: when it moves, their MAPI"
            " clients are cut off",
            name=name,
            databases=context.listed(sorted(str(row["name"]) for row in rows)),
        )


def _unknown(context: MigrationContext, group: MoveGroup) -> Iterable[str]:
    """What was not seen of a group's own objects, and what no rule decides."""
    say = context.language.say
    for row in context.where("v_sites", "id", group.sites):
        # Whether it faces the Internet decides its place: such sites move first.
        if row["internet_facing"] is None:
            yield say(
                "whether %(site)s faces the Internet is not known; the settings file can say it",
                site=row["name"],
            )
    for row in context.where("v_virtual_directories", "site_id", group.sites):
        # An unread URL may hold a name that ties this site to others.
        is_read = row["internal_read"] and row["external_read"]
        if not is_read and row["is_client_access_2010"] is not False:
            yield say("not all URLs of %(directory)s could be read", directory=row["name"])
    presented = context.certificates_of(group)
    hosts, servers = {row["host"] for row in presented}, {row["server_id"] for row in presented}
    users: dict[str, set[Value]] = {}
    for row in context.where("v_https_uses", "site_id", group.sites):
        users.setdefault(str(row["name"]), set()).add(row["server_id"])
    for name in group.names:
        # A certificate is seen under the name itself, or at all servers that use the name.
        if name not in hosts and not users[name] <= servers:
            yield say("no certificate was seen for %(name)s", name=name)
