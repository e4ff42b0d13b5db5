"""What installs casaudit without a network: ``python -m tests.bundle [PLATFORM ...]``.

A zip for each platform, in ``dist``: wheels for every Python, each file with its hash, a script
that installs them, samples and documents. ``dist/SHA256SUMS`` has the hashes of the zips.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from casaudit import __version__

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
"""For which versions of CPython a bundle has wheels."""
COMPILED = ("gssapi", "krb5")
"""What has no wheel for Linux anywhere: its source is compiled where it is installed."""
BUILDERS = ("cython", "setuptools")
"""What compiles it; pip finds both beside the sources."""
EXTRAS = {
    "translate": ("dev.txt", ("babel",)),
    "kerberos": ("lab.txt", (*COMPILED, "decorator", *BUILDERS)),
}
"""The extras of pyproject.toml: which list pins them, and what they need beside the runtime."""


class BundleError(Exception):
    """The bundle would not install: what it lacks."""


@dataclass(frozen=True, slots=True)
class Platform:
    """What a bundle is for.

    Attributes:
        name: In the name of the zip.
        python: What ``sysconfig.get_platform()`` says there.
        tags: Platform tags of wheels, the best first.
        markers: What differs from this machine where a requirement has a condition.
        extras: Names in ``EXTRAS``.
        script: What looks for a Python there and starts ``install.py``.
    """

    name: str
    python: str
    tags: tuple[str, ...]
    markers: Mapping[str, str]
    extras: tuple[str, ...]
    script: str


_WINDOWS = {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"}
_LINUX = {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"}
PLATFORMS = (
    Platform("windows-x64", "win-amd64", ("win_amd64",), _WINDOWS, ("translate",), "install.cmd"),
    Platform(
        "linux-x86_64",
        "linux-x86_64",
        ("manylinux_2_17_x86_64", "manylinux2014_x86_64"),
        _LINUX,
        ("kerberos", "translate"),
        "install.sh",
    ),
)


def pins(name: str, platform: Platform, python: str) -> dict[str, str]:
    """Return what a list of requirements/ pins for a platform: name to version and hashes."""
    here = {**platform.markers, "python_version": python, "python_full_version": f"{python}.0"}
    here |= {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, str] = {}
    for line in re.findall(r"^[a-z].*", text, re.MULTILINE):
        said, *hashes = re.split(r"\s+--hash=", line.strip())
        wanted = Requirement(said)
        # pip judges conditions by the Python that it runs in, whatever it downloads for.
        if wanted.marker is None or wanted.marker.evaluate(here):
            sums = "".join(f" --hash={each}" for each in hashes)
            found[canonicalize_name(wanted.name)] = f"{wanted.name}{wanted.specifier}{sums}"
    return found


def wanted_wheels(platform: Platform, python: str) -> dict[str, str]:
    """Return the pins of all that a bundle has as wheels."""
    found = pins("runtime.txt", platform, python)
    for file, names in map(EXTRAS.__getitem__, platform.extras):
        pinned = pins(file, platform, python)
        found |= {name: pinned[name] for name in names if name not in COMPILED}
    return found


def download(lines: Iterable[str], folder: Path, *options: str) -> None:
    """Fetch exactly what is pinned, each file checked by its hash."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "requirements.txt"
        path.write_text("\n".join(lines), encoding="utf-8")
        command = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
        where = ("--require-hashes", "--dest", str(folder), "--requirement", str(path))
        subprocess.run([*command, *options, *where], check=True)


def gather(folder: Path, platform: Platform, pythons: Sequence[str]) -> None:
    """Fill a folder with casaudit, its libraries and the extras of a platform."""
    for python in pythons:
        where = [f"--platform={tag}" for tag in platform.tags]
        options = ("--only-binary=:all:", "--implementation=cp", f"--python-version={python}")
        download(wanted_wheels(platform, python).values(), folder, *options, *where)
    if "kerberos" in platform.extras:
        sources = pins("lab.txt", platform, pythons[0])
        # pip asks a source for its name by running it, which needs the headers of Kerberos here.
        download((sources[name] for name in COMPILED), folder, f"--no-binary={','.join(COMPILED)}")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, stdout=subprocess.DEVNULL)


def tags(platform: Platform, python: str) -> set[Tag]:
    """Return the tags of the wheels that a Python there takes."""
    version = tuple(map(int, python.split(".")))
    name = f"cp{python.replace('.', '')}"
    own = cpython_tags(version, [name], platform.tags)
    return {*own, *compatible_tags(version, name, platform.tags)}


def lacking(files: Iterable[str], platform: Platform, python: str) -> set[str]:
    """Return the names of what has no wheel among the files for a Python of a platform."""
    fits = tags(platform, python)
    wheels = [parse_wheel_filename(file) for file in files if file.endswith(".whl")]
    have = {name for name, _, _, its_tags in wheels if its_tags & fits}
    return {"casaudit", *wanted_wheels(platform, python)} - have


def check(folder: Path, platform: Platform, pythons: Sequence[str]) -> None:
    """Refuse what would not install: a Python without its wheel, a source without its compiler."""
    files = [path.name for path in folder.iterdir()]
    for python in pythons:
        if missing := lacking(files, platform, python):
            named = ", ".join(sorted(missing))
            raise BundleError(f"{platform.name}, Python {python}: no wheel of {named}")
    pinned = {name: str(version) for name, version, _ in map(_named, folder.iterdir())}
    for source in folder.glob("*.tar.gz"):
        for asked in _asked_to_compile(source):
            found = pinned.get(canonicalize_name(asked.name), "none")
            if found == "none" or found not in asked.specifier:
                raise BundleError(f"{source.name} is compiled by {asked}; requirements has {found}")


def _named(path: Path) -> tuple[str, Version, Path]:
    """Return what a wheel or a source is of."""
    parse = parse_wheel_filename if path.suffix == ".whl" else parse_sdist_filename
    name, version, *_ = parse(path.name)
    return name, version, path


def _asked_to_compile(source: Path) -> list[Requirement]:
    """Return what a source says that it takes to compile it."""
    with tarfile.open(source) as archive:
        file = archive.extractfile(f"{source.name.removesuffix('.tar.gz')}/pyproject.toml")
        text = file.read().decode("utf-8") if file else ""
    return [Requirement(each) for each in tomllib.loads(text)["build-system"]["requires"]]


def lists(folder: Path, platform: Platform, pythons: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the lists that pip installs from: each file that is here, by its hash."""
    entries: dict[str, str] = {}
    for name, version, path in sorted(map(_named, folder.iterdir())):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries[name] = f"{entries.get(name, f'{name}=={version}')} --hash=sha256:{digest}"
    runtime = {name for each in pythons for name in pins("runtime.txt", platform, each)}
    yield "requirements.txt", _lines(entries, {"casaudit", *runtime})
    for extra in platform.extras:
        yield f"extra-{extra}.txt", _lines(entries, set(EXTRAS[extra][1]) - set(BUILDERS))


def _lines(entries: Mapping[str, str], names: set[str]) -> str:
    return "".join(f"{entries[name]}\n" for name in sorted(names))


def scripts(platform: Platform, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Return what installs a bundle, and its other texts, with the line ends of the platform."""
    own = ("READ-ME-FIRST.txt", "install.py", platform.script)
    files = {name: (ROOT / "offline" / name).read_text(encoding="utf-8") for name in own}
    # cmd.exe loses its place in a script whose lines end as those of Unix.
    end = "\r\n" if platform.script.endswith(".cmd") else "\n"
    return {name: text.replace("\n", end).encode() for name, text in {**files, **texts}.items()}


def lay_out(folder: Path, platform: Platform, pythons: Sequence[str]) -> None:
    """Put all that a bundle holds into a folder."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    gather(wheels, platform, pythons)
    check(wheels, platform, pythons)
    about = {"platform": platform.python, "pythons": pythons, "extras": platform.extras}
    texts = {"bundle.json": json.dumps(about, indent=1), **dict(lists(wheels, platform, pythons))}
    for name, content in scripts(platform, texts).items():
        (folder / name).write_bytes(content)
    for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in ("docs", "samples"):
        shutil.copytree(ROOT / name, folder / name)


def pack(folder: Path, target: Path) -> None:
    """Write a folder as a zip: the same bytes from the same files, whenever it is made."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix())
                entry.external_attr = (0o755 if path.suffix == ".sh" else 0o644) << 16
                packed = path.suffix in (".whl", ".gz")
                way = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes(), way)


def make(platform: Platform, target: Path, pythons: Sequence[str] = PYTHONS) -> Path:
    """Write the bundle of a platform into a folder; return the zip.

    Raises:
        BundleError: It would not install.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / f"casaudit-{__version__}-{platform.name}"
        lay_out(folder, platform, pythons)
        path = target / f"{folder.name}.zip"
        pack(folder, path)
    return path


def main() -> None:
    """Write the bundles that are asked for, or all, and their hashes."""
    known = {platform.name: platform for platform in PLATFORMS}
    asked = sys.argv[1:] or list(known)
    if unknown := set(asked) - set(known):
        sys.exit(f"no platform {', '.join(sorted(unknown))}: there are {', '.join(known)}")
    target = ROOT / "dist"
    target.mkdir(exist_ok=True)
    sums = []
    for name in asked:
        path = make(known[name], target)
        sums.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()} *{path.name}\n")
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.1f} MB")
    (target / "SHA256SUMS").write_text("".join(sums), encoding="ascii")


if __name__ == "__main__":
    main()
