"""What is shipped: the wheel holds the rules, templates and samples, and the package finds them."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from casaudit import shipped

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("casaudit-*.whl"))


def test_a_checkout_finds_its_folders_beside_the_package() -> None:
    assert ROOT / "rules" == shipped.RULES
    assert not (ROOT / "casaudit/_shipped").exists()


def test_the_wheel_holds_every_rule_template_and_sample(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("rules", "report_templates", "samples"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"casaudit/_shipped/{path.relative_to(ROOT).as_posix()}" in inside


def test_the_wheel_runs_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); sys.argv = ['casaudit', 'demo', '-o', 'out']"
        "; from casaudit.__main__ import main; main()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "site")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out/report.html").is_file()


def test_the_wheel_carries_types_and_licence(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    assert "casaudit/py.typed" in inside
    assert any(name.endswith("licenses/LICENSE") for name in inside)
