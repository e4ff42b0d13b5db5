"""The shape of the house: imports go one way, rooms stay small, nothing can write or run."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "casaudit").rglob("*.py"))
PARTS = (
    "errors",
    "dn",
    "names",
    "visible",
    "shipped",
    "signature",
    "languages",
    "resting",
    "snapshot",
    "collect",
    "mask",
    "judge",
    "report",
    "cli",
)
MAY_IMPORT = {
    "errors": set(),
    "dn": set(),
    "visible": set(),
    "shipped": set(),
    "signature": set(),
    "names": {"errors"},
    "languages": {"errors"},
    "resting": set(),
    "snapshot": {"errors", "dn", "names"},
    "collect": {"errors", "dn", "names", "signature", "visible", "snapshot"},
    "mask": {"errors", "signature", "snapshot"},
    "judge": {"errors", "dn", "names", "signature", "visible", "languages", "resting", "snapshot"},
    "report": {
        *("errors", "dn", "names", "visible", "shipped", "languages", "resting"),
        *("judge", "snapshot"),
    },
    "cli": {*PARTS},
    "__main__": {"cli"},
}
JUDGE_ORDER = [
    *("findings", "views", "functions", "strict_yaml", "settings", "waivers", "wanted"),
    *("rules", "statements"),
    *("loading", "tables"),
    *("conditions", "sentences", "turning"),
    *(
        "wording",
        "translate",
        "remedy",
        "evidence",
        "verdicts",
        "causes",
        "road",
        "gates",
        "ties",
        "ground",
        "wave",
        "waves",
        "migration",
        "repairs",
        "evaluate",
        "patch_exports",
        "patch",
        "examples",
        "explain",
        "accepting",
        "forecast",
    ),
    *("check", "pages", "compare", "trend", "plan_file", "plan"),
]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def part_of(path: Path) -> str:
    return path.relative_to(ROOT / "casaudit").parts[0].removesuffix(".py")


def own_parts(path: Path) -> set[str]:
    found = {name.split(".")[1] for name in imports(path) if name.startswith("casaudit.")}
    return found & set(PARTS)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        assert own_parts(path) == set()
        return
    assert own_parts(path) - {part} <= MAY_IMPORT[part]


def test_reports_know_findings_and_nothing_else_of_the_judgement() -> None:
    for path in (ROOT / "casaudit/report").rglob("*.py"):
        judge = {n for n in imports(path) if n.startswith("casaudit.judge")}
        assert all(n.startswith("casaudit.judge.findings") for n in judge), (path, judge)


def test_the_judgement_is_built_from_findings_upwards() -> None:
    judge = ROOT / "casaudit/judge"
    for path in judge.rglob("*.py"):
        room = path.relative_to(judge).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        below = JUDGE_ORDER[: JUDGE_ORDER.index(room)]
        used = {n.split(".")[2] for n in imports(path) if n.startswith("casaudit.judge.")}
        assert used - {room} <= set(below), path


def test_the_ldap_library_stays_in_one_room() -> None:
    users = {p.parent.name for p in MODULES if any(n.split(".")[0] == "ldap3" for n in imports(p))}
    assert users == {"directory"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_rooms_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


def test_no_module_can_change_a_directory_or_run_a_program() -> None:
    forbidden = {"modify", "modify_dn", "extend", "system", "popen", "Popen"}
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        found = (called & forbidden) | (names & {"eval", "exec"})
        modules = {n.split(".")[0] for n in imports(path)} & {"subprocess", "pickle", "marshal"}
        assert not modules, path
        assert found <= {"extend"}, path  # list.extend


def test_there_is_no_room_for_odds_and_ends() -> None:
    vague = {"utils", "base", "manager", "helpers", "models", "core", "common", "misc"}
    assert not {path.stem for path in MODULES} & vague


def test_the_project_stands_alone() -> None:
    words = ("../sha" + "red", "/wo" + "rk/", ".lib" + "rary")
    files = [p for p in ROOT.rglob("*") if p.suffix in {".py", ".md", ".toml", ".yaml", ".sql"}]
    for path in files:
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts):
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not [word for word in words if word in text], path
