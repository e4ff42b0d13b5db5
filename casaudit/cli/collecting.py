"""From flags to a written snapshot: what collect and audit have in common."""

import getpass
import gzip
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from casaudit import interrupts
from casaudit.cli import console, files, inputs
from casaudit.cli.exits import ExitCode, of_coverage
from casaudit.cli.options import Auth
from casaudit.collect import Collection, CollectRequest
from casaudit.collect import collect as collect_evidence
from casaudit.collect import plan as plan_of
from casaudit.collect.ldap import Credentials, Method, Password, Trust
from casaudit.collect.lists import SUBJECT
from casaudit.collect.network import NetworkSettings
from casaudit.collect.ports import DnsQuestion
from casaudit.collect.scope import START_PAGE, UNRELATED, parse_connect, parse_resolver
from casaudit.errors import SourceError, UsageError
from casaudit.snapshot import dumps

__all__ = ["CollectRequest", "Trust", "credentials", "exit_code", "network", "run", "show_plan"]

VARIABLE = "CASAUDIT_PASSWORD"
_METHODS: dict[Auth, Method] = {
    Auth.SIMPLE: "simple",
    Auth.KERBEROS: "kerberos",
    Auth.NTLM: "ntlm",
    Auth.ANONYMOUS: "anonymous",
}


def network(
    resolvers: Sequence[str] | None,
    no_dns: bool,
    connects: Sequence[str] | None,
    local_addresses: bool,
    no_tls: bool,
    timeout: float,
    workers: int,
    http: bool = False,
) -> NetworkSettings:
    """Return what of the network is asked.

    Raises:
        UsageError: a resolver or endpoint that is not of its form; options that contradict.
    """
    if http and no_tls:
        raise UsageError("--http", "does not go with --no-tls", "it asks where TLS was agreed on")
    return NetworkSettings(
        resolvers=tuple(parse_resolver(each) for each in resolvers or ()),
        ask_dns=not no_dns,
        ask_tls=not no_tls,
        ask_http=http,
        connects=tuple(parse_connect(each) for each in connects or ()),
        local_addresses=local_addresses,
        timeout=timeout,
        workers=workers,
    )


def credentials(
    sources: Sequence[str], auth: Auth, user: str | None, password_file: Path | None
) -> Credentials | None:
    """Return how to bind; asks for a password only where one is needed.

    Raises:
        UsageError: no user, or a password that cannot be had.
    """
    if not CollectRequest(tuple(sources)).is_live:
        return None
    # Kerberos takes the tickets of the logon: there is no password to ask for.
    if auth in (Auth.ANONYMOUS, Auth.KERBEROS):
        return Credentials(_METHODS[auth])
    if not user:
        raise UsageError("--user", "is needed to bind", "for example --user auditor@corp.example")
    return Credentials(_METHODS[auth], user, _password(user, password_file))


def run(request: CollectRequest, output: Path) -> Collection:
    """Collect and write the snapshot, also after an interrupt.

    Raises:
        SourceError: nothing could be collected.
    """
    started = datetime.now(UTC)
    with console.Progress() as progress, interrupts.left_to_python():
        try:
            collected = collect_evidence(request, started, progress)
        except SourceError as error:
            with inputs.expecting(Path(error.subject), *inputs.SOURCES):
                raise
    with interrupts.held():  # what took minutes to collect is not thrown away in its last second
        content = dumps(collected.snapshot)
        if output.name.endswith(".gz"):
            # gzip writes the time into its header (RFC 1952): equal snapshots would differ in
            # bytes.
            content = gzip.compress(content, mtime=0)
        files.write_file(output, content)
        console.note(f"snapshot: {output}")
    for gap in collected.snapshot.gaps:
        if gap.subject == SUBJECT:
            console.note(f"{SUBJECT}: {gap.detail}")
    if collected.interrupted:
        console.note("interrupted: the snapshot holds what was seen until then")
    return collected


def exit_code(collected: Collection, *, strict: bool) -> ExitCode:
    """Return how a collection ended."""
    if collected.interrupted:
        return ExitCode.INTERRUPTED
    seen = collected.snapshot
    return of_coverage(seen.sections, seen.gaps, strict=strict)


def show_plan(request: CollectRequest) -> None:
    """Print every question that a request would put."""
    plan = plan_of(request, datetime.now(UTC))
    for question in plan.locating:
        console.show_data(_question(question))
    if plan.locating:
        console.show_data("DNS   each controller that these name, if any.  A, AAAA  at the same")
    for query in plan.queries:
        attributes = ",".join(query.attributes)
        console.show_data(f"LDAP  {query.base or '(rootDSE)'}  {query.scope}  {query.filter}")
        console.show_data(f"      {attributes}")
    if plan.network is None:
        return
    for question in plan.network.questions:
        console.show_data(_question(question))
    for target in plan.network.targets:
        where = f"{target.address}:{target.connected_port}"
        console.show_data(f"TLS   {target.host}:{target.port}  at {where}")
    for endpoint in plan.network.endpoints:
        console.show_data(f"TLS   {endpoint}  at each of its internal addresses")
    for server in plan.network.pages:
        where = f"https://{server}{START_PAGE}"
        console.show_data(f"HTTP  GET {where}  at one address, without a login")
    if request.is_live:
        asked = ", ".join(f"{v.value} {r}" for v, r in request.network.asked_resolvers)
        console.show_data(
            "DNS and TLS follow from the directory: every array name, HTTPS host, service "
            "connection point and server, and from each resolver one name that cannot exist; "
            f"resolvers: {asked or 'none'}; ports: 443 and those in URLs"
            + ("; one start page of each server" if request.network.ask_http else "")
        )


def _question(question: DnsQuestion) -> str:
    where = f"{question.view.value} {question.resolver}"
    if question.name == UNRELATED:
        where += "  (it cannot exist: tells whether the resolver makes answers up)"
    return f"DNS   {question.name}.  {question.record_type}  at {where}"


def _password(user: str, path: Path | None) -> Password:
    if path is not None:
        return Password(files.read_secret(path))
    # Behind the file: child processes inherit the environment, and some systems show it.
    if VARIABLE in os.environ:
        return Password(os.environ[VARIABLE])
    # getpass would read a pipe, with the password shown, or wait in a task that nobody sees.
    if not sys.stdin.isatty():
        raise UsageError(
            "password", "there is no terminal to ask on", f"give --password-file or set {VARIABLE}"
        )
    return Password(getpass.getpass(f"Password of {user}: "))
