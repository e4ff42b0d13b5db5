"""A rule book that passed its check is remembered by its content, and never trusted beyond that."""

import json
import shutil
from pathlib import Path

import pytest

from casaudit import shipped
from casaudit.engine import check
from casaudit.engine.check import load_rulebook
from casaudit.engine.evaluate import part_of
from casaudit.errors import RuleError
from casaudit.rulebook import receipt
from casaudit.rulebook.reading import read_files
from casaudit.rulebook.rule import Rule, Rulebook
from tests.support.shipped_rules import book

ID = "CAS-META-002"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CASAUDIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the rules that were checked in full, as they are."""
    ids: list[str] = []
    original = check._check

    def recorded(rule: Rule, *others: object) -> None:
        ids.append(rule.id)
        original(rule, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(check, "_check", recorded)
    return ids


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The shipped tables with a single rule and the views behind it: quick to check."""
    folder = tmp_path / "rules"
    shutil.copytree(shipped.RULES / "data", folder / "data")
    names = {view.name for view in part_of(book(), [ID]).views}
    for path in (shipped.RULES / "views").rglob("*.sql"):
        if path.stem in names:
            place = folder / path.relative_to(shipped.RULES)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
    shutil.copy(shipped.RULES / "shared.yaml", folder)
    (folder / "meta").mkdir()
    shutil.copy(shipped.RULES / "meta" / f"{ID}.yaml", folder / "meta")
    return folder


def receipts(cache: Path) -> list[Path]:
    return sorted(cache.glob("rules-*.json"))


def content(book: Rulebook) -> tuple[object, ...]:
    return book.rules, book.views, book.data, book.shared, book.paths, book.sha256


def edit(rules: Path, old: str, new: str) -> None:
    path = rules / "meta" / f"{ID}.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_passed_is_not_checked_again_and_reads_the_same(
    rules: Path, checked: list[str]
) -> None:
    first, second = load_rulebook(rules), load_rulebook(rules)
    assert checked == [ID]
    assert content(second) == content(first)
    assert second.rules[0].examples


def test_the_shipped_book_reads_the_same_from_its_receipt() -> None:
    first, second = load_rulebook(shipped.RULES), load_rulebook(shipped.RULES)
    assert content(second) == content(first)
    assert [len(rule.examples) for rule in second.rules] == [len(r.examples) for r in first.rules]


def test_the_check_can_be_asked_for(rules: Path, checked: list[str]) -> None:
    load_rulebook(rules)
    load_rulebook(rules, remembered=False)
    assert checked == [ID, ID]


def test_one_changed_byte_is_noticed(rules: Path, checked: list[str]) -> None:
    before = load_rulebook(rules)
    edit(rules, "severity: info", "severity: low")
    after = load_rulebook(rules)
    assert checked == [ID, ID]
    assert (before.rules[0].severity.value, after.rules[0].severity.value) == ("info", "low")
    edit(rules, "severity: low", "severity: lov")
    with pytest.raises(RuleError, match="severity"):
        load_rulebook(rules)


def test_a_moved_file_another_version_and_other_code_are_noticed(
    rules: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = {receipt.receipt_key(read_files(rules))}
    (rules / "meta").rename(rules / "other")
    keys.add(receipt.receipt_key(read_files(rules)))
    monkeypatch.setattr("casaudit.__version__", "0.0.0")
    keys.add(receipt.receipt_key(read_files(rules)))
    (tmp_path / "code.py").write_text("changed", encoding="utf-8")
    monkeypatch.setattr(receipt, "_code", lambda: [tmp_path / "code.py"])
    keys.add(receipt.receipt_key(read_files(rules)))
    assert len(keys) == 4


def test_the_receipt_of_other_rules_under_the_right_name_is_not_used(
    rules: Path, cache: Path, checked: list[str]
) -> None:
    load_rulebook(rules)
    right = receipts(cache)[0]
    edit(rules, "severity: info", "severity: critical")
    load_rulebook(rules)
    wrong = next(path for path in receipts(cache) if path != right)
    wrong.replace(right)
    edit(rules, "severity: critical", "severity: info")
    assert load_rulebook(rules).rules[0].severity.value == "info"
    assert checked == [ID, ID, ID]


def test_a_forged_receipt_brings_no_logic(rules: Path, cache: Path) -> None:
    """Whatever stands in a receipt, conditions, severities and texts come from the rules."""
    book = load_rulebook(rules)
    path = receipts(cache)[0]
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document.keys() == {"key", "examples"}
    document["examples"][ID] = []
    path.write_text(json.dumps(document), encoding="utf-8")
    forged = load_rulebook(rules).rules[0]
    assert forged == book.rules[0].model_copy(update={"examples": ()})
    path.write_text(json.dumps(document | {"rules": {ID: {"must": "TRUE"}}}), encoding="utf-8")
    assert content(load_rulebook(rules)) == content(book)


@pytest.mark.parametrize("damage", [b"", b"{", b"null", b"\xff\xfe", b"[" * 10_000])
def test_a_damaged_receipt_is_ignored_and_replaced(
    rules: Path, cache: Path, checked: list[str], damage: bytes
) -> None:
    load_rulebook(rules)
    whole = receipts(cache)[0].read_bytes()
    receipts(cache)[0].write_bytes(whole[: len(whole) // 2] if damage == b"{" else damage)
    load_rulebook(rules)
    assert checked == [ID, ID]
    assert receipts(cache)[0].read_bytes() == whole


def test_a_folder_that_cannot_be_written_is_done_without(
    rules: Path, cache: Path, checked: list[str]
) -> None:
    cache.write_text("a file, no folder", encoding="utf-8")
    load_rulebook(rules)
    load_rulebook(rules)
    assert checked == [ID, ID]


def test_no_folder_is_used_when_none_is_named(
    rules: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CASAUDIT_CACHE", "")
    monkeypatch.chdir(tmp_path)
    load_rulebook(rules)
    assert {path.name for path in tmp_path.iterdir()} == {"rules"}


def test_a_pack_is_always_checked_in_full(rules: Path, tmp_path: Path, checked: list[str]) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    text = (rules / "meta" / f"{ID}.yaml").read_text(encoding="utf-8")
    (pack / "ACME-META-001.yaml").write_text(text.replace(ID, "ACME-META-001"), encoding="utf-8")
    load_rulebook(rules)
    for _ in range(2):
        load_rulebook(rules, [pack])
    assert checked == [ID, "ACME-META-001", "ACME-META-001"]


def test_only_the_newest_receipts_stay(rules: Path, cache: Path) -> None:
    book = load_rulebook(rules)
    for number in range(8):
        receipt.keep(f"{number:064}"[::-1], book)
    assert len(receipts(cache)) == 5


def test_examples_in_the_middle_of_a_rule_are_read_with_it(rules: Path) -> None:
    path = rules / "meta" / f"{ID}.yaml"
    text = path.read_text(encoding="utf-8")
    above, mark, below = text.partition("\nexamples:")
    path.write_text(f"examples:{below}{above}\n", encoding="utf-8")
    assert mark
    first, second = load_rulebook(rules), load_rulebook(rules)
    assert content(second) == content(first)
