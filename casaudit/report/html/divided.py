"""A card's commands, divided by the objects that they are for, so that a filter can shorten them.

What the page then shows for some objects has to be what the engine would have written for them.
A division is offered only where that is proved: put together it gives the card of all objects,
and for each single object the card that was written for it alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from casaudit.findings import COMMAND_PARTS, Cause, Finding
from casaudit.text import visible

_PARTS = (*COMMAND_PARTS, "by_hand")


@dataclass(frozen=True, slots=True)
class DividedBlock:
    """A block of commands for some of the objects of a cause.

    Attributes:
        rows: these objects, as places in the cause's findings.
        targets: each of them as a PowerShell literal.
        pieces: the text between the lists of targets; a block without a list has one piece.
    """

    rows: tuple[int, ...]
    targets: tuple[str, ...]
    pieces: tuple[str, ...]

    def text(self, targets: Iterable[str]) -> str:
        """Return the commands for some of the targets."""
        return ",".join(targets).join(self.pieces)


Division = Mapping[str, tuple[DividedBlock, ...]]
"""The blocks of each part of a card; a part without text has none."""


def divided(cause: Cause) -> Division | None:
    """Return the blocks of a card; ``None`` where it has to stay whole."""
    is_waived = cause.is_waived
    rows = [at for at, each in enumerate(cause.findings) if is_waived or each.waiver is None]
    findings = [cause.findings[row] for row in rows]
    # A report of our making agrees with itself; one that was put together elsewhere may not.
    if sorted(place for block in cause.blocks for place in block.places) != [*range(len(rows))]:
        return None
    division = {}
    for part in _PARTS:
        blocks = [*_blocks(cause, part)]
        whole = "\n\n".join(block.text(block.targets) for block in blocks)
        if whole != (getattr(cause.remediation, part) or "") or not _holds(blocks, findings, part):
            return None
        division[part] = tuple(
            DividedBlock(tuple(rows[place] for place in each.rows), each.targets, each.pieces)
            for each in blocks
        )
    return division


def _blocks(cause: Cause, part: str) -> Iterable[DividedBlock]:
    """The blocks of one part; blocks of one text stand in the card once."""
    places: dict[str, list[int]] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for block in cause.blocks:
        if text := getattr(block.remediation, part):
            places.setdefault(text, []).extend(block.places)
            lists[text] = block.targets
    for text, rows in places.items():
        targets = lists[text]
        # The list of one object goes with its block.
        has_list = len(rows) > 1 and len(targets) == len(rows)
        pieces = text.split(",".join(targets)) if has_list else [text]
        yield DividedBlock(tuple(rows), targets, tuple(pieces))


def _holds(blocks: Sequence[DividedBlock], findings: Sequence[Finding], part: str) -> bool:
    """Whether each object alone gets the commands that were written for it alone."""
    alone = {
        row: block.text(block.targets[at : at + 1])
        for block in blocks
        for at, row in enumerate(block.rows)
    }
    return all(
        alone.get(row, "") == (getattr(each.remediation, part) or "")
        for row, each in enumerate(findings)
    )


def commands(text: str) -> Markup:
    """Return commands as markup; their line ends are ours, what else is unsafe is made visible."""
    return Markup("\n").join(escape(visible(line)) for line in text.split("\n"))


def divided_commands(blocks: Iterable[DividedBlock]) -> Markup:
    """Return the same text with an element around each block, each list and each target.

    ``report.js`` reads them: ``data-of`` holds the rows of a block, in the order of its targets.
    """
    return Markup("\n\n").join(_marked_block(block) for block in blocks)


def _marked_block(block: DividedBlock) -> Markup:
    targets = (Markup("<span>{}</span>").format(visible(each)) for each in block.targets)
    listed = Markup("<span>{}</span>").format(Markup(",").join(targets))
    rows = " ".join(map(str, block.rows))
    text = listed.join(map(commands, block.pieces))
    return Markup('<span data-of="{}">{}</span>').format(rows, text)
