"""What people give where a snapshot is wanted: folders are taken, other files say what they are."""

import gzip
import json
import os
import re
import zipfile
from pathlib import Path

import pytest

from casaudit.cli import inputs
from casaudit.shipped import SAMPLES
from tests.support.running import casaudit

ARTICLE_A = SAMPLES / "article-a"
HEALTHY = SAMPLES / "healthy" / "snapshot.json"
CLIXML = """<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"></Objs>
"""
TABLE = "Name,Fqdn,Site,Members\nca-harbour,outlook.harbour.example,Harbour,\n"
WAIVERS = "# accepted\nschema: casaudit/waivers/1\nwaivers: []\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file or folder of each kind that people have beside a snapshot."""
    folder = tmp_path_factory.mktemp("of every kind")
    report = folder / "report"
    run = casaudit(
        *("report", ARTICLE_A / "snapshot.json", "-o", report, "--fail-on", "never"),
        *("--format", "html,json,ps1,pack"),
    )
    assert run.returncode == 0, run.stderr
    (folder / "directory.ldf").write_bytes((ARTICLE_A / "directory.ldf").read_bytes())
    packed = gzip.compress((ARTICLE_A / "directory.ldf").read_bytes())
    (folder / "directory.ldf.gz").write_bytes(packed)
    (folder / "exports").mkdir()
    for path in (folder / "arrays.xml", folder / "exports" / "arrays.xml"):
        path.write_text(CLIXML, encoding="utf-8")
    (folder / "arrays.csv").write_text(TABLE, encoding="utf-8")
    (folder / "waivers.yaml").write_text(WAIVERS, encoding="utf-8")
    with zipfile.ZipFile(folder / "evidence.zip", "w") as archive:
        archive.writestr("arrays.xml", CLIXML)
    (folder / "snapshot.json").write_bytes((ARTICLE_A / "snapshot.json").read_bytes())
    return folder


# What is given, what casaudit says that it is, and the command that takes it.
SAID = {
    "directory.ldf": ("is an LDIF export", "casaudit audit"),
    "directory.ldf.gz": ("is an LDIF export", "casaudit audit"),
    "arrays.xml": ("is an export of Export-Clixml", "casaudit audit"),
    "arrays.csv": ("is a table of the Exchange Management Shell", "casaudit audit"),
    "exports": ("is a folder of exports", "casaudit audit"),
    "evidence.zip": ("is a zip archive", "casaudit audit"),
    "report/plan.json": ("is a remediation plan", "casaudit whatif"),
    "report/findings.json": ("is a findings.json", "casaudit summary"),
    "report/pack": ("is an auditor pack", "casaudit verify"),
    "report/pack/manifest.json": ("is the manifest of an auditor pack", "casaudit verify"),
    "report/report.html": ("is a web page", ""),
    "waivers.yaml": ("is a waiver file", "--waivers"),
    "snapshot.json": ("is a snapshot", "casaudit report"),
}
# The words of a command, with FILE for what is given, and what it takes by right.
NEW = str(HEALTHY)
COMMANDS = {
    "report": (["FILE", "-o", "OUT"], {"snapshot.json"}),
    "explain": (["CAS-DB-001", "x", "FILE"], {"snapshot.json"}),
    "query": (["FILE", "SELECT 1"], {"snapshot.json"}),
    "settings init": (["FILE"], {"snapshot.json"}),
    "mask": (["FILE", "-o", "OUT", "--key", "KEY"], {"snapshot.json"}),
    "verify-fix": (["FILE", NEW], {"report/plan.json"}),
    "whatif": ([NEW, "FILE"], {"report/plan.json"}),
    "diff": (["FILE", NEW], {"snapshot.json", "report/findings.json", "report/pack"}),
    "summary": (["FILE"], {"snapshot.json", "report/findings.json", "report/pack"}),
    "verify": (["FILE"], {"report/pack"}),
    "trend": (["FILE", "-o", "OUT"], set[str]()),
    "collect": (
        ["FILE", "-o", "OUT", "--no-dns", "--no-tls"],
        {each for each in SAID if "report" not in each and each != "waivers.yaml"},
    ),
}
CASES = [
    (command, given) for command, (_, taken) in COMMANDS.items() for given in SAID.keys() - taken
]


@pytest.mark.parametrize(("command", "given"), sorted(CASES))
def test_a_file_of_another_kind_says_what_it_is_and_what_takes_it(
    command: str, given: str, files: Path, tmp_path: Path
) -> None:
    places = {"FILE": files / given, "OUT": tmp_path / "out", "KEY": tmp_path / "key"}
    words, _ = COMMANDS[command]
    run = casaudit(*command.split(), *(places.get(word, word) for word in words))
    assert run.returncode in (2, 4), (run.stdout, run.stderr)
    what, instead = SAID[given]
    if given == "report/report.html" and command in {"verify-fix", "whatif", "verify", "trend"}:
        return  # what it is helps nobody there: the error of the command stands
    assert f"{given}: {what}" in run.stderr.replace("\\", "/")
    assert instead in run.stderr
    assert not any(tmp_path.iterdir())


def test_every_kind_of_document_that_casaudit_writes_is_known() -> None:
    code = Path(inputs.__file__).parents[1].rglob("*.py")
    named = {
        name
        for path in code
        for name in re.findall(r'"casaudit/([a-z-]+)/1"', path.read_text(encoding="utf-8"))
    }
    # The receipt of checked rules lies in the cache, where nobody looks for a snapshot.
    assert named - {"checked"} == named & inputs.KINDS.keys()
    assert len(named) > 5


def taken(folder: Path, name: str, sample: str, day: int) -> Path:
    """Write a snapshot of a sample organisation, collected on a day of March."""
    document = json.loads((SAMPLES / sample / "snapshot.json").read_bytes())
    document["collected_at"] = f"2027-03-{day:02}T06:00:00Z"
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps(document).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs of one organisation; the newest has neither the last name nor the last date."""
    folder = tmp_path_factory.mktemp("runs")
    taken(folder, "a/snapshot.json", "healthy", 1)
    newest = taken(folder, "b.json.gz", "healthy", 30)
    os.utime(newest, (0, 0))
    taken(folder, "c/snapshot.json", "healthy", 2)
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ["report", "DIR", "-o", "OUT", "--format", "json"],
        ["audit", "DIR", "-o", "OUT", "--format", "json"],
        ["collect", "DIR", "-o", "OUT"],
        ["check", "DIR"],
        ["explain", "CAS-DB-001", "DB-HO-01", "DIR"],
        ["query", "DIR", "SELECT name FROM v_databases"],
        ["settings", "init", "DIR"],
        ["mask", "DIR", "-o", "OUT", "--key", "KEY"],
        ["whatif", "DIR"],
        ["diff", "DIR", "DIR"],
        ["summary", "DIR"],
    ],
    ids=lambda words: words[0],
)
def test_of_a_folder_the_newest_snapshot_is_taken_and_named(
    words: list[str], runs: Path, tmp_path: Path
) -> None:
    places = {"DIR": runs, "OUT": tmp_path / "out", "KEY": tmp_path / "key"}
    run = casaudit(*(places.get(word, word) for word in words))
    assert run.returncode in (0, 1, 3), run.stderr
    told = f"snapshot: {runs / 'b.json.gz'}, the newest of 3, collected 2027-03-30 06:00 UTC"
    assert told in run.stderr


def test_the_folder_of_a_report_is_its_snapshot_without_a_word_on_the_rest(
    files: Path, tmp_path: Path
) -> None:
    run = casaudit("demo", "-o", tmp_path)
    assert run.returncode == 0, run.stderr
    for words in (["query", tmp_path, "SELECT 1"], ["settings", "init", tmp_path]):
        run = casaudit(*words)
        assert run.returncode == 0, run.stderr
        assert f"snapshot: {tmp_path / 'snapshot.json'}, collected" in run.stderr
        assert "left out" not in run.stderr
    assert casaudit("verify", tmp_path).returncode == 0
    assert casaudit("summary", tmp_path).returncode == 0
    assert casaudit("whatif", tmp_path, tmp_path).returncode in (0, 1)


def test_a_folder_of_several_organisations_names_them(tmp_path: Path) -> None:
    taken(tmp_path, "one.json", "healthy", 1)
    taken(tmp_path, "two.json", "article-a", 2)
    for words in (["report", tmp_path, "-o", tmp_path / "out"], ["summary", tmp_path]):
        run = casaudit(*words)
        assert run.returncode == 2, run.stderr
        assert "several organisations: Example Corp" in run.stderr
        assert f"ESP ({tmp_path / 'two.json'})" in run.stderr


def test_a_mask_is_never_written_over_the_snapshot_of_its_folder(tmp_path: Path) -> None:
    path = taken(tmp_path, "snapshot.json", "healthy", 1)
    before = path.read_bytes()
    run = casaudit("mask", tmp_path, "-o", path, "--key", tmp_path / "key")
    assert run.returncode == 2
    assert path.read_bytes() == before


def test_one_snapshot_that_cannot_be_read_costs_itself_only(tmp_path: Path) -> None:
    taken(tmp_path, "whole.json", "healthy", 1)
    (tmp_path / "cut.json").write_bytes(HEALTHY.read_bytes()[:5000])
    run = casaudit("query", tmp_path, "SELECT 1")
    assert run.returncode == 0, run.stderr
    assert "left out: " in run.stderr and "cut.json: not valid JSON" in run.stderr


def test_a_name_in_a_snapshot_does_not_make_it_another_document(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    text = HEALTHY.read_text(encoding="utf-8")
    path.write_text(text.replace("Example Corp", "schema: casaudit/plan/1"), encoding="utf-8")
    assert inputs.kind_of(path) == "snapshot"
