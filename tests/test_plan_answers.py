"""What a plan does as its script does it, over all examples: without answers, and with them.

A step whose value the script finds right already changes nothing, and so it heals nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from casaudit.engine.evaluate import Question
from casaudit.findings import Assessment, Severity, Verdict
from casaudit.names import url_problem
from casaudit.remediation.plan import PlanAnswer, PlanDocument, PlanFinding
from casaudit.remediation.planner import plan_of
from casaudit.remediation.verify import same_value
from casaudit.remediation.whatif import compare_failures, try_plan
from casaudit.rulebook.rule import Rule
from casaudit.snapshot import Snapshot
from tests.support.planning import failing_examples, judged
from tests.support.shipped_rules import book

SETTINGS = book().shared.settings
DECISIONS = {each.question: name for name, each in book().shared.decisions.items()}
BRANCH = "site BranchOffice"
KEPT: dict[object, str] = {
    "https-inside": "mail.corp.example",
    ("https-inside", BRANCH): "mail-br.corp.example",
    "https-outside": "mail.corp.example",
    "autodiscover": "autodiscover.corp.example",
    "pop-name": "pop.corp.example",
    "imap-name": "imap.corp.example",
    "principal": "msstd:mail.corp.example",
    "address-book": "Default Offline Address Book",
}
"""Answers with the names that clients of the healthy organisation use already."""
OTHERS: dict[object, str] = {
    "https-inside": "web.corp.example",
    "https-outside": "web.corp.example",
    "autodiscover": "mail.corp.example",
}
"""Names for where those cannot stay, since an array bears them or no certificate does."""
FRONT: dict[object, str] = {("https-outside", BRANCH): "mail-br.corp.example"}
"""The name of a branch that faces the Internet."""
FIRST = {
    ("CAS-SCP-001", "an address of a server that is gone is among them"): "CAS-SCP-003",
    ("CAS-SCP-002", "a wildcard of the wrong depth"): "CAS-CERT-004",
    ("CAS-SCP-002", "one of the servers behind the name shows a certificate without it"): (
        "CAS-CERT-004"
    ),
}
"""Examples that no answer heals before a step by hand of the same plan is done, and its rule."""


@dataclass(frozen=True)
class Tried:
    """What is wrong with the state after a plan: what fails still, and what fails newly."""

    stays: Sequence[tuple[str, str | None]]
    worse: Sequence[tuple[str, str]]


def answered(document: PlanDocument, names: Mapping[object, str]) -> dict[str, str]:
    return {each.key: _answer(each, names) for each in document.answers}


def _answer(asked: PlanAnswer, names: Mapping[object, str]) -> str:
    decision = DECISIONS[asked.question]
    # Databases are joined to an array by the name that it had when they were made.
    own = f"{asked.scope}.corp.example"
    return own if decision == "array-name" else names.get((decision, asked.scope), names[decision])


def changing(document: PlanDocument, answers: Mapping[str, str]) -> Iterator[int]:
    """The steps for which the script finds something to do."""
    for step in document.steps:
        setting = SETTINGS[step.setting]
        if step.answer is None or step.answer in answers:
            to = (
                step.to
                if step.answer is None
                else setting.shape.replace("{}", answers[step.answer])
            )
            if not same_value(step.from_, to, setting):
                yield step.number


def tried(
    snapshot: Snapshot,
    asked: Question,
    before: Assessment,
    document: PlanDocument,
    answers: Mapping[str, str],
    mine: Sequence[PlanFinding],
) -> Tried:
    """Carry out a plan in the evidence, and judge it again."""
    after = before
    if steps := list(changing(document, answers)):
        trial = try_plan(snapshot, document, SETTINGS, answers, steps)
        assert (trial.applied, trial.left) == (len(steps), ())
        after = judged(trial.snapshot, asked)
    # An observation asks nobody to do anything. What could not be judged before may be seen to fail
    # now; that is no harm of the plan.
    passed = {f.fingerprint for f in before.findings if f.verdict is Verdict.PASS}
    appears = compare_failures(before.failures, after.findings).appears
    wanted = {each.fingerprint for each in mine}
    return Tried(
        stays=[
            (f.subject.name, f.message)
            for f in after.findings
            if f.verdict is Verdict.FAIL
            and f.severity is not Severity.INFO
            and f.fingerprint in wanted
        ],
        worse=[
            (f.rule.id, f.subject.name)
            for f in appears
            if f.fingerprint in passed and f.severity is not Severity.INFO
        ],
    )


@pytest.mark.slow
@pytest.mark.parametrize("rule", book().rules, ids=lambda rule: rule.id)
def test_the_plan_of_an_example_heals_its_rule_and_breaks_no_other(rule: Rule) -> None:
    for name, snapshot, asked in failing_examples(rule):
        before = judged(snapshot, asked)
        document = plan_of(before).document(before)
        by_hand = {f.fingerprint for each in document.by_hand for f in each.findings}
        # By hand remains what the card says; what the script alone repairs is repaired.
        steps = [step for step in document.steps if step.findings]
        mine = [
            f
            for step in steps
            for f in step.findings
            if f.rule_id == rule.id and f.fingerprint not in by_hand
        ]
        asking = {f.fingerprint for s in steps if s.answer is not None for f in s.findings}
        alone = [f for f in mine if f.fingerprint not in asking]
        assert tried(snapshot, asked, before, document, {}, alone) == Tried([], []), name
        if first := FIRST.get((rule.id, name)):
            assert first in {each.rule_id for each in document.by_hand}
        elif document.answers:
            # An operator chooses a name that is fit for it; there has to be one.
            assert any(
                tried(snapshot, asked, before, document, answered(document, names), mine)
                == Tried([], [])
                for names in (KEPT, KEPT | FRONT, KEPT | OTHERS)
            ), name


GOOD = "https://mail.corp.example/owa"
WRITTEN = {
    "as it should be": GOOD,
    "with its port": "https://mail.corp.example:443/owa",
    "in other letters, with a slash": "HTTPS://MAIL.corp.example/OWA/",
    "white space at the end": f"{GOOD} ",
    "white space at the beginning": f"\t{GOOD}",
    "not encrypted": "http://mail.corp.example/owa",
    "a user name": "https://admin@mail.corp.example/owa",
    "another path": "https://mail.corp.example/exchange",
    "white space in the path": "https://mail.corp.example/o wa",
    "an escape at the end": f"{GOOD}%20",
}


@pytest.mark.parametrize("url", WRITTEN.values(), ids=WRITTEN)
def test_a_fault_of_an_address_is_a_difference_to_the_one_that_a_plan_writes(url: str) -> None:
    is_wrong = url_problem(url, "owa") is not None or url.startswith("http:")
    assert same_value(url, GOOD, SETTINGS["owa-internal-url"]) is not is_wrong
