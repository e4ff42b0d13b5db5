"""Running the examples that rules carry: each rule proves itself on an edited organisation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from casaudit.engine.evaluate import Judge, Question
from casaudit.engine.example_exports import Document, PatchError
from casaudit.engine.example_world import patched
from casaudit.engine.rule_run import RuleRun
from casaudit.engine.settings import SCHEMA, Settings
from casaudit.errors import CasauditError, nearest
from casaudit.findings import COMMAND_PARTS, Finding, Remediation, Verdict, Verdicts
from casaudit.rulebook.rule import Example, Expected, Rule, Rulebook
from casaudit.rulebook.statements import views_behind

_OWN_KEYS = frozenset({"as_of", "profile", "target", "settings"})
_CHANGES = frozenset({"remove", "add", "change", "sections", "gaps", "dns", "tls"})
_EXPORTS = frozenset({"mailboxes", "builds", "records", "exports"})


@dataclass(frozen=True, slots=True)
class ExampleOutcome:
    """What became of one example; no problems means that it holds."""

    rule_id: str
    example: str
    problems: tuple[str, ...]


class Trials:
    """Runs the examples of one rule; the tables of its views are made once for all of them.

    Args:
        book: the rules, with the views and cards that they share.
        healthy: the document of the organisation that examples change.
        rule: whose examples are run.
    """

    def __init__(self, book: Rulebook, healthy: Document, rule: Rule) -> None:
        self._rule = rule
        self._healthy = healthy
        # Tables of all views would take longer to make than the examples take to run.
        self._alone = replace(book, rules=(rule,), views=views_behind(rule, book.views))
        self._judges: dict[str, Judge] = {}

    def findings(self, example: Example) -> Verdicts:
        """Return what the rule says about an example's organisation; raises as ``runs``."""
        return Verdicts(run.findings for run in self.runs(example))

    def runs(self, example: Example) -> tuple[RuleRun, ...]:
        """Put the rule to an example's organisation; none where its profile does not ask it.

        Raises:
            PatchError: ``given`` names something that does not exist.
        """
        known = _OWN_KEYS | _CHANGES | _EXPORTS
        if unknown := example.given.keys() - known:
            raise PatchError(f"given: unknown key {min(unknown)!r}{nearest(min(unknown), known)}")
        snapshot = patched(self._healthy, example.given)
        question = question_of(self._rule, example.given)
        if question.profile not in self._judges:
            self._judges[question.profile] = Judge(self._alone, question.profile)
        return self._judges[question.profile].runs(snapshot, question)

    def outcome(self, example: Example) -> ExampleOutcome:
        """Return where the rule differs from what an example expects."""
        try:
            problems = tuple(mismatches(self.findings(example), example.expect))
        except (PatchError, CasauditError) as error:
            problems = (str(error),)
        return ExampleOutcome(self._rule.id, example.name, problems)


def run_examples(
    book: Rulebook, healthy: Document, rules: Iterable[Rule]
) -> Iterator[ExampleOutcome]:
    """Run every example of some rules on the healthy organisation, one after the other."""
    for rule in rules:
        trials = Trials(book, healthy, rule)
        yield from map(trials.outcome, rule.examples)


def example_findings(book: Rulebook, healthy: Document, rule: Rule, example: Example) -> Verdicts:
    """Return what a rule says about the organisation of one example; see ``Trials``."""
    return Trials(book, healthy, rule).findings(example)


def with_word(rules: Iterable[Rule], word: str) -> list[Rule]:
    """Return the rules with those examples alone that have a word in their name or rule id.

    Letter case means nothing, as in pytest's ``-k``; rules without such an example are left out.
    """
    kept = []
    for rule in rules:
        names = (each for each in rule.examples if word.lower() in f"{rule.id} {each.name}".lower())
        if examples := tuple(names):
            kept.append(rule.model_copy(update={"examples": examples}))
    return kept


def question_of(rule: Rule, given: dict[str, Any]) -> Question:
    """Return what an example asks: its time, profile and target, else those of the rule."""
    as_of = given.get("as_of")
    return Question(
        as_of=datetime.fromisoformat(as_of) if as_of else None,
        profile=given.get("profile", rule.profiles[0]),
        # YAML reads 2016 as a number.
        target=str(given["target"]) if "target" in given else None,
        settings=Settings.model_validate({"schema": SCHEMA, **given.get("settings", {})}),
    )


def mismatches(findings: Sequence[Finding], expect: Expected) -> Iterable[str]:
    """Yield in words where findings differ from what an example expects."""
    listed: dict[Verdict, tuple[str, ...] | None] = {
        Verdict.FAIL: expect.fail,
        Verdict.PASS: expect.pass_,
        Verdict.NOT_EVALUATED: expect.not_evaluated,
        Verdict.NOT_APPLICABLE: expect.not_applicable,
    }
    for verdict, wanted in listed.items():
        found = sorted(f.subject.name for f in findings if f.verdict is verdict)
        # Lists, not sets: a verdict that is given twice for one name has to show.
        if wanted is not None and found != sorted(wanted):
            yield f"{verdict.value}: expected {sorted(wanted)}, found {found}"
    for name, severity in expect.severity.items():
        if not any(f.subject.name == name and f.severity == severity for f in findings):
            found = sorted({f.severity.value for f in findings if f.subject.name == name})
            yield f"severity of {name}: expected {severity.value}, found {found}"
    for name, text in expect.says.items():
        texts = [f.message or f.reason or "" for f in findings if f.subject.name == name]
        if not any(text in each for each in texts):
            yield f"{name} should say {text!r}, but says {texts}"
    for name, parts in expect.commands.items():
        cards = [_card(f) for f in findings if f.subject.name == name]
        for text in parts:
            if not any(text in each for each in cards):
                yield f"the commands for {name} should hold {text!r}, but are {cards}"
    for name, columns in expect.evidence.items():
        shown = [f.evidence.items() for f in findings if f.subject.name == name]
        for cell in columns.items():
            if not any(cell in each for each in shown):
                yield f"evidence of {name}: expected {cell}, found {[dict(e) for e in shown]}"


def _card(finding: Finding) -> str:
    card = finding.remediation or Remediation()
    parts = (*(getattr(card, part) for part in COMMAND_PARTS), card.by_hand)
    return "\n".join(part for part in parts if part)
