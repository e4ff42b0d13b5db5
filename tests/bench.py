"""Speed and memory, each beside something to compare it with, in one run: ``make bench``.

These machines are noisy: read the ratios, not the seconds. Each measurement runs in a
process of its own, so that its peak memory is its own.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.lab import addresses, packages
from tests.lab.accounts import AUDITOR
from tests.lab.directory import Directory
from tests.lab.whole import Lab, running

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 5

_EVALUATE = """
import resource, sys, time
from casaudit import shipped
from casaudit.judge.check import load_rulebook
from casaudit.judge.evaluate import Question, evaluate
from tests.scale import large_snapshot
begun = time.perf_counter(); book = load_rulebook(shipped.RULES); loaded = time.perf_counter() - begun
snapshot = large_snapshot(int(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
begun = time.perf_counter(); found = evaluate(snapshot, book, Question(), sha256="bench")
spent = time.perf_counter() - begun
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(len(snapshot.databases), len(snapshot.servers), len(snapshot.sites), len(book.rules),
      len(found.findings), len(found.failures), f"{loaded:.2f}", f"{spent:.2f}", before, after)
"""

_COLLECT = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from casaudit.collect.directory import Credentials, Password, Trust, open_directory
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
    if lacking := packages.missing():
        print(f"\ndirectory: not measured, the lab needs {', '.join(lacking)}")
        return
    with running() as lab, lab.crowded_directory() as directory:
        collection(lab, directory)


def start() -> None:
    """Compare the start of the command line with that of Python itself."""
    print("start, median of several, seconds")
    for name, command in {
        "python -c pass": [sys.executable, "-c", "pass"],
        "casaudit --help": [sys.executable, "-m", "casaudit", "--help"],
        "casaudit rules list": [sys.executable, "-m", "casaudit", "rules", "list"],
    }.items():
        print(f"  {name:<22}{_median(lambda c=command: _run(c)):8.3f}")


def evaluation() -> None:
    """Judge organisations of growing size by all rules."""
    print("\nevaluation of all rules")
    print(
        f"  {'databases':>9} {'servers':>8} {'sites':>6} {'rules':>6} {'verdicts':>9} {'failures':>9}"
        f" {'seconds':>8} {'MiB before':>11} {'MiB peak':>9} {'time per database':>18}"
    )
    for size in SIZES:
        found = _run([sys.executable, "-c", _EVALUATE, str(size)]).split()
        databases, servers, sites, rules, verdicts, failures, _, spent, before, after = found
        each = float(spent) / int(databases) * 1e6
        print(
            f"  {databases:>9} {servers:>8} {sites:>6} {rules:>6} {verdicts:>9} {failures:>9}"
            f" {spent:>8} {before:>11} {after:>9} {each:>15.0f} us"
        )


def collection(lab: Lab, directory: Directory) -> None:
    """Read a directory side by side with ldapsearch asking the same filters."""
    url = f"ldaps://{directory.address}"
    asked = _questions(lab, url)
    environment = {**os.environ, "LDAPTLS_CACERT": str(lab.ca_file)}
    ours, theirs = [], []
    databases = ""
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", _COLLECT, url, str(lab.ca_file)]
        spent, databases = _run([*command, AUDITOR.user, AUDITOR.password]).split()
        ours.append(float(spent))
        begun = time.perf_counter()
        for question in asked:
            subprocess.run(question, env=environment, stdout=subprocess.DEVNULL, check=False)
        theirs.append(time.perf_counter() - begun)
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"\ndirectory of {databases} databases, median of {ROUNDS}, seconds")
    print(f"  {'casaudit':<22}{mine:8.2f}")
    print(f"  {'ldapsearch, same ' + str(len(asked)):<22}{other:8.2f}   ratio {mine / other:.2f}")


def _questions(lab: Lab, url: str) -> list[list[str]]:
    """Return an ldapsearch command for every search of the plan."""
    plan = _run([sys.executable, "-m", "casaudit", "collect", url, "--plan"]).splitlines()
    group = "CN=Exchange Administrative Group (FYDIBOHF23SPDLT)"
    configuration = f"CN=Configuration,DC={addresses.DOMAIN.replace('.', ',DC=')}"
    names = {
        "(rootDSE)": "",
        "<SchemaNC>": f"CN=Schema,{configuration}",
        "<ConfigNC>": configuration,
        "<AdminGroup>": group.removeprefix("CN="),
        "CN=<AdminGroup>": group,
        "<Organization>": "CN=ESP",
    }
    tool = shutil.which("ldapsearch") or "ldapsearch"
    login = ["-x", "-LLL", "-H", url, "-D", AUDITOR.user, "-w", AUDITOR.password]
    commands = []
    for line, attributes in zip(plan, plan[1:], strict=False):
        if not line.startswith("LDAP"):
            continue
        _, base, scope, query = line.split("  ")
        for placeholder, name in names.items():
            base = base.replace(placeholder, name)
        scope = "sub" if scope == "subtree" else scope
        search = ["-E", "pr=500/noprompt", "-b", base, "-s", scope, query]
        commands.append([tool, *login, *search, *attributes.strip().split(",")])
    return commands


def _median(run: Callable[[], object]) -> float:
    spent = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def _run(command: Sequence[str]) -> str:
    root = Path(__file__).resolve().parent.parent
    found = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True)
    return found.stdout


if __name__ == "__main__":
    main()
