"""Fix cards: what to run before, to fix, to verify and to roll back, for one object or many."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from casaudit.findings import COMMAND_PARTS, Remediation
from casaudit.i18n.languages import ENGLISH
from casaudit.powershell import Identity, UnsafeValueError
from casaudit.rulebook.rule import Commands, Rule, Rulebook
from casaudit.rulebook.templates import Phrase, Wording
from casaudit.rulebook.views import Column

SUBJECTS = "subjects"
"""The name under which a command template finds the objects it is about."""


class FixCards:
    """Writes fix cards with the blocks and effects of one rulebook."""

    def __init__(self, book: Rulebook) -> None:
        self._shared = book.shared
        self._used: dict[str, set[str]] = {}
        self._blocks: dict[int, tuple[Commands, Commands]] = {}
        self.language = book.language
        self.wording = Wording(book.language)

    def context(self, row: Mapping[str, Any], columns: Mapping[str, Column]) -> dict[str, Any]:
        """Return a row as templates see it: lists as lists, names as objects with an id."""
        seen = {name: _seen(value, columns.get(name), row) for name, value in row.items()}
        # English is what the views say; only other languages have to look at each cell.
        if self.language.name != ENGLISH:
            seen = {name: self.phrased(name, value) for name, value in seen.items()}
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
                for part in COMMAND_PARTS
                if (template := getattr(block, part)) is not None
            }
        # All or nothing: a card that lacks its way back alone would look complete.
        except UnsafeValueError as error:
            why = error.in_words(self.language)
            by_hand = self.language.say("No command is given: %(why)s.", why=why)
            return Remediation(impact=impact or None, by_hand=by_hand)
        # A template may come out empty for a row, and that is no command.
        return Remediation(**{k: v or None for k, v in texts.items()}, impact=impact or None)

    def phrased(self, name: str, value: Any) -> Any:
        """Return a value with the phrases of the views in it in the language of the reader."""
        if isinstance(value, list):
            return [self.phrased(name, each) for each in value]
        if not isinstance(value, str):
            return value
        said = self.language.value(name, value)
        # A Phrase is equal to its English, so conditions in templates hold in every language.
        return value if said == value else Phrase(value, said)

    def block(self, commands: Commands) -> Commands:
        """Return the commands of a rule with what it takes from its shared block."""
        if commands.like is None:
            return commands
        if id(commands) not in self._blocks:
            # The pair holds what the id belongs to, so that no other object can get it.
            self._blocks[id(commands)] = (commands, self._shared.completed(commands))
        return self._blocks[id(commands)][1]

    def used_by_card(self, rule: Rule, names: set[str]) -> set[str]:
        """Return the columns that the rule's commands use; ``names`` are those they may use."""
        if rule.id not in self._used:
            block = self.block(rule.remediation)
            templates = [
                text for part in COMMAND_PARTS if (text := getattr(block, part)) is not None
            ]
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
