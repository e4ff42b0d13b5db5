"""The command that sends a judgement to people and programs: ``notify``."""

from pathlib import Path
from typing import Annotated

import typer

from casaudit.cli.guidance import OUTPUT, SOURCE
from casaudit.notify import SmtpTls

MAIL, POSTED, NETWORK = "Mail", "Teams and webhooks", "Network"


_FindingsArgument = Annotated[
    Path,
    typer.Argument(metavar="FINDINGS", help="findings.json, or the folder of a report."),
]
_SinceWish = Annotated[
    Path | None,
    typer.Option(
        "--since",
        metavar="PATH",
        rich_help_panel=SOURCE,
        help="What is new since when: an earlier findings.json or report, or a folder with "
        "the folders of earlier runs, of which the last one counts. Else what the run itself "
        "was compared with by --baseline.",
    ),
]
_AlwaysWish = Annotated[
    bool,
    typer.Option(
        "--always",
        rich_help_panel=OUTPUT,
        help="Send also when nothing is new; each run then shows that it took place.",
    ),
]
_DryRunWish = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        rich_help_panel=OUTPUT,
        help="Print what would be sent, and contact nobody.",
    ),
]
_LinkWish = Annotated[
    str,
    typer.Option(
        "--link",
        metavar="PLACE",
        rich_help_panel=OUTPUT,
        help="Where the report lies: address or path.",
    ),
]
_BriefWish = Annotated[
    bool,
    typer.Option(
        "--brief/--no-brief",
        rich_help_panel=OUTPUT,
        help="Attach brief.html to the mail, where it lies beside FINDINGS.",
    ),
]
_LanguageWish = Annotated[
    str,
    typer.Option(
        "--language",
        metavar="NAME",
        rich_help_panel=OUTPUT,
        help="Of mail and card, such as de.",
    ),
]
_SmtpWish = Annotated[
    str,
    typer.Option(
        "--smtp",
        metavar="HOST[:PORT]",
        rich_help_panel=MAIL,
        help="Send a mail through this server: port 587, with --smtp-tls implicit 465, with "
        "none 25.",
    ),
]
_SmtpTlsWish = Annotated[
    SmtpTls,
    typer.Option(
        "--smtp-tls",
        rich_help_panel=MAIL,
        help="STARTTLS, TLS from the beginning, or none at all: then without a login.",
    ),
]
_SmtpUserWish = Annotated[
    str, typer.Option("--smtp-user", metavar="NAME", rich_help_panel=MAIL, help="Log in as.")
]
_SmtpPasswordFileWish = Annotated[
    Path | None,
    typer.Option(
        "--smtp-password-file",
        metavar="FILE",
        rich_help_panel=MAIL,
        help="File whose first line is the password; else CASAUDIT_SMTP_PASSWORD.",
    ),
]
_SenderWish = Annotated[
    str, typer.Option("--from", metavar="ADDRESS", rich_help_panel=MAIL, help="Its sender.")
]
_RecipientsWish = Annotated[
    list[str] | None,
    typer.Option(
        "--to", metavar="ADDRESS", rich_help_panel=MAIL, help="Its recipient (repeatable)."
    ),
]
_TeamsWish = Annotated[
    str,
    typer.Option(
        "--teams",
        metavar="WHERE",
        rich_help_panel=POSTED,
        help="Post a card to a workflow of Teams. Its address is a secret: a FILE whose first "
        "line it is, or env:NAME of a variable. An address itself is taken without a query.",
    ),
]
_WebhookWish = Annotated[
    str,
    typer.Option(
        "--webhook",
        metavar="WHERE",
        rich_help_panel=POSTED,
        help="Post JSON to an address of HTTPS, given in the same ways.",
    ),
]
_WebhookSecretFileWish = Annotated[
    Path | None,
    typer.Option(
        "--webhook-secret-file",
        metavar="FILE",
        rich_help_panel=POSTED,
        help="File whose first line signs that JSON; else CASAUDIT_WEBHOOK_SECRET, else it is "
        "not signed.",
    ),
]
_CaFileWish = Annotated[
    Path | None,
    typer.Option(
        "--ca-file",
        metavar="FILE",
        rich_help_panel=NETWORK,
        help="Authorities to trust, PEM, instead of those of the system.",
    ),
]
_TimeoutWish = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        min=1,
        max=600,
        rich_help_panel=NETWORK,
        help="For one attempt.",
    ),
]


def notify(
    findings: _FindingsArgument,
    since: _SinceWish = None,
    always: _AlwaysWish = False,
    dry_run: _DryRunWish = False,
    link: _LinkWish = "",
    brief: _BriefWish = True,
    language: _LanguageWish = "en",
    smtp: _SmtpWish = "",
    smtp_tls: _SmtpTlsWish = SmtpTls.STARTTLS,
    smtp_user: _SmtpUserWish = "",
    smtp_password_file: _SmtpPasswordFileWish = None,
    sender: _SenderWish = "",
    recipients: _RecipientsWish = None,
    teams: _TeamsWish = "",
    webhook: _WebhookWish = "",
    webhook_secret_file: _WebhookSecretFileWish = None,
    ca_file: _CaFileWish = None,
    timeout: _TimeoutWish = 30.0,
) -> None:
    """Send what is new in a judgement: by mail, to a channel of Teams, to a webhook.

    Nothing is sent when nothing is new, unless --always is given: no failure came, went, changed
    or was lost from sight, none turns red and no waiver ends within 31 days, and all that was
    asked for was seen. Without an earlier run every open failure is told. The exit code is 4
    where somebody did not get the message. See docs/notify.md.
    """
    # Here, since it loads mail, TLS and the findings: --help wants none of them.
    from casaudit.cli import notifying

    notifying.run(
        notifying.NotifyRequest(
            findings, since, always, dry_run, link, brief, language, ca_file, timeout,
            notifying.MailWishes(
                smtp, smtp_tls, smtp_user, smtp_password_file, sender, tuple(recipients or ())
            ),
            teams, webhook, webhook_secret_file,
        )
    )  # fmt: skip
