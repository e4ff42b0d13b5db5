"""The script of a plan and its document say the same: every step of one is a step of the other.

The script is read by PowerShell's grammar and by the tokenizer's rule for strings, so that neither
the planner nor its quoting is asked what stands there.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from tree_sitter import Node

from casaudit.assess import assess
from casaudit.engine.example_world import patched
from casaudit.engine.examples import question_of
from casaudit.findings import Value
from casaudit.remediation.plan import PlanDocument, PlanStep, read_plan
from casaudit.rulebook.rule import Rule
from tests.support.planning import of_sample, written
from tests.support.powershell import below, nodes, taken_apart, text_of, tree
from tests.support.shipped_rules import book, judge, sample

Read = bool | int | tuple[str, ...] | None
"""A value as a script holds it; one text is a tuple of one."""
_WORDS: dict[str, Read] = {"$null": None, "$true": True, "$false": False}


def new_steps(script: str) -> list[dict[str, Read]]:
    """The parameters of every step that a script makes."""
    return [
        _parameters(node)
        for node in nodes(tree(script))
        if node.type == "command" and [*map(text_of, below(node, "command_name"))] == ["New-Step"]
    ]


def _parameters(command: Node) -> dict[str, Read]:
    (elements,) = [each for each in command.children if each.type == "command_elements"]
    words = [text_of(e) for e in elements.children if e.type != "command_argument_sep"]
    pairs = list(zip(words[::2], words[1::2], strict=True))
    assert len(dict(pairs)) == len(pairs), words
    return {name.removeprefix("-"): _value(text) for name, text in pairs}


def _value(text: str) -> Read:
    if text in _WORDS:
        return _WORDS[text]
    if text.isdecimal():
        return int(text)
    found = taken_apart(text)
    # Texts with commas between them, or the empty list, and nothing else.
    assert re.fullmatch(r"<>(,<>)*|@\(\)", found.skeleton), text
    return found.strings


def _read(value: Value) -> Read:
    match value:
        case None | bool():
            return value
        case list():
            return tuple(map(str, value))
    return (str(value),)


def _told(step: PlanStep) -> dict[str, Read]:
    """What the script has to say of a step of the document."""
    told: dict[str, Read] = {"Number": step.number, "Setting": (step.setting,)}
    told["Seen"] = _read(step.from_)
    if step.answer is None:
        return {**told, "Wanted": _read(step.to)}
    assert step.to is None
    front, _, rear = book().shared.settings[step.setting].shape.partition("{}")
    return {**told, "Asked": (step.answer,), "Front": (front,), "Rear": (rear,)}


_NOT_IN_THE_DOCUMENT = {"Identity", "Name", "Site", "Resolves", "Waits"}


def differences(files: dict[str, str]) -> Iterator[str]:
    """Yield where the scripts of a plan say something else than its document."""
    document = read_plan(files["plan.json"].encode(), "plan.json")
    script = files["remediation.ps1"]
    made = new_steps(script)
    told = [{k: v for k, v in each.items() if k not in _NOT_IN_THE_DOCUMENT} for each in made]
    if told != [_told(step) for step in document.steps]:
        yield f"{told} instead of {document.steps}"
    for parameters, step in zip(made, document.steps, strict=False):
        if parameters["Identity"] not in {(step.object.name,), (step.object.id.lower(),)}:
            yield f"{parameters['Identity']} is not {step.object}"
    undone = [tuple(each[n] for n in ("Number", "Setting", "Identity")) for each in made]
    if [tuple(each.values())[:3] for each in new_steps(files["rollback.ps1"])] != undone:
        yield "rollback.ps1 undoes other steps"
    by_hand = re.findall(r"(?m)^ +# Step (\d+), by hand: (\S+) ", script)
    if by_hand != [(str(each.number), each.rule_id) for each in document.by_hand]:
        yield f"by hand: {by_hand}"
    yield from _of_whole(files, document)


def _of_whole(files: dict[str, str], document: PlanDocument) -> Iterator[str]:
    for name in ("remediation.ps1", "rollback.ps1"):
        if f"\n$Plan = '{document.id}'\n" not in files[name]:
            yield f"{name} is of another plan"
    asked = re.findall(r"(?m)^(A\d+) =$", files["answers.txt"])
    if asked != [each.key for each in document.answers]:
        yield f"asked: {asked}"


def plans(rule: Rule) -> Iterator[tuple[str, dict[str, str]]]:
    """The plan of each example in which something fails, all rules judging."""
    for each in rule.examples:
        if each.expect.fail:
            asked = question_of(rule, each.given)
            snapshot = patched(sample(), each.given)
            yield each.name, written(assess(snapshot, judge(asked.profile), asked, "5" * 64))


@pytest.mark.slow
@pytest.mark.parametrize("rule", book().rules, ids=lambda rule: rule.id)
def test_the_scripts_of_an_example_take_the_steps_of_its_document(rule: Rule) -> None:
    for name, files in plans(rule):
        assert list(differences(files)) == [], name


@pytest.mark.parametrize("name", ["article-a", "article-b"])
def test_the_scripts_of_a_sample_take_the_steps_of_its_document(name: str) -> None:
    assert list(differences(of_sample(name))) == []


STEP = re.compile(r"(?m)^    New-Step -Number 8 .*\n")
SPOILED: dict[str, Callable[[str], str]] = {
    "a step is left out": lambda script: STEP.sub("", script),
    "a step stands there twice": lambda script: STEP.sub(lambda found: found[0] * 2, script),
    "a step is a comment": lambda script: STEP.sub(lambda found: f"# {found[0]}", script),
    "another number": lambda script: script.replace("-Number 8 ", "-Number 80 "),
    "another object": lambda script: script.replace("-Identity 'MB-HO-01'", "-Identity 'MB-HO-1'"),
    "another value": lambda script: script.replace("-Wanted 'outlook-ho", "-Wanted 'outlook-br"),
    "another value to begin with": lambda script: script.replace("-Seen 'HO-", "-Seen 'BR-"),
    "another path": lambda script: script.replace("-Rear '/OAB'", "-Rear '/oab/x'"),
    "another answer": lambda script: script.replace("-Asked 'A1'", "-Asked 'A2'"),
    "another step by hand": lambda script: script.replace("by hand: CAS-DNS", "by hand: CAS-URL"),
    "another plan": lambda script: script.replace("\n$Plan = '", "\n$Plan = '0"),
}


@pytest.mark.parametrize("change", SPOILED.values(), ids=SPOILED)
def test_a_script_that_says_something_else_is_noticed(change: Callable[[str], str]) -> None:
    files = of_sample("article-a")
    spoiled = change(files["remediation.ps1"])
    assert spoiled != files["remediation.ps1"]
    assert list(differences({**files, "remediation.ps1": spoiled})) != []
