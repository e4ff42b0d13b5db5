"""The rule book as pages for people: what each rule asks, why, and how it proves itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from casaudit.findings import FRAMEWORKS
from casaudit.rulebook.condition_text import outline, sentence
from casaudit.rulebook.conditions import taken_apart
from casaudit.rulebook.rule import Condition, Example, Rule, Rulebook
from casaudit.rulebook.statements import words

INDEX = "rules.md"
_CONFIDENCE = {
    "verified": "verified against the sources",
    "recalled": "recalled from practice, not checked against a source",
    "judgement": "a judgement of the authors",
}
_PARTS = {
    "before": "First look, and save the present state",
    "fix": "Then repair, first as a trial with -WhatIf",
    "at_once": "What changes at once: no rehearsal exists",
    "verify": "Verify",
    "rollback": "Go back",
}


def pages(book: Rulebook, rules: Sequence[Rule]) -> dict[str, str]:
    """Return a page for each rule, and the index of them, as Markdown by file name.

    Args:
        book: all rules, with the views and cards that they share.
        rules: those that get a page.
    """
    found = {f"rules/{rule.id}.md": _page(rule, book) for rule in rules}
    return {INDEX: _index(rules), **found}


def _index(rules: Sequence[Rule]) -> str:
    lines = [
        "# Rules",
        "",
        f"{len(rules)} rules, {sum(len(rule.examples) for rule in rules)} examples.",
        "`casaudit rules test` runs the examples, `casaudit rules docs` writes these pages.",
        "",
        "| id | severity | judges each | title | requirement |",
        "|---|---|---|---|---|",
    ]
    for rule in rules:
        link, kind = f"[{rule.id}](rules/{rule.id}.md)", _words(rule.subject)
        texts = f"{_text(rule.title)} | {_text(rule.requirement)}"
        lines.append(f"| {link} | {rule.severity.value} | {kind} | {texts} |")
    return "\n".join(lines) + "\n"


def _page(rule: Rule, book: Rulebook) -> str:
    parts = {
        f"# {rule.id}: {_text(rule.title)}": _head(rule),
        "## What it requires": [_text(rule.requirement)],
        "## Why": [_text(rule.why)],
        "## What it looks at": _scope(rule),
        "## When it passes": _must(rule),
        "## When it does not apply": _conditions(rule.not_applicable),
        "## When it cannot tell": _conditions(rule.unknown),
        "## How bad it is": _severity(rule),
        "## What it says": _says(rule),
        "## What to do": _card(rule, book),
        "## Columns": _columns(rule, book),
        "## Sources": _sources(rule),
        "## Examples": _examples(rule.examples),
        "## Revisions": _history(rule),
    }
    blocks = [f"{title}\n\n{text}\n" for title, lines in parts.items() if (text := _joined(lines))]
    return "\n".join(blocks)


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip()


def _head(rule: Rule) -> Iterator[str]:
    profiles = ", ".join(rule.profiles)
    yield f"Revision {rule.revision}. Severity {rule.severity.value}. Profiles: {profiles}."
    if rule.standing:
        yield "A failure is a standing notice: no part of the answer, nor of the exit code."
    yield f"`casaudit rules show {rule.id}` prints the rule as it is written."


def _scope(rule: Rule) -> Iterator[str]:
    each = rule.each.strip()
    kind = _words(rule.subject)
    # The name of a view has no space; all else is a SELECT.
    if " " in each:
        yield from (f"Each {kind} among these rows:", "", "```sql", each, "```", "")
    else:
        yield from (f"Each {kind} of `{each}`.", "")
    if rule.needs:
        yield f"Nothing is judged unless these were seen in full: {_codes(rule.needs)}."
    if rule.population:
        seen = _codes(rule.population)
        yield f"Where not all was seen of {seen}, what was not seen is reported as not evaluated."


def _must(rule: Rule) -> Iterator[str]:
    yield "When this holds; where that is not known, the object is not evaluated:"
    yield ""
    for line in outline(taken_apart(rule.must), mark="`"):
        yield f"{'  ' * line.depth}- {line.text}"


def _conditions(conditions: Iterable[Condition]) -> Iterator[str]:
    for each in conditions:
        yield f"- {sentence(taken_apart(each.when), mark='`')}: {_text(each.because)}"


def _severity(rule: Rule) -> Iterator[str]:
    more = "; the first of these that holds changes it:" if rule.adjust else "."
    yield from (rule.severity.value.capitalize() + more, "")
    for each in rule.adjust:
        when = sentence(taken_apart(each.when), mark="`")
        yield f"- {each.severity.value} if {when}: {_text(each.because)}"


def _says(rule: Rule) -> Iterator[str]:
    yield f"> {_text(rule.message)}"
    yield ""
    yield f"Evidence: {_codes(rule.evidence)}."
    if rule.cause:
        yield f"Failures with equal {_codes(rule.cause)} are one cause."
    for parent in rule.under:
        yield f"It lies under a failure of {_link(parent.rule)} about the object in `{parent.on}`."


def _card(rule: Rule, book: Rulebook) -> Iterator[str]:
    block = book.shared.completed(rule.remediation)
    for effect in block.impact:
        yield from (_text(book.shared.effects.get(effect, effect)), "")
    if block.after:
        yield from (f"First repair {', '.join(map(_link, block.after))}.", "")
    for part, title in _PARTS.items():
        if commands := getattr(block, part):
            yield from (f"{title}:", "", "```powershell", commands.strip(), "```", "")


def _columns(rule: Rule, book: Rulebook) -> Iterator[str]:
    conditions = (*rule.not_applicable, *rule.unknown, *rule.adjust)
    named = words(" ".join([rule.must, *rule.evidence, *(each.when for each in conditions)]))
    views = [v for v in book.views if v.is_published and v.name in words(rule.each)]
    # Views share names of columns: the view that gives most of those that are named counts.
    views.sort(key=lambda view: sum(column.name in named for column in view.columns))
    meanings = {column.name: column.meaning for view in views for column in view.columns}
    columns = sorted(named & meanings.keys())
    if columns:
        yield from ("| column | meaning |", "|---|---|")
    for name in columns:
        yield f"| `{name}` | {_text(meanings[name])} |"


def _sources(rule: Rule) -> Iterator[str]:
    yield f"How sure it is: {_CONFIDENCE[rule.confidence]}."
    yield ""
    for source in rule.references:
        title = _text(source.title)
        # In angle brackets a URL may hold parentheses (CommonMark), as many of Microsoft's do.
        yield f"- [{title}](<{source.url}>)" if source.url else f"- {title}"
    for framework, controls in rule.controls.items():
        yield f"- {FRAMEWORKS.get(framework, _words(framework))}: {', '.join(controls)}"


def _examples(examples: Iterable[Example]) -> Iterator[str]:
    for example in examples:
        yield f"- **{_text(example.name)}**"
        for key, value in example.given.items():
            yield f"  - given {_given(key, value)}"
        yield f"  - {'; '.join(_expected(example))}"


def _given(key: str, value: Any) -> str:
    """Say one entry of an example's ``given``."""
    if key == "remove":
        lost = (f"{_words(kind)} {_codes(names)}" for kind, names in value.items())
        return f"without {'; '.join(lost)}"
    if key in ("change", "add"):
        new = "new " if key == "add" else ""
        return "; ".join(f"{new}{_words(kind)}: {_records(each)}" for kind, each in value.items())
    if isinstance(value, Mapping):
        return f"{_words(key)}: {', '.join(f'`{n}` {_value(each)}' for n, each in value.items())}"
    return f"{_words(key)}: {_value(value)}"


def _records(records: Mapping[str, Mapping[str, Any]]) -> str:
    return ", ".join(f"`{name}` with {_value(fields)}" for name, fields in records.items())


def _expected(example: Example) -> Iterator[str]:
    expect = example.expect
    verdicts = {
        "fail": expect.fail,
        "pass": expect.pass_,
        "not evaluated": expect.not_evaluated,
        "not applicable": expect.not_applicable,
    }
    for verdict, names in verdicts.items():
        if names is not None:
            yield f"{verdict}: {_codes(names) or 'none'}"
    for name, severity in expect.severity.items():
        yield f"severity of `{name}`: {severity.value}"
    for name, text in expect.says.items():
        yield f"`{name}` says “{_text(text)}”"
    for name, columns in expect.evidence.items():
        yield f"evidence of `{name}`: {_value(columns)}"
    for name, texts in expect.commands.items():
        yield f"commands for `{name}`: {_codes(texts)}"


def _history(rule: Rule) -> Iterator[str]:
    for each in rule.history:
        day = f" ({each.date})" if each.date else ""
        yield f"- {each.revision}{day}: {_text(each.change)}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(key)} {_value(each)}" for key, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return f"({'; '.join(map(_value, value))})" if value else "none"
    # Python's True and None are no words for people.
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else "yes" if value else "no"
    return f"`{value}`"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _link(rule_id: str) -> str:
    return f"[{rule_id}]({rule_id}.md)"


def _text(text: str) -> str:
    """Write a text on one line so that Markdown does not read it as markup."""
    plain = " ".join(text.split())
    # The backslash first, or those of the others would be doubled; "|" would end a table's cell.
    for mark in "\\<*|":
        plain = plain.replace(mark, f"\\{mark}")
    return plain
