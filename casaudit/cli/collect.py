"""The commands that look at an organisation: ``collect`` and ``audit``."""

from pathlib import Path
from typing import Annotated

import typer

from casaudit.cli.guidance import NETWORK, OUTPUT, SOURCE
from casaudit.cli.options import (
    DEFAULT_FOLDER,
    AsOfOption,
    Auth,
    BaselineOption,
    FailOn,
    FailOnOption,
    FailOnStandingOption,
    FolderOption,
    ForecastOption,
    FormatOption,
    LanguageOption,
    Locale,
    LocaleOption,
    LogoOption,
    ProfileOption,
    RulesOption,
    SettingsOption,
    StrictOption,
    TargetOption,
    TitleOption,
    WaiversOption,
)
from casaudit.cli.report import DEFAULT_FORMATS

SourcesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="ldaps://HOST[:PORT], ldap://HOST[:PORT] (StartTLS), an LDIF export (.ldf, .ldif), "
        "a CLIXML export (.xml) or a table of the shell (.csv), a folder or .zip of them, or a "
        "snapshot (.json, .json.gz). Several are merged, the first has precedence.",
    ),
]
AuthOption = Annotated[
    Auth,
    typer.Option(
        "--auth",
        help="How to bind to the directory: simple and ntlm with a password, kerberos with the "
        "ticket of the logon.",
        rich_help_panel=SOURCE,
    ),
]
UserOption = Annotated[
    str | None,
    typer.Option(
        "--user",
        metavar="USER",
        help="auditor@corp.example or CORP\\auditor.",
        rich_help_panel=SOURCE,
    ),
]
# A file, never the password itself: any user of a machine can list the arguments of processes.
PasswordOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="File whose first line is the password; else CASAUDIT_PASSWORD, else a prompt.",
        rich_help_panel=SOURCE,
    ),
]
CaOption = Annotated[
    Path | None,
    typer.Option(
        "--ca-file",
        metavar="PEM",
        help="CA of the controller; else the system's.",
        rich_help_panel=SOURCE,
    ),
]
PlaintextOption = Annotated[
    bool,
    typer.Option(
        "--allow-plaintext",
        help="Use ldap:// without TLS; the password can be read.",
        rich_help_panel=SOURCE,
    ),
]
LegacyTlsOption = Annotated[
    bool,
    typer.Option(
        "--legacy-tls",
        help="Allow TLS 1.0 to an old controller; its certificate is verified.",
        rich_help_panel=SOURCE,
    ),
]
DomainPartitionsOption = Annotated[
    bool,
    typer.Option(
        "--domain-partitions",
        help="Also look in the domain for the Kerberos names of arrays and the computer accounts "
        "of servers.",
        rich_help_panel=SOURCE,
    ),
]
ResolverOption = Annotated[
    list[str] | None,
    typer.Option(
        "--resolver",
        metavar="VIEW=ADDRESS[:PORT]",
        help="Resolver of the internal or external view (repeatable); else the system's, as "
        "internal.",
        rich_help_panel=NETWORK,
    ),
]
NoDnsOption = Annotated[
    bool, typer.Option("--no-dns", help="Ask no names.", rich_help_panel=NETWORK)
]
ConnectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--connect",
        metavar="HOST:PORT=ADDRESS:PORT",
        help="Probe this address for that host and port (repeatable).",
        rich_help_panel=NETWORK,
    ),
]
LocalOption = Annotated[
    bool,
    typer.Option(
        "--local-addresses",
        help="Also contact loopback, link-local and multicast addresses that names lead to.",
        rich_help_panel=NETWORK,
    ),
]
NoTlsOption = Annotated[
    bool, typer.Option("--no-tls", help="Look at no certificates.", rich_help_panel=NETWORK)
]
HttpOption = Annotated[
    bool,
    typer.Option(
        "--http",
        help="Also ask each server once for the logon page of Outlook Web App, without a login: it "
        "shows the update rollup.",
        rich_help_panel=NETWORK,
    ),
]
TimeoutOption = Annotated[
    float,
    typer.Option(
        "--timeout", min=0.1, help="Seconds for one endpoint or name.", rich_help_panel=NETWORK
    ),
]
WorkersOption = Annotated[
    int,
    typer.Option(
        "--workers",
        min=1,
        max=512,
        help="Endpoints looked at side by side.",
        rich_help_panel=NETWORK,
    ),
]
PlanOption = Annotated[
    bool,
    typer.Option(
        "--plan", help="Print what would be asked, and ask nothing.", rich_help_panel=NETWORK
    ),
]


def collect(
    sources: SourcesArgument,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Snapshot to write (.json, .json.gz).",
            rich_help_panel=OUTPUT,
        ),
    ] = Path("snapshot.json"),
    plan: PlanOption = False,
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
    strict: StrictOption = False,
) -> None:
    """Take a snapshot of an organisation, read-only; judge it later, anywhere.

    Example: casaudit collect ldaps://dc1.corp.example --user auditor@corp.example
    --resolver internal=10.0.0.53 --resolver external=198.51.100.53 -o snapshot.json.gz
    """
    from casaudit.cli import collecting, files, inputs

    given = inputs.sources(sources)
    found = collecting.network(
        resolver, no_dns, connect, local_addresses, no_tls, timeout, workers, http
    )
    # Before folder, trust and password: a plan contacts nobody and writes nothing.
    if plan:
        planned = collecting.CollectRequest(
            given, network=found, domain_partitions=domain_partitions
        )
        collecting.show_plan(planned)
        return
    # Before the password is asked: no collection ends at a folder that refuses it.
    files.ready_folder(output.parent)
    trust = collecting.Trust(ca_file, allow_plaintext, legacy_tls)
    credentials = collecting.credentials(given, auth, user, password_file)
    request = collecting.CollectRequest(given, credentials, trust, found, domain_partitions)
    collected = collecting.run(request, output)
    raise typer.Exit(collecting.exit_code(collected, strict=strict))


def audit(
    sources: SourcesArgument,
    output: FolderOption = DEFAULT_FOLDER,
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
    formats: FormatOption = DEFAULT_FORMATS,
    profile: ProfileOption = None,
    target: TargetOption = None,
    rules: RulesOption = None,
    settings: SettingsOption = None,
    waivers: WaiversOption = None,
    baseline: BaselineOption = None,
    forecast: ForecastOption = 0,
    as_of: AsOfOption = None,
    fail_on: FailOnOption = FailOn.HIGH,
    fail_on_standing: FailOnStandingOption = False,
    strict: StrictOption = False,
    language: LanguageOption = "en",
    locale: LocaleOption = Locale.ENGLISH,
    title: TitleOption = "",
    logo: LogoOption = None,
) -> None:
    """Collect, judge and report in one go, read-only.

    Example: casaudit audit ldaps://dc1.corp.example --user auditor@corp.example
    --resolver internal=10.0.0.53 --resolver external=198.51.100.53
    """
    from casaudit.cli import assessing, collecting, inputs

    given = inputs.sources(sources)
    # A mistake in a rule or waiver is told before a controller is contacted.
    prepared = assessing.prepare(assessing.Request(
        output, formats, profile, target, rules or (), settings, as_of, fail_on, strict, waivers,
        language=language, baseline=baseline, forecast=forecast,
        fail_on_standing=fail_on_standing, title=title, logo=logo, locale=locale,
    ))  # fmt: skip
    found = collecting.network(
        resolver, no_dns, connect, local_addresses, no_tls, timeout, workers, http
    )
    trust = collecting.Trust(ca_file, allow_plaintext, legacy_tls)
    credentials = collecting.credentials(given, auth, user, password_file)
    request = collecting.CollectRequest(given, credentials, trust, found, domain_partitions)
    collected = collecting.run(request, output / "snapshot.json")
    # The snapshot is kept, but nobody asked for verdicts about half of an organisation.
    if collected.interrupted:
        raise typer.Exit(collecting.exit_code(collected, strict=strict))
    assessing.judge(collected.snapshot, prepared)
