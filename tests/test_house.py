"""The shape of the house: imports go one way, rooms stay small, nothing can write or run."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "casaudit").rglob("*.py"))
ORDER = (
    *("errors", "dn", "text", "shipped", "signature", "names", "strict_yaml"),
    *("i18n", "snapshot", "collect", "mask", "findings", "rulebook", "engine", "waivers"),
    *("explain", "remediation", "migration", "history", "assess", "report", "cli"),
)
"""The parts of the house; ``MAY_IMPORT`` says which of the others each may read."""
GROUND = {"errors", "dn", "text", "shipped", "signature", "names", "strict_yaml", "i18n"}
MAY_IMPORT = {
    **{part: set() for part in ("errors", "dn", "text", "shipped", "signature")},
    **{part: {"errors"} for part in ("names", "strict_yaml", "i18n")},
    "snapshot": GROUND,
    "collect": GROUND | {"snapshot"},
    "mask": GROUND | {"snapshot"},
    "findings": GROUND | {"snapshot"},
    "rulebook": GROUND | {"findings", "snapshot", "engine"},
    "engine": GROUND | {"findings", "snapshot", "rulebook"},
    "waivers": GROUND | {"findings", "snapshot", "engine", "rulebook"},
    "explain": GROUND | {"findings", "snapshot", "rulebook", "engine"},
    "migration": GROUND | {"findings"},
    "remediation": GROUND | {"findings", "snapshot", "rulebook", "engine"},
    "history": GROUND | {"findings", "snapshot", "engine", "rulebook", "waivers"},
    "assess": {*ORDER} - {"report", "cli"},
    "report": GROUND | {"findings", "snapshot", "remediation"},
    "cli": {*ORDER},
    "__main__": {"cli"},
}


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
    return found & set(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        assert own_parts(path) == set()
        return
    assert own_parts(path) - {part} <= MAY_IMPORT[part]


def test_the_ldap_library_stays_in_one_room() -> None:
    users = {p.parent.name for p in MODULES if any(n.split(".")[0] == "ldap3" for n in imports(p))}
    assert users == {"ldap"}


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
