"""How many small mistakes in the rule book its examples notice: ``make mutants``.

A mistake counts as noticed when some example fails: an object gets another verdict or severity
than the example expects, or the evidence, the words or the commands that it names are others; or
when a row is another one than ``view_rows.yaml`` expects. Mistakes are told apart by what they
touch:

- rules: conditions, exclusions, adjustments and explanations;
- deciding: parts of views on which some verdict or severity rests;
- shown: columns of views that reports and fix cards show, and on which no verdict rests.

Mistakes that cannot change any row are listed with the reason in ``equivalent_mutants.yaml`` and
left out of the scores.
"""

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import ruamel.yaml

from casaudit.rulebook.rule import Rule
from tests.support.laboratory import Laboratory
from tests.support.lineage import ROWS, deciding
from tests.support.mutants import Mutant

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.yaml")
KINDS = ("rules", "deciding", "shown")


def kind_of(mutant: Mutant) -> str:
    """Return what a mutant touches: rules, or views where they decide or where they only show."""
    if isinstance(mutant.changed, Rule):
        return "rules"
    return "deciding" if (mutant.group, mutant.column or ROWS) in deciding() else "shown"


def equivalent() -> dict[str, str]:
    """Return the mutants that change nothing which an example could see, each with the reason."""
    found: list[dict[str, str]] = ruamel.yaml.YAML(typ="safe").load(EQUIVALENT)
    return {each["mutant"]: each["because"] for each in found or ()}


def sampled(mutants: Sequence[Mutant], number: int, seed: int) -> list[Mutant]:
    """Return so many mutants by a digest of their names: other edits of the book change few."""
    return sorted(mutants, key=lambda mutant: _digest(f"{seed} {mutant.name}"))[:number]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def tried(laboratory: Laboratory, mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Yield each mutant with what became of it: noticed, survived, equivalent, or excused wrongly.

    Mutants that the engine does not understand are left out.
    """
    excused = equivalent()
    for mutant in mutants:
        if laboratory.understands(mutant):
            fates = ("survived", "noticed")
            if mutant.name in excused:
                fates = ("equivalent", "excused wrongly")
            yield mutant, fates[laboratory.is_noticed(mutant)]


def score(fates: Mapping[str, int]) -> float:
    """Return the share of mutants that were noticed, of those that are not equivalent."""
    noticed = fates.get("noticed", 0) + fates.get("excused wrongly", 0)
    return noticed / max(1, noticed + fates.get("survived", 0))


def main(arguments: Sequence[str] | None = None) -> None:
    """Try all mutants, or a sample, and list those that no example notices."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, metavar="N", help="try so many, not all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", metavar="NAME", default="", help="rules and views whose name begins so"
    )
    asked = parser.parse_args(arguments)
    laboratory = Laboratory()
    mutants = laboratory.mutants(asked.only)
    if asked.sample:
        mutants = sampled(mutants, asked.sample, asked.seed)
    _report(tried(laboratory, mutants))


def _report(outcomes: Iterator[tuple[Mutant, str]]) -> None:
    begun = time.monotonic()
    tally: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for mutant, fate in outcomes:
        tally[kind_of(mutant)][fate] += 1
        if fate in ("survived", "excused wrongly"):
            print(f"{fate}, {kind_of(mutant)}: {mutant.name}", flush=True)
    for kind, fates in (tally | {"all": sum(tally.values(), Counter())}).items():
        counts = ", ".join(f"{fate} {fates[fate]}" for fate in sorted(fates))
        print(f"{kind}: {score(fates):.1%} noticed ({counts})")
    print(f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
