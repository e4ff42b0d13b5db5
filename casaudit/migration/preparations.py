"""What has to be ready on the newer servers before the first mailboxes move there.

Sources: Checklist: Upgrade from Exchange 2010, Configure legacy public folders where user mailboxes
are on Exchange 2013 servers, Discontinued features (all MicrosoftDocs/OfficeDocs-Exchange).
What the evidence shows not to be there is left out; what it does not show is said with a condition.
"""

from collections.abc import Sequence

from casaudit.findings import Value
from casaudit.migration.versions import Row, Versions

# Databases of public folders; Exchange 2013 and later keep them in mailboxes.
_WITH_PUBLIC_FOLDER_DATABASES = {"2007", "2010"}
_UNIFIED_MESSAGING = 16
"""Bit of the role in msExchCurrentServerRoles, up to Exchange 2010."""


def preparations(versions: Versions, goal: str, old: Sequence[str]) -> tuple[str, ...]:
    """Return what has to be ready before the first mailboxes move, a sentence each.

    Args:
        versions: what is installed.
        goal: the version that they move to.
        old: those that they leave.
    """
    say, needs = versions.language.say, versions.requirements[goal]
    found = (
        say(
            "URLs and Outlook Anywhere host names of Exchange %(leg)s are the names that clients"
            " use, and its certificate stands for them",
            leg=goal,
        ),
        _public_folders(versions, old),
        say(
            "connectors, and the machines and applications that relay mail through the old servers,"
            " lead to the newer ones"
        ),
        _edge(versions),
        say(
            "clients are %(outlook)s with its latest updates, or newer",
            outlook=needs["outlook"],
        ),
        _unified_messaging(versions, goal),
    )
    return tuple(each for each in found if each)


def _public_folders(versions: Versions, old: Sequence[str]) -> str | None:
    if not _WITH_PUBLIC_FOLDER_DATABASES.intersection(old):
        return None
    say = versions.language.say
    text = say(
        "mailboxes on newer servers reach the public folders that stay behind: the Client Access"
        " role and Outlook Anywhere on the servers that hold them, there an empty database with a"
        " hidden mailbox, and that mailbox named in the organisation (Set-OrganizationConfig)"
    )
    found = [each["name"] for each in versions.databases if each["is_public_folder"]]
    if not found and versions.are_databases_known:
        return None
    return text if found else say("where there are public folders: %(what)s", what=text)


def _edge(versions: Versions) -> str | None:
    say = versions.language.say
    text = say(
        "Edge Transport servers have the update that is asked of all servers, and are subscribed"
        " anew to the site of the newer servers"
    )
    return _where(versions, [each["is_edge"] for each in versions.servers], text)


def _unified_messaging(versions: Versions, goal: str) -> str | None:
    say = versions.language.say
    if versions.requirements[goal]["has_unified_messaging"]:
        text = say(
            "unified messaging: dial plans and calls lead to Exchange %(leg)s before mailboxes with"
            " voice mail move",
            leg=goal,
        )
    else:
        text = say(
            "unified messaging: Exchange %(leg)s has none, and mailboxes with voice mail need"
            " another service before they move",
            leg=goal,
        )
    return _where(versions, [_has_unified_messaging(each) for each in versions.servers], text)


def _has_unified_messaging(server: Row) -> bool | None:
    roles = server["roles"]
    # Every Mailbox server of Exchange 2013 and 2016 has it, in use or not.
    if server["product"] in ("2013", "2016"):
        return None
    return bool(roles & _UNIFIED_MESSAGING) if isinstance(roles, int) else None


def _where(versions: Versions, having: Sequence[Value], text: str) -> str | None:
    """Say a sentence about servers of a kind; with a condition where none of them was seen."""
    if any(having):
        return text
    if versions.are_servers_known and None not in having:
        return None
    return versions.language.say("where it is used: %(what)s", what=text)
