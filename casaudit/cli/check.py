"""The command that tries a collection before the first run: ``check``."""

import typer

from casaudit.cli.collect import (
    AuthOption,
    CaOption,
    ConnectOption,
    DomainPartitionsOption,
    HttpOption,
    LegacyTlsOption,
    LocalOption,
    NoDnsOption,
    NoTlsOption,
    PasswordOption,
    PlaintextOption,
    ResolverOption,
    SourcesArgument,
    TimeoutOption,
    UserOption,
    WorkersOption,
)
from casaudit.cli.options import Auth


def check_collection(
    sources: SourcesArgument,
    auth: AuthOption = Auth.SIMPLE,
    user: UserOption = None,
    password_file: PasswordOption = None,
    ca_file: CaOption = None,
    allow_plaintext: PlaintextOption = False,
    legacy_tls: LegacyTlsOption = False,
    domain_partitions: DomainPartitionsOption = False,
    resolver: ResolverOption = None,
    no_dns: NoDnsOption = False,
    connect: ConnectOption = None,
    local_addresses: LocalOption = False,
    no_tls: NoTlsOption = False,
    http: HttpOption = False,
    timeout: TimeoutOption = 10.0,
    workers: WorkersOption = 64,
) -> None:
    """Try a collection: name, port, certificate, bind, rights, resolvers, endpoints.

    Prints a line for each step: ok, failed with what to do, or not tried and why. It takes the
    options of collect, asks nothing that collect would not ask, and writes nothing.

    Exit codes: 0 all well, 3 an audit would be incomplete, 4 nothing could be.

    Example: casaudit check ldaps://corp.example --user auditor@corp.example
    --resolver internal=10.0.0.53 --resolver external=198.51.100.53
    """
    from casaudit.cli import checking, collecting, inputs

    given = inputs.sources(sources)
    found = collecting.network(
        resolver, no_dns, connect, local_addresses, no_tls, timeout, workers, http
    )
    trust = collecting.Trust(ca_file, allow_plaintext, legacy_tls)
    credentials = collecting.credentials(given, auth, user, password_file)
    request = collecting.CollectRequest(given, credentials, trust, found, domain_partitions)
    raise typer.Exit(checking.run_check(request))
