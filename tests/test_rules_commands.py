"""Working on rules: beginning one, running some of the examples, keeping translations current."""

import sys
from pathlib import Path

import polib
import pytest

from casaudit import shipped
from casaudit.cli.languages import catalogs
from casaudit.engine.check import load_rulebook
from casaudit.engine.examples import Trials, run_examples, with_word
from casaudit.errors import UsageError
from casaudit.i18n.catalog import Text, messages, outdated, texts_in, updated
from casaudit.rulebook import scaffold
from tests.support.running import casaudit
from tests.support.shipped_rules import book, sample


def test_a_rule_that_is_begun_holds_as_it_is_written(tmp_path: Path) -> None:
    done = casaudit("rules", "new", "acme-db-007", "-o", tmp_path / "pack")
    assert done.returncode == 0, done.stderr
    path = tmp_path / "pack" / "ACME-DB-007.yaml"
    assert done.stdout == f"{path}\n"
    assert f"casaudit rules test {path.parent} -k ACME-DB-007" in done.stderr
    pack = load_rulebook(shipped.RULES, [path.parent])
    rule = pack.rule("ACME-DB-007")
    assert rule is not None
    assert [each.problems for each in run_examples(pack, sample(), [rule])] == [(), (), (), ()]
    listed = [each.expect.model_dump(exclude_unset=True).keys() for each in rule.examples]
    assert {"fail", "pass_", "not_evaluated", "not_applicable"} <= {
        k for keys in listed for k in keys
    }
    again = casaudit("rules", "new", "ACME-DB-007", "-o", path.parent)
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_a_shipped_rule_is_begun_in_the_folder_of_its_group() -> None:
    assert scaffold.folder_of("CAS-DB-099", book()) == shipped.RULES / "database"
    assert scaffold.folder_of("CAS-URL-099", book()) == shipped.RULES / "url"
    with pytest.raises(UsageError, match="no group of rules is called CAS-MOON"):
        scaffold.folder_of("CAS-MOON-001", book())
    steps = "\n".join(scaffold.next_steps(Path("rules/database/CAS-DB-099.yaml"), shipped=True))
    for step in ("rules test -k CAS-DB-099", "database/de.po", "make docs", "CHANGELOG.md"):
        assert step in steps


def test_an_id_that_exists_or_cannot_be_is_refused() -> None:
    last = max(rule.id for rule in book().rules if rule.id.startswith("CAS-DB-"))
    free = f"CAS-DB-{int(last[-3:]) + 1:03}"
    with pytest.raises(UsageError, match="exists already") as caught:
        scaffold.require_new("CAS-DB-001", book())
    assert free in caught.value.hint
    scaffold.require_new(free, book())
    for name in ("CAS-DB-1", "db", "CAS_DB_001", "../CAS-DB-001"):
        with pytest.raises(UsageError, match="is not a valid rule id"):
            scaffold.require_new(name, book())


def test_the_examples_of_a_shipped_folder_can_be_run_by_word() -> None:
    done = casaudit("rules", "test", Path("rules", "database"), "-k", "RECOVERY")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines
    assert all("recovery" in each.lower() and "CAS-DB-" in each for each in lines)
    assert done.stderr.startswith(f"{len(lines)} examples of ")


def test_the_examples_of_one_file_can_be_run() -> None:
    done = casaudit("rules", "test", Path("rules", "meta", "CAS-META-002.yaml"), "-k", "nothing is")
    assert done.stdout == "ok   CAS-META-002: nothing is left out\n"


def test_a_word_is_looked_for_in_ids_and_names() -> None:
    whole = with_word(book().rules, "cas-db-001")
    assert [rule.id for rule in whole] == ["CAS-DB-001"]
    assert (
        whole[0].examples == book().rules[[r.id for r in book().rules].index("CAS-DB-001")].examples
    )
    some = with_word(book().rules, "recovery database")
    assert some
    assert all("recovery database" in e.name.lower() for rule in some for e in rule.examples)
    assert with_word(book().rules, "no such word") == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"chnage": {}}, "given: unknown key 'chnage': did you mean 'change'?"),
        ({"change": {"databse": {"x": {}}}}, "did you mean 'databases'?"),
        (
            {"change": {"databases": {"DB-HO-1": {}}}},
            "in databases: did you mean 'DB-HO-01'?",
        ),
        ({"change": {"databases": {"DB-HO-01": {"endpiont": "x"}}}}, "did you mean 'endpoint'?"),
        ({"exports": {"EX1": {"service_state": []}}}, "did you mean 'service_states'?"),
    ],
)
def test_a_misspelt_word_of_an_example_is_named(given: dict[str, object], problem: str) -> None:
    rule = book().rules[0]
    example = rule.examples[0].model_copy(update={"given": given})
    assert problem in Trials(book(), sample(), rule).outcome(example).problems[0]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["test", "-k", "no such word"], "no example has this"),
        (["test", Path("rules", "views")], "there is no rule in this folder"),
        (["languages", "xy", "--check"], "there is no such language: known are de"),
        (["languages", "../x"], "there is no such language"),
        (["new", "CAS-MOON-001"], "name a folder with -o"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(arguments: list[object], problem: str) -> None:
    done = casaudit("rules", *arguments)
    assert done.returncode == 2
    assert problem in done.stderr


def test_the_languages_of_a_clean_checkout_are_quiet() -> None:
    before = {path: path.read_bytes() for path in shipped.RULES.rglob("*.po")}
    for more in ([], ["--check"]):
        done = casaudit("rules", "languages", *more)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {path: path.read_bytes() for path in shipped.RULES.rglob("*.po")} == before


def test_a_text_without_translation_is_named(tmp_path: Path) -> None:
    made = updated(
        tmp_path / "xx.po", "xx", [Text("one"), Text("%(number)s day", "%(number)s days")]
    )
    assert [each.msgid for each in made.untranslated_entries()] == ["one", "%(number)s day"]
    assert outdated({tmp_path / "xx.po": made}) == [tmp_path / "xx.po"]


def test_the_layout_of_a_file_is_no_difference(tmp_path: Path) -> None:
    path, made = next(iter(catalogs("de").items()))
    wrapped = polib.pofile(str(path), encoding="utf-8", wrapwidth=40)
    wrapped.save(str(tmp_path / "de.po"))
    assert (tmp_path / "de.po").read_bytes() != path.read_bytes()
    assert outdated({tmp_path / "de.po": made}) == []
    assert messages(wrapped) == messages(made)
    wrapped[0].msgstr += "!"
    wrapped.save(str(tmp_path / "de.po"))
    assert outdated({tmp_path / "de.po": made}) == [tmp_path / "de.po"]


def test_a_translation_whose_text_is_gone_stays_as_obsolete(tmp_path: Path) -> None:
    made = updated(tmp_path / "xx.po", "xx", [Text("kept"), Text("gone")])
    for each in made:
        each.msgstr = each.msgid.upper()
    made.save(str(tmp_path / "xx.po"))
    again = updated(tmp_path / "xx.po", "xx", [Text("kept")])
    assert [(e.msgid, e.msgstr, bool(e.obsolete)) for e in again] == [
        ("kept", "KEPT", False),
        ("gone", "GONE", True),
    ]


def test_a_translation_moves_with_its_text(tmp_path: Path) -> None:
    """A text of one group moves to the file above when a second group takes it up."""
    group = updated(tmp_path / "xx.po", "xx", [Text("shared")])
    group[0].msgstr = "geteilt"
    every = {("", "shared"): group[0]}
    above = updated(tmp_path / "above.po", "xx", [Text("shared")], every)
    assert [(each.msgid, each.msgstr) for each in above] == [("shared", "geteilt")]
    group.save(str(tmp_path / "xx.po"))
    assert list(updated(tmp_path / "xx.po", "xx", [], every, {("", "shared")})) == []


def test_without_babel_the_operator_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "babel.messages.extract", None)
    with pytest.raises(UsageError, match="Babel") as caught:
        list(texts_in(tmp_path, tmp_path))
    assert "casaudit[translate]" in caught.value.hint
