"""Exports of the lab's directory, made as the README says and as people really make them.

``ldapsearch`` stands for ``ldifde``: it asks the same base, scope and filter, and tells more.
Whatever an export looks like, the findings are those of the live directory.
"""

import gzip
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab import addresses, client
from tests.lab.accounts import AUDITOR
from tests.lab.test_end_to_end import CA, DIRECTORY_ONLY, LDAPS, judged, run
from tests.lab.whole import Lab

pytestmark = pytest.mark.lab

README = Path(__file__).resolve().parent.parent.parent / "README.md"
EXAMPLE = "DC=corp,DC=example"
SCOPES = {"subtree": "sub", "onelevel": "one", "base": "base"}
# Small pages, so that their ends stand between the entries.
PAGED = ("-E", "pr=40/noprompt")


def lines() -> list[list[str]]:
    """The words of every line of the README that calls ldifde."""
    text = README.read_text(encoding="utf-8").splitlines()
    return [shlex.split(line) for line in text if line.startswith("ldifde ")]


def exported(lab: Lab, folder: Path) -> list[Path]:
    """Make the exports that the README tells to make, of the lab's own domain."""
    domain = "DC=" + addresses.DOMAIN.replace(".", ",DC=")
    paths = []
    for words in lines():
        options = dict(zip(words[1::2], words[2::2], strict=True))
        base = options["-d"].replace(EXAMPLE, domain)
        paths.append(folder / options["-f"])
        told = client.printed(
            LDAPS, AUDITOR, lab.ca_file, "-b", base, "-s", SCOPES[options["-p"]], *PAGED,
            options.get("-r", "(objectClass=*)"),
        )  # fmt: skip
        paths[-1].write_text(told, encoding="utf-8")
    return paths


@pytest.fixture(scope="module")
def exports(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return exported(lab, tmp_path_factory.mktemp("exports"))


Found = set[tuple[str, str, str, str | None]]


@pytest.fixture(scope="module")
def live(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Found:
    out = tmp_path_factory.mktemp("live")
    run(lab, "audit", LDAPS, "--ca-file", CA, "-o", out, "--format", "json", *DIRECTORY_ONLY)
    return judged(out)


def audited(lab: Lab, folder: Path, *sources: Path) -> Found:
    run(lab, "audit", *sources, "-o", folder, "--format", "json", *DIRECTORY_ONLY)
    return judged(folder)


def test_the_readme_s_export_lacks_nothing(
    lab: Lab, exports: list[Path], live: Found, tmp_path: Path
) -> None:
    told = exports[0].read_text(encoding="utf-8")
    # What stands between the entries, or no test of it was made.
    assert "\nref: ldap" in told and "\nresult: 0 Success\n" in told and "\npagedresults: " in told
    assert audited(lab, tmp_path, *exports) == live


Change = Callable[[list[Path], Path], list[Path]]


def as_one(paths: list[Path], folder: Path) -> list[Path]:
    """As ``copy a.ldf+b.ldf`` does."""
    joined = folder / "joined.ldf"
    joined.write_bytes(b"".join(each.read_bytes() for each in paths))
    return [joined]


def rewritten(change: Callable[[bytes], bytes], ending: str = ".ldf") -> Change:
    def write(paths: list[Path], folder: Path) -> list[Path]:
        made = [folder / each.with_suffix(ending).name for each in paths]
        for old, new in zip(paths, made, strict=True):
            new.write_bytes(change(old.read_bytes()))
        return made

    return write


def in_half(paths: list[Path], folder: Path) -> list[Path]:
    records = paths[0].read_bytes().split(b"\n\n")
    halves = [folder / "first.ldf", folder / "second.ldf"]
    for path, part in zip(halves, (records[::2], records[1::2]), strict=True):
        path.write_bytes(b"\n\n".join(part) + b"\n")
    return [*reversed(paths[1:]), *reversed(halves)]


def wide(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n").decode("utf-8").encode("utf-16")


WAYS: dict[str, Change] = {
    "joined": as_one,
    "one in UTF-16 joined to one in UTF-8": lambda paths, folder: as_one(
        [*rewritten(wide)(paths[:1], folder), *paths[1:]], folder
    ),
    "in UTF-16 with CR LF, as ldifde -u": rewritten(wide),
    "with a byte order mark": rewritten(lambda data: b"\xef\xbb\xbf" + data),
    "packed": rewritten(gzip.compress, ".ldf.gz"),
    "in halves": in_half,
    "unfolded": rewritten(lambda data: data.replace(b"\n ", b"")),
    "without objectGUID, as ldifde -m": rewritten(
        lambda data: re.sub(rb"(?m)^object(GUID|Sid)::.*\n( .*\n)*", b"", data)
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_however_it_is_written_an_export_gives_the_same_findings(
    lab: Lab, exports: list[Path], live: Found, way: Change, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert audited(lab, out, *way(exports, tmp_path)) == live
