"""What an export was told to leave out changes no verdict but to "not evaluated"."""

import io
from functools import cache

import pytest

from casaudit.assess import VERDICTS, assess, judge_of
from casaudit.collect.exchange import ATTRIBUTES
from casaudit.collect.ldif import records
from casaudit.collect.ldif_directory import ExportReader
from casaudit.engine.evaluate import Judge, Question
from casaudit.findings import Verdict
from tests.forest import COLLECTED_AT, ForestEntry, entries, ldif, snapshot
from tests.support.organisations import ORGANISATIONS
from tests.support.shipped_rules import book
from tests.test_export import ALWAYS, EVERY_OBJECT_HAS, LEFT_OUT

Verdicts = dict[tuple[str, str, str], Verdict]
KNOWN = (Verdict.PASS, Verdict.FAIL)
# What a recovery database, a database or a virtual directory may have, and need not.
OPTIONAL = (
    *("msExchRestore", "msExchUseOAB", "msExchInternalHostName", "msExchExternalHostName"),
    *("msExchMDBAvailabilityGroupLink", "msExchActivationConfig", "msExchEncryptionRequired"),
    *("msExchInternalAuthenticationMethods", "msExchPopImapX509CertificateName"),
    *("serviceBindingInformation", "msExchAllowCrossSiteRPCClientAccess", "siteObject"),
    *("msExchProvisioningFlags", "msExchHomePublicMDB", "msExchMaxIncomingConnections"),
    "msExchBlockedClientVersions",
)
LISTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **{name: ((name,), ()) for name in sorted({name for *_, name in ALWAYS})},
    **{f"{name}, of a list": ((name, *EVERY_OBJECT_HAS), ()) for name in OPTIONAL},
    **{what: ((), classes) for what, (classes, _) in LEFT_OUT.items()},
    "RPC services": ((), ("msExchProtocolCfgExchangeRpcService",)),
}


@cache
def judge() -> Judge:
    return judge_of(book(), "health", VERDICTS)


def judged(name: str, attributes: tuple[str, ...] = (), classes: tuple[str, ...] = ()) -> Verdicts:
    """Return the verdicts on an export without some attributes and classes."""
    forest = ORGANISATIONS[name]()
    lost = {each.encode() for each in classes}
    kept = (
        ForestEntry(e.dn, {n: v for n, v in e.attributes.items() if n not in attributes})
        for e in entries(forest)
        if lost.isdisjoint(e.attributes["objectClass"])
    )
    reader = ExportReader()
    reader.add("directory.ldf", COLLECTED_AT, records(io.BytesIO(ldif(kept)), ATTRIBUTES))
    found = assess(snapshot(forest, reader.directory()), judge(), Question(), "", wanted=VERDICTS)
    return {
        (each.rule.id, each.subject.kind, each.subject.name): each.verdict
        for each in found.findings
        # What the collection says of itself is to change.
        if each.subject.kind != "collection"
    }


whole = cache(judged)


@pytest.mark.parametrize(("attributes", "classes"), LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("name", ["healthy", "article-a"])
def test_nothing_left_out_is_judged(
    name: str, attributes: tuple[str, ...], classes: tuple[str, ...]
) -> None:
    before, after = whole(name), judged(name, attributes, classes)
    changed = {
        key: (before.get(key), verdict) for key, verdict in after.items() if verdict in KNOWN
    }
    assert {key: each for key, each in changed.items() if each[0] != each[1]} == {}
