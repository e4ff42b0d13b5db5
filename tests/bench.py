"""Speed and memory, each beside something to compare it with, in one run: ``make bench``.

These machines are noisy: read the ratios, not the seconds. Each measurement runs in a
process of its own, so that its peak memory is its own.
"""

import itertools
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Locator, Page, sync_playwright

from tests.lab import addresses, packages
from tests.lab.accounts import AUDITOR
from tests.lab.directory import Directory
from tests.lab.whole import Lab, running
from tests.support.large_export import write_export

SIZES = (1_000, 10_000, 100_000)
REPORT_SIZES = SIZES[:2]
PAPERS = ("html", "csv", "json", "pack")
PAPERS_SIZE = 5_000
ROUNDS = 5
EXPORTED = 38_000

_EVALUATE = """
import resource, sys, time
from casaudit import shipped
from casaudit.engine.check import load_rulebook
from casaudit.assess import VERDICTS, assess
from casaudit.engine.evaluate import Question
from tests.support.scale import large_snapshot
book = load_rulebook(shipped.RULES)
snapshot = large_snapshot(int(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
begun = time.process_time()
found = assess(snapshot, book, Question(), sha256="bench", wanted=VERDICTS)
spent = time.process_time() - begun
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(len(snapshot.databases), len(snapshot.servers), len(snapshot.sites), len(book.rules),
      len(found.findings), len(found.failures), f"{spent:.2f}", before, after)
"""

_SECOND = """
import time
from casaudit import shipped
from casaudit.assess import VERDICTS, assess, judge_of
from casaudit.engine.check import load_rulebook
from casaudit.engine.evaluate import Question
from tests.support.scale import large_snapshot
book, snapshot = load_rulebook(shipped.RULES), large_snapshot(30, per_site=15)
judge = judge_of(book, "health", VERDICTS)
def spent(rules):
    begun = time.process_time()
    assess(snapshot, rules, Question(), sha256="bench", wanted=VERDICTS)
    return (time.process_time() - begun) * 1000
spent(book)
alone = min(spent(book) for _ in range(5))
first, *later = [spent(judge) for _ in range(11)]
print(len(snapshot.servers), len(snapshot.databases),
      f"{alone:.0f} {first:.0f} {min(later):.0f} {sorted(later)[5]:.0f}")
"""

_PAPERS = """
import resource, sys, time
from casaudit import shipped
from casaudit.engine.check import load_rulebook
from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.report import FORMATS
from tests.support.scale import large_snapshot
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
snapshot = large_snapshot(int(sys.argv[2]))
found = assess(snapshot, load_rulebook(shipped.RULES), Question(), sha256="0" * 64)
before = peak()
begun = time.process_time(); files = FORMATS[sys.argv[1]](found)
spent = time.process_time() - begun
size = sum(map(len, files.values())) / 2**20
print(len(found.findings), len(found.failures), f"{spent:.2f} {size:.1f}", before, peak())
"""

_RENDER = """
import resource, sys, time
from pathlib import Path
from casaudit import shipped
from casaudit.engine.check import load_rulebook
from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.report.html.page import files
from tests.support.scale import large_snapshot
book, snapshot = load_rulebook(shipped.RULES), large_snapshot(int(sys.argv[1]))
found = assess(snapshot, book, Question(), sha256="bench")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
begun = time.process_time(); html = files(found)["report.html"]
spent = time.process_time() - begun
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
Path(sys.argv[2]).write_bytes(html)
print(len(found.findings), len(found.failures), len(found.causes), f"{spent:.2f}",
      f"{len(html) / 1e6:.1f}", before, after)
"""

_EXPORT = """
import resource, sys, time
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from casaudit import cli
begun = time.process_time()
with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
    code = cli.run(sys.argv[1:])
print(code, f"{time.process_time() - begun:.1f}",
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""

_COLLECT = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from casaudit.collect.ldap import Credentials, Password, Trust, open_directory
from casaudit.collect.exchange import collect_directory
url, ca, user, password = sys.argv[1:]
credentials = Credentials("simple", user, Password(password))
begun = time.perf_counter()
with open_directory(url, credentials, Trust(Path(ca))) as directory:
    found = collect_directory(directory, url, datetime.now(UTC))
print(time.perf_counter() - begun, len(found.databases))
"""


def main() -> None:
    """Print every measurement."""
    start()
    evaluation()
    second_snapshot()
    papers()
    report()
    export()
    if lacking := packages.missing():
        print(f"\ndirectory: not measured, the lab needs {', '.join(lacking)}")
        return
    with running() as lab, lab.crowded_directory() as directory:
        collection(lab, directory)


def start() -> None:
    """Compare the start of the command line with that of Python itself."""
    print("start, median of several, seconds")
    for name, words in {
        "python -c pass": ["-c", "pass"],
        "casaudit --help": ["-m", "casaudit", "--help"],
        "casaudit rules list": ["-m", "casaudit", "rules", "list"],
    }.items():
        spent = statistics.median(_timed([sys.executable, *words]) for _ in range(ROUNDS))
        print(f"  {name:<22}{spent:8.3f}")


def evaluation() -> None:
    """Judge organisations of growing size by all rules."""
    print("\nevaluation of all rules")
    heads = ("databases", "servers", "sites", "rules", "verdicts", "failures", "CPU s")
    print("  " + " ".join(f"{head:>9}" for head in heads), "MiB before  MiB peak  each")
    for size in SIZES:
        found = _run([sys.executable, "-c", _EVALUATE, str(size)]).split()
        *columns, before, after = found
        each = float(columns[-1]) / int(columns[0]) * 1e6
        line = " ".join(f"{column:>9}" for column in columns)
        print(f"  {line} {before:>10} {after:>9} {each:>5.0f} us")


def second_snapshot() -> None:
    """Judge one small organisation after another: by new judges, and by one that is kept."""
    print("\nsecond snapshot, CPU ms; goal of a kept judge: 35")
    heads = ("servers", "databases", "new judge", "first", "best", "median")
    print("  " + " ".join(f"{head:>10}" for head in heads))
    columns = _run([sys.executable, "-c", _SECOND]).split()
    print("  " + " ".join(f"{column:>10}" for column in columns))


def papers() -> None:
    """Write the reports of an organisation with more than 50,000 verdicts."""
    print(f"\nreports on {PAPERS_SIZE:,} databases; the memory before is that of the judgement")
    heads = ("format", "verdicts", "failures", "CPU s", "MiB size", "MiB before", "MiB peak")
    print("  " + " ".join(f"{head:>10}" for head in heads))
    for name in PAPERS:
        found = _run([sys.executable, "-c", _PAPERS, name, str(PAPERS_SIZE)]).split()
        print("  " + " ".join(f"{column:>10}" for column in (name, *found)))


def report() -> None:
    """Write report.html for organisations of growing size and open it in Chromium."""
    print("\nreport.html in Chromium: seconds until it is there, after a filter, after the")
    print("slowest menu entry; and by how many pixels the worst menu entry misses its section")
    heads = ("verdicts", "failures", "causes", "seconds", "MB", "MiB before", "MiB peak")
    opened = ("opened", "filtered", "menu", "missed")
    print("  " + " ".join(f"{head:>10}" for head in (*heads, *opened)))
    with TemporaryDirectory() as folder:
        for size in REPORT_SIZES:
            path = Path(folder) / f"{size}.html"
            columns = _run([sys.executable, "-c", _RENDER, str(size), str(path)]).split()
            line = " ".join(f"{column:>10}" for column in columns)
            print(f"  {line} {_opened(path)}")


def export() -> None:
    """Collect from and audit an export of about 100 MB."""
    with TemporaryDirectory() as folder:
        path, out = Path(folder) / "large.ldf", Path(folder) / "out"
        objects = write_export(path, EXPORTED)
        print(f"\nexport of {objects:,} objects, {path.stat().st_size / 1e6:.0f} MB")
        print("  " + " ".join(f"{head:>10}" for head in ("command", "code", "CPU s", "MiB peak")))
        options = [str(path), "--no-dns", "--no-tls", "-o"]
        for words in (["collect", *options, f"{folder}/s.json"], ["audit", *options, str(out)]):
            columns = _run([sys.executable, "-c", _EXPORT, *words]).split()
            print("  " + " ".join(f"{column:>10}" for column in (words[0], *columns)))


def _opened(path: Path) -> str:
    """Open a report, then look for a database by its name."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return "no Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(path.as_uri())
        loaded = page.evaluate("performance.getEntriesByType('navigation')[0].duration") / 1_000
        begun = time.perf_counter()
        page.fill("input[name=q]", "DB0001-01")
        page.wait_for_function("document.body.classList.contains('filtered')")
        filtered = time.perf_counter() - begun
        page.click("form.filter button[type=reset]")
        clicked = [_clicked(page, link) for link in page.locator("nav a").all()]
        browser.close()
    slowest, missed = (max(column) for column in zip(*clicked, strict=True))
    return f"{loaded:>10.2f} {filtered:>10.2f} {slowest:>10.2f} {missed:>10.0f}"


def _clicked(page: Page, link: Locator) -> tuple[float, float]:
    """Click a menu entry: seconds until its section is drawn, and how far from the top it is."""
    page.evaluate("scrollTo(0, 0)")
    begun = time.perf_counter()
    link.evaluate("link => link.click()")
    page.evaluate("new Promise(done => setTimeout(() => requestAnimationFrame(done)))")
    spent = time.perf_counter() - begun
    top = "href => document.querySelector(href).getBoundingClientRect().top"
    return spent, abs(page.evaluate(top, link.get_attribute("href")))


def collection(lab: Lab, directory: Directory) -> None:
    """Read a directory side by side with ldapsearch asking the same filters.

    ldapsearch logs in anew for each filter; what that costs is measured and taken off too.
    """
    url = f"ldaps://{directory.address}"
    login = [shutil.which("ldapsearch") or "ldapsearch", "-x", "-LLL", "-H", url]
    login += ["-D", AUDITOR.user, "-w", AUDITOR.password]
    asked = [[*login, *question] for question in _questions(url)]
    os.environ["LDAPTLS_CACERT"] = str(lab.ca_file)
    ours, theirs, logins = [], [], []
    databases = ""
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", _COLLECT, url, str(lab.ca_file)]
        spent, databases = _run([*command, AUDITOR.user, AUDITOR.password]).split()
        ours.append(float(spent))
        theirs.append(sum(_timed(question) for question in asked))
        logins.append(sum(_timed([*login, "-b", "", "-s", "base", "1.1"]) for _ in asked[1:]))
    mine, other = statistics.median(ours), statistics.median(theirs)
    less = other - statistics.median(logins)
    print(f"\ndirectory of {databases} databases, median of {ROUNDS}, seconds")
    asked_by = f"ldapsearch, the same {len(asked)} searches"
    print(f"  {'casaudit':<34}{mine:8.2f}")
    print(f"  {asked_by:<34}{other:8.2f}   ratio {mine / other:.2f}")
    print(f"  {'  less its further logins':<34}{less:8.2f}   ratio {mine / less:.2f}")


def _questions(url: str) -> Iterator[list[str]]:
    """Yield what ldapsearch is asked for every search of the plan."""
    plan = _run([sys.executable, "-m", "casaudit", "collect", url, "--plan"]).splitlines()
    configuration = f"CN=Configuration,DC={addresses.DOMAIN.replace('.', ',DC=')}"
    names = {
        "(rootDSE)": "",
        "<SchemaNC>": f"CN=Schema,{configuration}",
        "<ConfigNC>": configuration,
        "<AdminGroup>": "CN=Exchange Administrative Group (FYDIBOHF23SPDLT)",
        "<Organization>": "CN=ESP",
    }
    for line, attributes in itertools.pairwise(plan):
        if line.startswith("LDAP"):
            _, base, scope, query = line.split("  ")
            for placeholder, name in names.items():
                base = base.replace(placeholder, name)
            paged = ["-E", "pr=500/noprompt"] if base else []
            scope = scope.removesuffix("tree")
            yield [*paged, "-b", base, "-s", scope, query, *attributes.strip().split(",")]


def _timed(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    _run(command)
    return time.perf_counter() - begun


def _run(command: Sequence[str]) -> str:
    root = Path(__file__).resolve().parent.parent
    found = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True)
    return found.stdout


if __name__ == "__main__":
    main()
