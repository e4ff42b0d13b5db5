"""Less evidence never makes a pass, nor a failure: a choice of removals, and more when slow."""

import re

import pytest

from casaudit.findings import Verdict
from casaudit.rulebook.rule import Rule
from tests.support.shipped_rules import book
from tests.sweep import SAMPLES, Turned, of_rule, of_sample

RULES = [rule for rule in book().rules if not rule.id.startswith("CAS-META-")]
OF_A_SAMPLE, OF_AN_EXAMPLE = 30, 1
# Of the samples everything, in 75 CPU s. "python -m tests.sweep" takes everything of the
# examples too, which is hours.
OF_AN_EXAMPLE_WHEN_SLOW = 3


SEEN_ALL_THE_SAME = {
    # A handshake outweighs an export that says otherwise. Without it the export stands.
    ("CAS-CERT-013", Verdict.FAIL),
    # As far as was seen the address is one server's own; an NLB node can share it unseen.
    ("CAS-DNS-004", Verdict.FAIL),
    # The TTL was seen; that only one site has servers, which makes it matter less, was not.
    ("CAS-DNS-007", Verdict.FAIL),
    # What a server accepts was seen, though a balancer before it may hide that from clients.
    ("CAS-SERVER-008", Verdict.FAIL),
}
"""Failures by facts that were seen, whose excuse was taken away."""
HOLDS_ALL_THE_SAME = {
    # The name is not on the certificate, whoever issued that.
    "CAS-CERT-012",
    # The name is on the certificates of the members, whatever URL bears it too.
    "CAS-CERT-014",
    # It points at an array, however many arrays its site has.
    "CAS-DB-001",
    # It has an endpoint, and one in its own site: also where that is for the public folders there.
    "CAS-DB-005",
    "CAS-DB-007",
    # It has two addresses, however many servers the site has.
    "CAS-DNS-004",
}
"""Rules that may pass where it is no longer known whether they apply."""


SEEN_BY_ANOTHER_WITNESS = {
    # Of two exports that disagree one is left, which is believed as any single one is.
    ("CAS-DB-001", "listed_databases", "(gone|(excluded_from_provisioning|all) unread)"),
    ("CAS-SERVER-004", "server_builds", "gone"),
    ("CAS-SERVER-013", "server_builds", "gone"),
    ("CAS-MIGRATE-002", "server_builds", "gone"),
    ("CAS-ARRAY-014", "rpc_ports", "gone"),
    ("CAS-MIGRATE-008", "organization_configs", "gone"),
    # Without any export of the store the handshake stands, as for servers that have none.
    ("CAS-CERT-013", "exports", "gone"),
    ("CAS-SERVER-007", "rpc_client_access", "(gone|(encryption_required|all) unread)"),
    # Without any export of the server the operator's word stands alone, and is believed.
    ("CAS-SERVER-001", "exports", "gone"),
    # The version of its web server comes with its Windows, whatever its account says.
    ("CAS-SERVER-010", "principals", "gone"),
    # Databases name it, and no other array was seen that they could mean.
    ("CAS-ARRAY-004", "arrays", "(gone|(legacy_exchange_dn|all) unread)"),
    # Nothing answers under the shared name, and the server's own certificate bears it.
    ("CAS-SCP-002", "tls_endpoints autodiscover.corp.example", "handshake_failed"),
    ("CAS-SCP-002", "tls_endpoints autodiscover.corp.example", "timeout"),
    # Its issuer was not sent, as was seen; that the server knows it all the same was not.
    ("CAS-CERT-009", "store_certificates", "(gone|(status|all) unread)"),
    # It has expired, as was seen; that it stands on a server which no client calls was not.
    ("CAS-CERT-001", "servers", "(gone|(roles|fqdn|all) unread)"),
}
"""Verdicts by facts that were seen, whose contradiction was taken away: the record, and how."""


def _by_another_witness(each: Turned) -> bool:
    return any(
        each.rule == rule and re.search(rf"(^|: ){record} .*: {how}$", each.removal)
        for rule, record, how in SEEN_BY_ANOTHER_WITNESS
    )


def _unexcused(found: list[Turned]) -> list[Turned]:
    return [
        each
        for each in found
        if (each.rule, each.after) not in SEEN_ALL_THE_SAME
        and not (each.rule in HOLDS_ALL_THE_SAME and each.before is Verdict.NOT_APPLICABLE)
        and not _by_another_witness(each)
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_little_less_of_a_sample_turns_nothing_into_pass_or_fail(name: str) -> None:
    tried, found = of_sample(name, OF_A_SAMPLE)
    assert (tried, _unexcused(found)) == (OF_A_SAMPLE, [])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_little_less_of_its_examples_turns_no_verdict_of_a_rule(rule: Rule) -> None:
    tried, found = of_rule(rule, OF_AN_EXAMPLE)
    assert (tried, _unexcused(found)) == (len(rule.examples), [])


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_anything_less_of_a_sample_turns_nothing(name: str) -> None:
    tried, found = of_sample(name)
    assert tried > OF_A_SAMPLE
    assert _unexcused(found) == []


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_much_less_of_its_examples_turns_no_verdict_of_a_rule(rule: Rule) -> None:
    tried, found = of_rule(rule, OF_AN_EXAMPLE_WHEN_SLOW)
    print(f"{rule.id}: {tried} removals")
    left = _unexcused(found)
    assert left == []
