"""The closed loop: audit, plan, repair, audit, undo, audit, all against a living directory.

What a plan foretells is what the next audit finds, and what is undone is as it was. Exchange's
shell is played by ``cmdlets``; with ``-s`` each world's row of figures is printed.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.settings import Settings, read_settings
from casaudit.findings import Value
from casaudit.remediation.plan import PlanStep, read_plan
from casaudit.remediation.verify import same_value
from casaudit.remediation.whatif import read_answers, try_plan
from casaudit.snapshot import loads
from tests.forest import entries, ldif
from tests.lab import addresses
from tests.lab.accounts import AUDITOR
from tests.lab.cmdlets import Cmdlets
from tests.lab.directory import Directory
from tests.lab.dns import NameServer
from tests.lab.edits import edits
from tests.lab.whole import SAMPLES, Lab
from tests.lab.worlds import WORLDS, Key, World, zones
from tests.support.running import casaudit, results
from tests.support.shipped_rules import book, judge

pytestmark = pytest.mark.lab

INSIDE = f"internal={addresses.DOMAIN_DNS}:{addresses.DNS_PORT}"
Found = dict[Key, tuple[str, str | None]]
"""Verdict and message of each."""


@dataclass
class Loop:
    """One world in a directory of its own, from its first audit to its third."""

    lab: Lab
    world: World
    directory: Directory
    folder: Path

    def __post_init__(self) -> None:
        self.cmdlets = Cmdlets(self.directory, self.lab.ca_file)
        self.first = self.audit("first")
        self.plan = read_plan((self.first / "plan.json").read_bytes(), "plan.json")
        self.changed = self.repair()
        self.second = self.audit("second")
        self.undo()
        self.third = self.audit("third")

    def audit(self, name: str, export: Path | None = None) -> Path:
        """Audit the directory, or an export, as an operator does; return the results' folder."""
        account, out = AUDITOR.of(self.directory.where), self.folder / name
        live = (f"ldaps://{self.directory.address}", "--ca-file", self.lab.ca_file)
        bind = ("--user", account.user)
        ended = casaudit(
            *("audit", *((export,) if export else (*live, *bind)), "-o", out),
            *("--format", "json,ps1", "--resolver", INSIDE, "--no-tls", *self.stated),
            CASAUDIT_PASSWORD=account.password,
        )
        assert ended.returncode in {0, 1}, ended.stderr
        return out

    def repair(self) -> list[PlanStep]:
        """Take the steps as the script does; return those that had something to change."""
        changed = []
        for step in self.plan.steps:
            value = self.wanted(step)
            if not same_value(value, step.from_, book().shared.settings[step.setting]):
                self.cmdlets.set(step.setting, step.object.id, value)
                changed.append(step)
        return changed

    def undo(self) -> None:
        """Give back the values that the first audit saw, the last step first."""
        for step in reversed(self.changed):
            # As rollback.ps1 does with -RemoveCreated: its databases were given back before it.
            if step.setting == "site-array":
                self.cmdlets.remove_array(str(step.to))
            else:
                self.cmdlets.set(step.setting, step.object.id, step.from_)

    def wanted(self, step: PlanStep) -> Value:
        """The value that a step sets."""
        if step.answer is None:
            return step.to
        return book().shared.settings[step.setting].shape.replace("{}", self.answers[step.answer])

    @cached_property
    def answers(self) -> dict[str, str]:
        """The answers, written into the file that lies beside the plan, and read back."""
        file = self.first / "answers.txt"
        text = file.read_text(encoding="utf-8-sig")
        text = self.world.answered(text, self.plan)
        file.write_text(text, encoding="utf-8")
        return read_answers(text, file.name, self.plan)

    @property
    def stated(self) -> tuple[object, ...]:
        """The option for what the operator states beforehand."""
        file = self.folder / "settings.yaml"
        file.write_text(self.world.settings, encoding="utf-8")
        return ("--settings", file) if self.world.settings else ()

    def foretold(self) -> Found:
        """What the rules say of the first evidence with the values of the plan."""
        before = loads((self.first / "snapshot.json").read_bytes(), "snapshot.json")
        trial = try_plan(before, self.plan, book().shared.settings, self.answers)
        assert trial.applied == len(self.plan.steps), trial.left
        text = self.world.settings
        stated = read_settings(text, "settings.yaml") if text else Settings()
        made = assess(trial.snapshot, judge(), Question(settings=stated))
        return {(f.rule.id, f.subject.name): (f.verdict.value, f.message) for f in made.findings}


def found(folder: Path) -> Found:
    return {
        (each["rule_id"], each["subject"]["name"]): (each["verdict"], each["message"])
        for each in results(folder)
    }


def verdicts(folder: Path) -> dict[Key, str]:
    return {key: verdict for key, (verdict, _) in found(folder).items()}


def failing(folder: Path) -> set[Key]:
    return {key for key, verdict in verdicts(folder).items() if verdict == "fail"}


def lasting(folder: Path) -> Any:
    """The document of findings without what no two runs share: times and update numbers."""
    document = json.loads((folder / "findings.json").read_bytes())
    own = {"as_of", "collected_at", "snapshot_sha256", "at", "usn_changed", "when_changed"}
    return without(document, own)


def without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: without(each, names) for name, each in value.items() if name not in names}
    return [without(each, names) for each in value] if isinstance(value, list) else value


@pytest.fixture(scope="module", params=WORLDS)
def loop(
    lab: Lab, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loop]:
    world = WORLDS[request.param]()
    base = SAMPLES / world.base / "directory.ldf"
    names = NameServer(addresses.DOMAIN_DNS, zones(world.forest))
    with lab.other_directory(base) as directory, names:
        cmdlets = Cmdlets(directory, lab.ca_file)
        for change in edits(base.read_bytes(), ldif(entries(world.forest))):
            cmdlets.change(change)
        made = Loop(lab, world, directory, tmp_path_factory.mktemp("loop"))
        print(f"\n{request.param:<21}", *row(made), sep="  ")
        yield made


def row(loop: Loop) -> Sequence[str]:
    failures = (len(failing(each)) for each in (loop.first, loop.second, loop.third))
    return (
        f"{len(loop.plan.steps):>2} steps",
        f"{len(loop.changed):>2} changes",
        f"failures {' -> '.join(map(str, failures))}",
    )


def test_the_directory_holds_the_organisation_that_the_world_describes(loop: Loop) -> None:
    export = loop.folder / "directory.ldf"
    export.write_bytes(ldif(entries(loop.world.forest)))
    exported = loop.audit("exported", export)
    # Not the messages: some tell when an object was made, and the lab's are of today.
    assert verdicts(exported) == verdicts(loop.first)


def test_the_next_audit_finds_what_the_plan_foretold(loop: Loop) -> None:
    after, foretold = found(loop.second), loop.foretold()
    assert after.keys() == foretold.keys()
    others = {(*key, *foretold[key]) for key, each in after.items() if foretold[key] != each}
    # What DNS says of a name that nobody asked for before is not known before, and not foretold.
    assert {each for each in others if each[2] != "not_evaluated"} == set()
    assert {rule[:8] for rule, *_ in others} <= {"CAS-DNS-"}


def test_the_failures_of_the_plan_are_gone_and_none_is_new_that_was_not_foretold(
    loop: Loop,
) -> None:
    before, after = failing(loop.first), failing(loop.second)
    by_hand = {f.fingerprint for each in loop.plan.by_hand for f in each.findings}
    steps = [f for each in loop.plan.steps for f in each.findings]
    planned = {(f.rule_id, f.object.name) for f in steps if f.fingerprint not in by_hand}
    assert planned and planned <= before
    assert planned & after == set()
    assert after - before == loop.world.appears


def test_the_command_that_tries_a_plan_says_how_many_failures_are_left(loop: Loop) -> None:
    given = ("--answers", loop.first / "answers.txt") if loop.answers else ()
    files = (loop.first / "snapshot.json", loop.first / "plan.json")
    told = casaudit("whatif", *files, *given, *loop.stated)
    before, after = len(failing(loop.first)), len(failing(loop.second))
    assert f"set: {before} failures -> {after}; " in told.stderr
    assert f" {len(loop.world.appears)} appear, " in told.stderr


def test_every_step_is_seen_as_applied_and_nothing_beside_it_as_changed(loop: Loop) -> None:
    files = (loop.first / "plan.json", loop.second / "snapshot.json")
    told = casaudit("verify-fix", *files, "--script-only", *loop.stated)
    numbers = [str(step.number) for step in loop.plan.steps]
    assert re.findall(r"(?m)^step (\d+) +applied ", told.stdout) == numbers
    assert (told.returncode, told.stderr.count("; 0 other changes")) == (0, 1), told.stderr


def test_what_is_undone_is_as_it_was(loop: Loop) -> None:
    assert loop.changed
    assert lasting(loop.third) == lasting(loop.first)
