"""Beginning a rule: a file that holds as it is written, to be changed step by step."""

import re
from pathlib import Path

from casaudit.errors import UsageError
from casaudit.rulebook.rule import Rule, Rulebook

# Replaced as a word: braces and percent signs of the template belong to the rule.
_ID = "RULE-ID"
_TEMPLATE = """\
id: RULE-ID
revision: 1
# One sentence that names the fault, not the wish.
title: Database name holds a space
# The same as a wish, for reports that show what passed.
requirement: Every database name is without a space.
severity: low  # info, low, medium, high or critical
profiles: [health]  # health, migration, audit
subject: database
# Evidence from which the objects come; `needs: [...]` is that on which every verdict rests.
population: [databases]
# A view of docs/data-dictionary.md, or a SELECT that gives id, name and site.
each: v_databases
# The first that is true holds.
not_applicable:
  - {when: is_public_folder, because: "{{ name }} is a public folder database"}
# True is pass, false is fail, NULL is not evaluated.
must: >-
  CASE WHEN NOT is_recovery THEN name NOT LIKE '% %' END
# What is missing where `must` gave NULL.
unknown:
  - {when: is_recovery IS NULL, because: whether it is a recovery database could not be read}
  - {when: is_recovery, because: "{{ name }} is a recovery database; nobody decided about those"}
# Columns that reports and waivers show.
evidence: [home_site]
message: "The name of {{ name }} holds a space."
# No quotes around braces in commands: each value is quoted for PowerShell by itself.
remediation:
  before: |
    Get-MailboxDatabase -Identity {{ name }} | Format-List Name,Guid
  fix: |
    $new = 'FILL-IN'  # new name
    if ($new -ne 'FILL-IN') { Set-MailboxDatabase -Identity {{ name }} -Name $new -WhatIf }
  verify: |
    Get-MailboxDatabase | Format-Table Name
  rollback: |
    $new = 'FILL-IN'  # name that was given
    if ($new -ne 'FILL-IN') { Set-MailboxDatabase -Identity $new -Name {{ name }} -WhatIf }
why: >-
  What breaks when nothing is done, for whom, and when.
confidence: judgement  # verified, recalled or judgement
# Each is a change of one healthy organisation; docs/rule-format.md lists what can be given.
examples:
  - name: a name with a space fails
    given: {change: {databases: {DB-HO-01: {name: DB HO 01}}}}
    expect: {fail: [DB HO 01], says: {DB HO 01: holds a space}}
  - name: names without a space pass
    expect: {pass: [DB-BR-01, DB-BR-02, DB-HO-01, DB-HO-02]}
  - name: whether it is a recovery database could not be read
    given: {change: {databases: {DB-HO-01: {recovery: null, unread: [recovery]}}}}
    expect: {not_evaluated: [DB-HO-01]}
  - name: a public folder database is left out
    expect: {not_applicable: [PF-HO-01]}
"""


def template_text(rule_id: str) -> str:
    """Return the file of a rule that holds, with one example for each verdict."""
    return _TEMPLATE.replace(_ID, rule_id)


def require_new(rule_id: str, book: Rulebook) -> None:
    """Refuse an id that no rule can have, or that one has.

    Raises:
        UsageError: with the next number that is free.
    """
    # The model's own, so that the two cannot come apart.
    pattern = next(each.pattern for each in Rule.model_fields["id"].metadata if each.pattern)
    if not re.fullmatch(pattern, rule_id):
        raise UsageError(rule_id, "is not a valid rule id", "write it as GROUP-NAME-001")
    if rule_id in book.paths:
        problem = f"exists already in {book.paths[rule_id]}"
        raise UsageError(rule_id, problem, f"the next number is free: {_next_id(rule_id, book)}")


def folder_of(rule_id: str, book: Rulebook) -> Path:
    """Return the folder of a rule's group: where those stand that differ in the number only.

    Raises:
        UsageError: no rule differs from it in the number only.
    """
    group = _group(rule_id)
    folder = next((path.parent for id_, path in book.paths.items() if _group(id_) == group), None)
    if folder is None:
        hint = "name a folder with -o, for a pack of your own too"
        raise UsageError(rule_id, f"no group of rules is called {group}", hint)
    return folder


def next_steps(path: Path, *, shipped: bool) -> list[str]:
    """Return in words what is to be done with a rule that was begun."""
    if not shipped:
        return [
            f"1. change it, and prove it:  casaudit rules test {path.parent} -k {path.stem}",
            f"2. judge by it:              casaudit report SNAPSHOT --rules {path.parent}",
        ]
    return [
        f"1. change it, and prove it:  casaudit rules test -k {path.stem}",
        f"2. the texts in German:      casaudit rules languages, then {path.parent / 'de.po'}",
        "3. the pages of the rules:   make docs",
        "4. a line under 'Rules' in CHANGELOG.md, then: make check",
    ]


def _group(rule_id: str) -> str:
    return rule_id.rpartition("-")[0]


def _next_id(rule_id: str, book: Rulebook) -> str:
    group = _group(rule_id)
    # Behind the last one, not into a gap: a number that was given up may stand in old waivers.
    last = max(int(each.rpartition("-")[2]) for each in book.paths if _group(each) == group)
    return f"{group}-{last + 1:03}"
