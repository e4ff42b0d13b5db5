"""Fix cards: what to run before, to fix, to verify and to roll back, for one object or many."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from casaudit.judge.findings import Remediation
from casaudit.judge.rules import Commands, Rule, Rulebook
from casaudit.judge.views import Column
from casaudit.judge.wording import Identity, UnsafeValueError, Wording

SUBJECTS = "subjects"
"""The name under which a command template finds the objects it is about."""

_PARTS = ("before", "fix", "verify", "rollback")


class Remedies:
    """Writes fix cards with the blocks and effects of one rulebook."""

    def __init__(self, book: Rulebook) -> None:
        self._shared = book.shared
        self._used: dict[str, set[str]] = {}
        self.wording = Wording()

    def context(self, row: Mapping[str, Any], columns: Mapping[str, Column]) -> dict[str, Any]:
        """Return a row as templates see it: lists as lists, names as objects with an id."""
        seen = {name: _seen(value, columns.get(name), row) for name, value in row.items()}
        own = seen.get("name")
        seen[SUBJECTS] = [own if isinstance(own, Identity) else str(own)]
        return seen

    def card(
        self, rule: Rule, context: Mapping[str, Any], together: Sequence[Mapping[str, Any]]
    ) -> Remediation:
        """Write the card for one object, or for several that share every value it uses."""
        block = self.block(rule.remediation)
        subjects = [subject for each in together for subject in each[SUBJECTS]]
        values = {**context, SUBJECTS: subjects}
        impact = " ".join(self._shared.effects.get(each, each) for each in block.impact)
        try:
            texts = {
                part: self.wording.commands(template, values)
                for part in _PARTS
                if (template := getattr(block, part)) is not None
            }
        except UnsafeValueError as error:
            return Remediation(impact=impact or None, by_hand=f"No command is given: {error}.")
        return Remediation(**{k: v or None for k, v in texts.items()}, impact=impact or None)

    def block(self, commands: Commands) -> Commands:
        """Return the commands of a rule with what it takes from its shared block."""
        if commands.like is None:
            return commands
        shared = self._shared.blocks[commands.like]
        taken = {part: getattr(commands, part) or getattr(shared, part) for part in _PARTS}
        return Commands(**taken, impact=commands.impact or shared.impact, after=commands.after)

    def used_by_card(self, rule: Rule, names: set[str]) -> set[str]:
        """Return the columns that the rule's commands use; ``names`` are those they may use."""
        if rule.id not in self._used:
            block = self.block(rule.remediation)
            templates = [text for part in _PARTS if (text := getattr(block, part)) is not None]
            self._used[rule.id] = set().union(
                *(self.wording.check(each, names, rule.id, commands=True) for each in templates)
            )
        return self._used[rule.id]


def _seen(value: Any, column: Column | None, row: Mapping[str, Any]) -> Any:
    if value is None or column is None:
        return value
    match column.type:
        case "bool":
            return bool(value)
        case "list":
            return json.loads(value)
        case "identities":
            return [Identity(name, key) for name, key in json.loads(value)]
        case "identity":
            return Identity(value, str(row.get(column.id_column or "", "")))
    return value
