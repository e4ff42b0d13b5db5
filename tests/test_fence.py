"""The fence around the SQL of rules: each known way out ends in a RuleError that says why."""

import itertools
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace

import pytest

from casaudit.assess import assess
from casaudit.engine.evaluate import Judge, Question, context_of
from casaudit.engine.example_world import patched
from casaudit.engine.tables import MAX_ROWS, Tables
from casaudit.errors import RuleError
from casaudit.findings import Verdict
from casaudit.garbage import collector_at_rest
from casaudit.rulebook.rule import Rule
from casaudit.rulebook.statements import require_select, statement
from tests.support.shipped_rules import book, sample, tables

NOT_ALLOWED = "rules may read the published views and call the listed functions only"
TOO_BIG = "string or blob too big"
SYNTAX = "syntax error"

REFUSED = {
    "attach a file": ("ATTACH '/tmp/casaudit-probe.db' AS x", "too many attached|" + NOT_ALLOWED),
    "detach": ("DETACH main", NOT_ALLOWED),
    "copy the database into a file": (
        "VACUUM INTO '/tmp/casaudit-probe.db'",
        "attached|" + NOT_ALLOWED,
    ),
    "read a setting": ("PRAGMA database_list", NOT_ALLOWED),
    "change a setting": ("PRAGMA query_only=OFF", NOT_ALLOWED),
    "a setting as a table": ("SELECT * FROM pragma_database_list", NOT_ALLOWED),
    "a setting as a function": ("SELECT * FROM pragma_table_info('v_sites')", NOT_ALLOWED),
    "the catalogue": ("SELECT name FROM sqlite_master", NOT_ALLOWED),
    "the catalogue by its other name": ("SELECT name FROM sqlite_schema", NOT_ALLOWED),
    "the catalogue behind a published name": (
        "WITH v_databases AS (SELECT name FROM sqlite_master) SELECT * FROM v_databases",
        NOT_ALLOWED,
    ),
    "only counting the catalogue": ("SELECT count(*) FROM sqlite_master", NOT_ALLOWED),
    "a raw table": ("SELECT * FROM databases", NOT_ALLOWED),
    "only counting a raw table": ("SELECT count(*) FROM databases", NOT_ALLOWED),
    "a work table": ("SELECT * FROM w_servers", NOT_ALLOWED),
    "a table of JSON": ("SELECT * FROM json_each('[1]')", NOT_ALLOWED),
    "pages of the database": (
        "SELECT * FROM dbstat",
        "no such table|vtable constructor failed|" + NOT_ALLOWED,
    ),
    "create a table": ("CREATE TABLE x (a)", NOT_ALLOWED),
    "create a temporary table": ("CREATE TEMP TABLE x (a)", NOT_ALLOWED),
    "create a temporary view": ("CREATE TEMP VIEW x AS SELECT 1", NOT_ALLOWED),
    "create a trigger": (
        "CREATE TRIGGER x AFTER INSERT ON v_sites BEGIN SELECT 1; END",
        NOT_ALLOWED,
    ),
    "create a virtual table": ("CREATE VIRTUAL TABLE x USING fts5(a)", NOT_ALLOWED),
    "drop a view": ("DROP TABLE v_databases", NOT_ALLOWED),
    "alter a view": ("ALTER TABLE v_databases RENAME TO x", NOT_ALLOWED),
    "insert": ("INSERT INTO v_databases DEFAULT VALUES", NOT_ALLOWED),
    "update": ("UPDATE v_databases SET name = 'x'", NOT_ALLOWED),
    "delete": ("DELETE FROM v_databases", NOT_ALLOWED),
    "delete behind a query": (
        "WITH x AS (SELECT 1) DELETE FROM v_databases RETURNING name",
        NOT_ALLOWED,
    ),
    "begin a transaction": ("BEGIN", NOT_ALLOWED),
    "a savepoint": ("SAVEPOINT x", NOT_ALLOWED),
    "gather statistics": ("ANALYZE", NOT_ALLOWED),
    "rebuild indexes": ("REINDEX v_databases", NOT_ALLOWED),
    "a recursion": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        NOT_ALLOWED,
    ),
    "load a library": ("SELECT load_extension('x')", NOT_ALLOWED),
    "a padded number": ("SELECT printf('%500000000d', 1)", NOT_ALLOWED),
    "a padded number by its other name": ("SELECT format('%500000000d', 1)", NOT_ALLOWED),
    "a large blob": ("SELECT zeroblob(500000000)", NOT_ALLOWED),
    "a random blob": ("SELECT randomblob(500000000)", NOT_ALLOWED),
    "hexadecimal": ("SELECT hex('x')", NOT_ALLOWED),
    "chance": ("SELECT random()", NOT_ALLOWED),
    "the clock": ("SELECT julianday('now')", NOT_ALLOWED),
    "the clock by a keyword": ("SELECT CURRENT_TIMESTAMP", NOT_ALLOWED),
    "texts of a group in no order": ("SELECT group_concat(name) FROM v_sites", NOT_ALLOWED),
    "the type of a value": ("SELECT typeof(1)", NOT_ALLOWED),
    "the version": ("SELECT sqlite_version()", NOT_ALLOWED),
    "a function that only views may call": ("SELECT dnkey('x')", NOT_ALLOWED),
    "a text that grows by replacement": (
        "SELECT replace(replace(replace(replace(replace('xxxxxxxx', 'x',"
        " 'xxxxxxxxxxxxxxxxxxxxxxxx'), 'x', 'xxxxxxxxxxxxxxxxxxxxxxxx'), 'x',"
        " 'xxxxxxxxxxxxxxxxxxxxxxxx'), 'x', 'xxxxxxxxxxxxxxxxxxxxxxxx'),"
        " 'x', 'xxxxxxxxxxxxxxxxxxxxxxxx')",
        TOO_BIG,
    ),
    "a second statement": ("SELECT 1; SELECT 2", "one statement at a time"),
    "a parameter": ("SELECT ?", "Incorrect number of bindings|binding"),
    "a misspelt column": ("SELECT nam FROM v_databases", "no such column: nam"),
    "a misspelt view": ("SELECT name FROM v_database", "no such table: v_database"),
    "a lone surrogate": ("SELECT '\ud800'", "surrogates not allowed"),
    "a NUL": ("SELECT 1\0", "null character|unrecognized token"),
    "a long statement": ("SELECT " + "1 + " * 10_000 + "1", "too big|too large|too long"),
    "a deep expression": ("SELECT " + "(" * 200 + "1" + ")" * 200, "too large|overflow"),
    "many columns": ("SELECT " + ", ".join(["1"] * 300), "too many columns"),
    "many selects in one": (" UNION ".join(["SELECT 1"] * 30), "too many terms"),
}


@pytest.fixture(scope="module")
def fenced() -> Tables:
    return tables()


@pytest.mark.parametrize("what", REFUSED)
def test_the_fence_refuses(what: str, fenced: Tables) -> None:
    sql, reason = REFUSED[what]
    with pytest.raises(RuleError, match=reason):
        fenced.select(sql)
    assert fenced.select("SELECT count(*) AS n FROM v_sites") == [{"n": 2}]


@pytest.mark.parametrize("what", REFUSED)
def test_describing_a_statement_is_behind_the_same_fence(what: str, fenced: Tables) -> None:
    sql, reason = REFUSED[what]
    with pytest.raises(RuleError, match=reason):
        fenced.describe(sql)


def _prepared(kept: Tables) -> list[str]:
    """Every statement that the engine runs when it loads a snapshot."""
    statements: list[str] = []
    kept._db.set_trace_callback(statements.append)
    kept.load(patched(sample(), {}), context_of(patched(sample(), {}), Question()))
    kept._db.set_trace_callback(None)
    return list(dict.fromkeys(statements))


def test_no_statement_of_the_engine_is_run_from_its_prepared_form() -> None:
    """SQLite asks the authorizer when it prepares; a kept statement is found by its exact text."""
    kept = tables()
    own = _prepared(kept)
    assert any(sql.startswith("DELETE FROM v_databases") for sql in own)
    for sql in own:
        bare, comment, mark = sql.rpartition(" -- ")
        assert comment, sql
        assert re.fullmatch("[0-9a-f]{32}", mark), sql
        for text in (bare, f"{bare} ", f"{bare} -- {'0' * 32}", bare + "\n"):
            with pytest.raises(RuleError):
                kept.select(text)
    assert kept.select("SELECT count(*) AS n FROM v_sites") == [{"n": 2}]


def test_a_judge_without_rules_judges_nothing() -> None:
    judge = Judge(replace(book(), rules=()), "health")
    assert list(judge.verdicts(patched(sample(), {}), Question())) == []


def test_each_database_has_a_mark_of_its_own() -> None:
    marks = {_prepared(tables())[0].rpartition(" -- ")[2] for _ in range(3)}
    assert len(marks) == 3


def test_the_fence_stands_again_after_every_snapshot() -> None:
    kept = tables()
    for _ in range(3):
        kept.load(patched(sample(), {}), context_of(patched(sample(), {}), Question()))
        for what in (
            "delete",
            "a raw table",
            "change a setting",
            "a padded number",
            "many columns",
        ):
            sql, reason = REFUSED[what]
            with pytest.raises(RuleError, match=reason):
                kept.select(sql)


def test_a_snapshot_that_could_not_be_loaded_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = tables()
    snapshot = patched(sample(), {})
    context = context_of(snapshot, Question())
    view = next(view for view in kept._views if view.name == "v_sites")
    broken = tuple(
        replace(view, select="SELECT norm(1, 2)") if each is view else each for each in kept._views
    )
    with monkeypatch.context() as patch:
        patch.setattr(kept, "_views", broken)
        with pytest.raises(sqlite3.Error):
            kept.load(snapshot, context)
    with pytest.raises(RuleError, match=NOT_ALLOWED):
        kept.select("DELETE FROM v_databases")
    broken_db = kept._db
    kept.load(snapshot, context)
    assert kept.select("SELECT count(*) AS n FROM v_sites") == [{"n": 2}]
    assert _is_closed(broken_db)


def test_a_database_goes_with_its_holder_and_waits_for_no_collector() -> None:
    with collector_at_rest():
        kept = tables()
        db = kept._db
        assert not _is_closed(db)
        del kept
        assert _is_closed(db)


def _is_closed(db: sqlite3.Connection) -> bool:
    try:
        db.interrupt()
    except sqlite3.ProgrammingError:
        return True
    return False


SLOW = {
    "a cross join": "SELECT count(*) FROM " + ", ".join(f"v_dns_answers a{i}" for i in range(12)),
    "a large sort": (
        "SELECT a.name FROM v_dns_answers a, v_dns_answers b, v_dns_answers c, v_dns_answers d,"
        " v_dns_answers e ORDER BY a.name || b.name || c.name || d.name || e.name"
    ),
    "expressions that double": (
        "WITH "
        + ", ".join(
            f"t{i} AS (SELECT a.x || b.x AS x FROM t{i - 1} a, t{i - 1} b)"
            if i
            else "t0 AS (SELECT name AS x FROM v_dns_answers)"
            for i in range(8)
        )
        + " SELECT max(x) FROM t7"
    ),
}


@pytest.mark.parametrize("what", SLOW)
def test_the_fence_ends(what: str, fenced: Tables) -> None:
    with pytest.raises(RuleError, match=r"took too long|too big|MemoryError"):
        fenced.select(SLOW[what], seconds=0.3)
    assert fenced.select("SELECT count(*) AS n FROM v_sites") == [{"n": 2}]


@pytest.mark.parametrize("what", SLOW)
def test_describing_a_statement_ends_too(what: str, fenced: Tables) -> None:
    with pytest.raises(RuleError, match=r"took too long|too big|MemoryError"):
        fenced.describe(SLOW[what], seconds=0.3)
    assert fenced.describe("SELECT name FROM v_sites") == ("name",)


TEXTS = (None, "", "a", "ab", "abcab", " ab ", "\u00e4b\u00e4", 7)


@pytest.mark.parametrize("sql", ["instr(?, ?)", "trim(?, ?)", "ltrim(?, ?)", "rtrim(?, ?)"])
def test_functions_of_two_texts_say_what_those_of_sqlite_say(sql: str, fenced: Tables) -> None:
    own = sqlite3.connect(":memory:")
    for values in itertools.product(TEXTS, repeat=2):
        (wanted,) = own.execute(f"SELECT {sql} AS x", values)
        assert fenced.rows(f"SELECT {sql} AS x", values=values)[1] == [wanted], values


def test_replace_says_what_that_of_sqlite_says(fenced: Tables) -> None:
    own = sqlite3.connect(":memory:")
    for values in itertools.product(TEXTS, repeat=3):
        (wanted,) = own.execute("SELECT replace(?, ?, ?) AS x", values)
        assert fenced.rows("SELECT replace(?, ?, ?) AS x", values=values)[1] == [wanted], values


LONG = "a" * 2_000_000
ENDLESS = {
    "a half that is looked for in a whole": ("instr(? || ?, ? || 'b')", [LONG] * 3, [0]),
    "a text that grows at every letter": ("replace(?, 'a', ?)", [LONG] * 2, None),
    "a text of many characters to trim": ("trim(?, ?)", [LONG] * 2, None),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_a_function_of_long_texts_ends_at_once(what: str, fenced: Tables) -> None:
    sql, values, wanted = ENDLESS[what]
    if wanted is None:
        with pytest.raises(RuleError, match=TOO_BIG):
            fenced.rows(f"SELECT {sql} AS x", values=values)
    else:
        assert fenced.rows(f"SELECT {sql} AS x", values=values)[1] == [tuple(wanted)]


def test_a_result_that_is_too_long_is_refused(fenced: Tables) -> None:
    assert MAX_ROWS == 1_000_000
    with pytest.raises(RuleError, match="more than 3 rows"):
        fenced.select("SELECT name FROM v_servers", most=3)
    assert len(fenced.select("SELECT name FROM v_servers", most=4)) == 4


@pytest.mark.parametrize(
    "sql",
    ["", " ", "VALUES (1)", "EXPLAIN SELECT 1", "REINDEX", "SELECT 1; SELECT 2", "SELECT [x]"],
)
def test_a_query_must_be_one_plain_select(sql: str) -> None:
    with pytest.raises(RuleError):
        require_select(sql)


FRAGMENTS = {
    "a double-quoted typo": ('"nmae" IS NULL', "'\"' is not allowed"),
    "a name in backticks": ("`name` IS NULL", "'`' is not allowed"),
    "a name in brackets": ("[name] IS NULL", "'\\[' is not allowed"),
    "a comment to the end of the line": ("1 -- x", "'--' is not allowed"),
    "a comment that swallows what follows": ("1 /* x", "'/\\*' is not allowed"),
    "a semicolon": ("1; DROP TABLE v_sites", "';' is not allowed"),
    "a NUL": ("1\0", "is not allowed"),
    "a parenthesis that closes ours": ("1) AS x FROM v_sites UNION SELECT (1", "unbalanced"),
    "a parenthesis that stays open": ("(1", "unbalanced"),
    "a text that stays open": ("name = 'x", "unrecognized token|syntax error|unbalanced"),
    "two columns": ("1, 2", "row value|syntax error"),
    "a FROM of its own": ("1 FROM v_sites", SYNTAX),
    "a name for the result": ("name AS x", SYNTAX),
    "every column": ("*", SYNTAX),
    "a parameter": (":x", "bind"),
    "nothing": ("", SYNTAX),
    "an aggregate that folds the objects into one": (
        "count(*) > 0",
        "every object needs exactly one",
    ),
    "a result that is no truth value": ("2", "must gave 2, not true, false or NULL"),
    "a text as a result": ("name", "not true, false or NULL"),
    "a subquery on a raw table": ("EXISTS (SELECT 1 FROM databases)", NOT_ALLOWED),
    "a cross join": (
        "(SELECT count(*) FROM " + ", ".join(f"v_dns_answers a{i}" for i in range(12)) + ") > 0",
        "took too long",
    ),
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = {**(Tables.rows.__kwdefaults__ or {}), "seconds": 0.3}
    monkeypatch.setattr(Tables.rows, "__kwdefaults__", defaults)


def _rule(change: Callable[[Rule], Rule]) -> Rule:
    rule = next(rule for rule in book().rules if rule.id == "CAS-SITE-001")
    plain = {"each": "v_sites", "must": "1", "not_applicable": (), "unknown": (), "adjust": ()}
    plain |= {"needs": (), "population": (), "evidence": (), "cause": ()}
    return change(rule.model_copy(update=plain))


def _why_not(rule: Rule) -> str:
    """Judge by a good rule and this one: the good one is not harmed, this one says why."""
    good = next(each for each in book().rules if each.id == "CAS-ARRAY-001")
    both = replace(book(), rules=(good, rule))
    findings = assess(patched(sample(), {}), both, Question()).findings
    assert {f.subject.name for f in findings if f.rule.id == good.id} == {
        "BranchOffice",
        "HeadOffice",
    }
    (mine,) = [f for f in findings if f.rule.id == rule.id]
    assert mine.verdict is Verdict.NOT_EVALUATED
    assert mine.subject.name == rule.id
    return mine.reason or ""


@pytest.mark.parametrize("what", FRAGMENTS)
@pytest.mark.usefixtures("impatient")
def test_a_condition_of_a_rule_may_not_be(what: str) -> None:
    fragment, reason = FRAGMENTS[what]
    rule = _rule(lambda rule: rule.model_copy(update={"must": fragment}))
    assert re.search(reason, _why_not(rule))


@pytest.mark.parametrize(
    ("each", "reason"),
    [
        ("DELETE FROM v_sites RETURNING *", "a SELECT is expected"),
        ("VALUES (1)", "a SELECT is expected"),
        ("PRAGMA table_info(v_sites)", "a SELECT is expected"),
        ("SELECT 1) AS e, (SELECT 2", "unbalanced"),
        ("SELECT * FROM v_sites -- x", "'--' is not allowed"),
        ('SELECT * FROM v_sites WHERE name = "HeadOffice"', "'\"' is not allowed"),
        ("s_sites", "prohibited"),
        ("SELECT name AS id, name FROM sqlite_master", "rules may read the published views"),
        (
            "SELECT id, name, site FROM v_sites UNION ALL SELECT id, name, site FROM v_sites",
            "exactly one",
        ),
        ("SELECT id, name FROM v_sites", "each: there is no column 'site'"),
    ],
)
def test_the_objects_of_a_rule_may_not_be(each: str, reason: str) -> None:
    rule = _rule(lambda rule: rule.model_copy(update={"each": each}))
    assert re.search(reason, _why_not(rule))


def test_a_forbidden_character_inside_a_text_is_only_text() -> None:
    rule = _rule(
        lambda r: r.model_copy(update={"must": "name <> 'a;b--\"[`/*' AND name <> 'it''s ('"})
    )
    assert statement(rule, "x")


def test_letter_case_counts_in_like(fenced: Tables) -> None:
    assert fenced.select("SELECT 'a' LIKE 'A' AS x") == [{"x": 0}]


def test_the_functions_of_the_rules_work_behind_the_fence(fenced: Tables) -> None:
    sql = "SELECT norm('A.B.') AS a, host('https://X/y') AS b, covers('[\"*.x.z\"]', 'y.x.z') AS c"
    assert fenced.select(sql) == [{"a": "a.b", "b": "x", "c": 1}]
