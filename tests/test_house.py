"""The shape of the house: imports go one way, rooms stay small, nothing can write or run."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "casaudit").rglob("*.py"))
BARE = {"errors", "dn", "legacy_dn", "text", "days", "shipped", "signature", "interrupts"}
BARE |= {"canonical_json", "garbage"}
GROUND = BARE | {"names", "strict_yaml", "i18n", "powershell", "validation"}
"""What every part may read; beside it only what its row names."""
MAY_IMPORT: dict[str, set[str]] = {
    **{part: set() for part in BARE},
    **{part: {"errors"} for part in ("names", "i18n")},
    "validation": {"text"},
    "strict_yaml": {"errors", "validation"},
    "powershell": {"i18n", "text"},
    "snapshot": GROUND,
    "collect": GROUND | {"snapshot"},
    "mask": GROUND | {"snapshot"},
    "findings": GROUND | {"snapshot"},
    "rulebook": GROUND | {"findings", "snapshot"},
    "engine": GROUND | {"findings", "rulebook", "snapshot"},
    "waivers": GROUND | {"findings"},
    "explain": GROUND | {"engine", "findings", "rulebook", "snapshot"},
    "migration": GROUND | {"findings"},
    "remediation": GROUND | {"engine", "findings", "rulebook", "snapshot"},
    "history": GROUND | {"engine", "findings", "rulebook", "snapshot", "waivers"},
}
MAY_IMPORT["assess"] = {*MAY_IMPORT} - {"collect", "explain", "mask"}
MAY_IMPORT["report"] = GROUND | {"findings", "remediation", "snapshot"}
MAY_IMPORT["notify"] = GROUND | {"findings", "report", "snapshot", "waivers"}
MAY_IMPORT["cli"] = {*MAY_IMPORT}
MAY_IMPORT["__main__"] = {"cli", "interrupts"}
ORDER = tuple(MAY_IMPORT)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(path)))


@pytest.fixture(autouse=True, scope="module")
def no_longer_than_needed() -> Iterator[None]:
    """Half a million nodes would slow the cycle collector to the end of the run."""
    yield
    nodes.cache_clear()
    tree.cache_clear()


@cache
def imports(path: Path) -> tuple[str, ...]:
    found: list[str] = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += (node.module, *(f"{node.module}.{each.name}" for each in node.names))
    return tuple(found)


def part_of(path: Path) -> str:
    return path.relative_to(ROOT / "casaudit").parts[0].removesuffix(".py")


def own_parts(path: Path) -> set[str]:
    found = {name.split(".")[1] for name in imports(path) if name.startswith("casaudit.")}
    return found & set(ORDER)


def test_a_module_imports_only_what_lies_below_it() -> None:
    allowed = {"__init__": {"__init__"}, **MAY_IMPORT}
    wrong = {path: own_parts(path) - {part_of(path)} - allowed[part_of(path)] for path in MODULES}
    assert {path: parts for path, parts in wrong.items() if parts} == {}


def test_the_ldap_library_stays_in_one_room() -> None:
    users = {p.parent.name for p in MODULES if any(n.split(".")[0] == "ldap3" for n in imports(p))}
    assert users == {"ldap"}


def test_nothing_is_sent_but_by_the_one_command_that_sends() -> None:
    """No other module can reach a mail server or post anything."""
    clients = {"smtplib", "urllib.request", "ftplib", "telnetlib", "xmlrpc.client"}
    senders = {path.name for path in MODULES if clients.intersection(imports(path))}
    assert senders == {"https.py", "smtp.py"}
    users = {p.name for p in MODULES if "notify" in own_parts(p) and part_of(p) != "notify"}
    assert users == {"deliveries.py", "notify.py", "notifying.py"}
    called = {p.name for p in MODULES if "casaudit.cli.notifying" in imports(p)}
    assert called == {"notify.py"}


def test_rooms_and_functions_stay_small() -> None:
    for path in MODULES:
        assert path.read_text(encoding="utf-8").count("\n") <= 300, path
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, (path, node.name)


def test_no_class_has_the_name_of_another() -> None:
    """Whoever reads a name knows what it is, wherever in the house it stands."""
    places: dict[str, list[str]] = {}
    for path in MODULES:
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


# A report format is its ``files``; a command is named as what it does, and does it elsewhere.
ALIKE = {"files", "assess", "collect", "languages", "mask", "run", "show"}


def test_a_public_function_has_a_name_of_its_own() -> None:
    places: dict[str, list[str]] = {}
    for path in MODULES:
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    several = {name: where for name, where in places.items() if len(where) > 1}
    assert {n: w for n, w in several.items() if n[0] != "_" and n not in ALIKE} == {}


def comment_lines(text: str) -> int:
    """Count lines with a comment for readers, not for tools."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = {
        t.start[0] for t in tokens if t.type == tokenize.COMMENT and not TOOLS.match(t.string)
    }
    return len(comments)


TOOLS = re.compile(r"# (fmt|type|noqa)")


def test_comments_stand_where_a_reader_would_stop() -> None:
    texts = [path.read_text(encoding="utf-8") for path in MODULES]
    lines = sum(1 for text in texts for line in text.splitlines() if line.strip())
    assert sum(map(comment_lines, texts)) >= lines * LEAST_COMMENTS


LEAST_COMMENTS = 0.045
"""About one line in twenty explains a guard, a quirk or the source of a fact."""


def test_no_module_can_change_a_directory_or_run_a_program() -> None:
    forbidden = {"modify", "modify_dn", "extend", "system", "popen", "Popen"}
    for path in MODULES:
        called = {n.attr for n in nodes(path) if isinstance(n, ast.Attribute)}
        names = {n.id for n in nodes(path) if isinstance(n, ast.Name)}
        found = (called & forbidden) | (names & {"eval", "exec"})
        modules = {n.split(".")[0] for n in imports(path)} & {"subprocess", "pickle", "marshal"}
        assert not modules, path
        assert found <= {"extend"}, path  # list.extend


FORMATS = {"UnsafeValueError", "say", "marked", "counted"}
"""Calls whose first text is a format, which their values are put into afterwards."""


def test_no_data_is_part_of_a_text_that_is_filled_in_later() -> None:
    """A name with a ``%`` in such a text would be taken for a place to fill in, and fail."""
    for path in MODULES:
        for node in nodes(path):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in FORMATS:
                made = [each for each in node.args if isinstance(each, ast.JoinedStr)]
                assert not made, (path, node.lineno)


def working_texts(path: Path) -> Iterator[str]:
    """The texts of a module that do something: no docstrings, no help of the command line."""
    skipped: set[ast.AST] = set()
    for node in nodes(path):
        if isinstance(node, ast.Expr) or (isinstance(node, ast.keyword) and node.arg == "help"):
            skipped.add(node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            yield node.value


def test_no_module_knows_a_rule_by_its_id() -> None:
    """What a rule is for stands in the rule: ``gate``, ``stage``, ``headline`` and their like."""
    for path in MODULES:
        assert not [
            text for text in working_texts(path) if re.search(r"CAS-[A-Z]+-(?!000)", text)
        ], path


def test_there_is_no_room_for_odds_and_ends() -> None:
    vague = {"utils", "base", "manager", "helpers", "models", "core", "common", "misc"}
    assert not {path.stem for path in MODULES} & vague


def test_no_test_reads_a_clock_on_the_wall() -> None:
    """How long something takes is for ``make bench``: a busy machine makes no test fail."""
    clocks = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time_ns"}
    for path in (ROOT / "tests").rglob("test_*.py"):
        read = {node.attr for node in nodes(path) if isinstance(node, ast.Attribute)}
        assert not read & clocks, path


def test_the_project_stands_alone() -> None:
    words = ("../sha" + "red", "/wo" + "rk/", ".lib" + "rary")
    files = [p for p in ROOT.rglob("*") if p.suffix in {".py", ".md", ".toml", ".yaml", ".sql"}]
    for path in files:
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts):
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not [word for word in words if word in text], path
