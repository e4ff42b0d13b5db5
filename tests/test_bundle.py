"""The bundle for closed networks: every Python finds its wheels, and nothing else is asked for."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from uv import find_uv_bin

from tests.bundle import (
    COMPILED,
    PLATFORMS,
    PYTHONS,
    ROOT,
    Platform,
    lacking,
    make,
    pack,
    pins,
    scripts,
)
from tests.support.running import WATCHDOG

WINDOWS, LINUX = PLATFORMS
OF_UV = {WINDOWS.name: "x86_64-pc-windows-msvc", LINUX.name: "x86_64-manylinux2014"}
"""What uv calls a platform: the same wheels as the tags of the bundle."""


def without_wheel(platform: Platform, python: str, file: str, folder: Path) -> str:
    """What uv says of a list of which it may install wheels only; empty where it would."""
    command = (find_uv_bin(), "pip", "install", "--dry-run", "--no-config", "--no-deps")
    where = ("--target", str(folder), "--python-platform", OF_UV[platform.name])
    what = ("--python-version", python, "--only-binary", ":all:", "--require-hashes")
    done = subprocess.run(
        [*command, *where, *what, "-r", str(ROOT / "requirements" / file)],
        capture_output=True,
        text=True,
        timeout=WATCHDOG,
    )
    return done.stderr if done.returncode else ""


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda each: each.name)
def test_every_library_has_a_wheel(platform: Platform, python: str, tmp_path: Path) -> None:
    assert without_wheel(platform, python, "runtime.txt", tmp_path) == ""


@pytest.mark.slow
def test_what_the_bundle_compiles_has_no_wheel(tmp_path: Path) -> None:
    said = without_wheel(LINUX, "3.11", "lab.txt", tmp_path)
    # uv names the first that it meets.
    assert "no usable wheels" in said and any(name in said for name in COMPILED), said


def test_the_libraries_are_those_of_the_platform() -> None:
    windows, linux = (pins("runtime.txt", each, "3.12").keys() for each in PLATFORMS)
    assert (windows - linux, linux - windows) == ({"colorama", "sspilib"}, set())


@pytest.mark.parametrize(
    ("file", "fits"),
    {
        "cffi-2.1.1-cp312-cp312-win_amd64.whl": True,
        "cffi-2.1.1-cp311-cp311-win_amd64.whl": False,
        "cffi-2.1.1-cp311-abi3-win_amd64.whl": True,
        "cffi-2.1.1-cp313-abi3-win_amd64.whl": False,
        "cffi-2.1.1-py3-none-any.whl": True,
        "cffi-2.1.1-cp312-cp312-win_arm64.whl": False,
        "cffi-2.1.1-cp312-cp312-win32.whl": False,
        "cffi-2.1.1-cp312-cp312-manylinux_2_17_x86_64.whl": False,
        "cffi-2.1.1.tar.gz": False,
    }.items(),
)
def test_a_wheel_of_another_python_or_platform_is_none(file: str, fits: bool) -> None:
    assert ("cffi" not in lacking([file], WINDOWS, "3.12")) is fits


def test_the_script_for_windows_is_one_that_cmd_can_read() -> None:
    script = scripts(WINDOWS, {})["install.cmd"]
    lines = script.decode("ascii").split("\r\n")
    assert "\n" not in "".join(lines) and lines.pop() == ""
    assert lines[0] == "@echo off" and "setlocal" in lines
    for line in lines:
        assert line.count('"') % 2 == 0, line
        # Folders have spaces and brackets; delayed expansion would eat an exclamation mark.
        assert not re.search(r'(?<!")%~dp0', line), line
        assert "enabledelayedexpansion" not in line.lower()
    labels = {line[1:] for line in lines if line.startswith(":")}
    assert set(re.findall(r"goto (\w+)", "\n".join(lines))) == labels
    assert [line for line in lines if line.startswith("exit")] == [
        "exit /b %ERRORLEVEL%",
        "exit /b 3",
    ]
    # The code of the script is that of install.py: nothing may stand between.
    assert lines.index('%PYTHON% "%~dp0install.py" %*') == lines.index("exit /b %ERRORLEVEL%") - 1


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda each: each.name)
def test_the_scripts_look_for_the_pythons_that_have_wheels(platform: Platform) -> None:
    script = scripts(platform, {})[platform.script].decode()
    tuples = "[" + ", ".join(f"({each.replace('.', ', ')})" for each in PYTHONS) + "]"
    assert f"sys.version_info[:2] not in {tuples}" in script
    first = re.search(r"(?:for %%V in \(|for python in )(.+?)(?:\)|;)", script)
    assert first is not None
    assert re.findall(r"3\.\d+", first[1]) == sorted(PYTHONS, reverse=True)


@pytest.mark.skipif(shutil.which("sh") is None, reason="no sh on this machine")
def test_the_script_for_linux_says_what_it_looked_for(tmp_path: Path) -> None:
    (tmp_path / "install.sh").write_bytes(scripts(LINUX, {})["install.sh"])
    (tmp_path / "dirname").symlink_to(str(shutil.which("dirname")))
    command = [str(shutil.which("sh")), str(tmp_path / "install.sh")]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 3
    assert "no Python 3.11, 3.12 or 3.13 was found" in done.stderr


def installed(folder: Path, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Run install.py as the scripts do, on a machine whose proxy answers nobody."""
    dead = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    return subprocess.run(
        [*apart(), sys.executable, str(folder / "install.py"), *map(str, arguments)],
        env={**os.environ, **dead, **more},
        capture_output=True,
        text=True,
        timeout=WATCHDOG,
    )


def apart() -> list[str]:
    """What runs a command where there is no network at all, for who may: root on Linux."""
    command = ["unshare", "--net"]
    found = shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True)
    return command if found and found.returncode == 0 else []


def own_python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"pythons": ["3.99"]}, f"is Python {own_python()}; the bundle is for CPython 3.99"),
        ({"platform": "win-arm64"}, "the bundle is for win-arm64"),
    ],
    ids=["another Python", "another system"],
)
def test_a_python_that_does_not_fit_is_told_so(
    about: dict[str, object], said: str, tmp_path: Path
) -> None:
    bundle = {"pythons": [own_python()], "platform": LINUX.python, "extras": []}
    texts = {"bundle.json": json.dumps({**bundle, **about})}
    for name, content in scripts(LINUX, texts).items():
        (tmp_path / name).write_bytes(content)
    done = installed(tmp_path)
    assert (done.returncode, said in done.stderr) == (3, True), done.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_bundle_of_the_same_files_has_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    (folder / "wheels").mkdir(parents=True)
    (folder / "install.sh").write_bytes(b"#!/bin/sh\n")
    (folder / "wheels/a.whl").write_bytes(b"a" * 1000)
    for name in ("one.zip", "two.zip"):
        pack(folder, tmp_path / name)
        os.utime(folder / "install.sh", (0, 1_500_000_000))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    script = zipfile.ZipFile(tmp_path / "one.zip").getinfo("bundle/install.sh")
    assert script.external_attr >> 16 & 0o111


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The bundle for this Python, unpacked into a folder whose name has a space."""
    if sys.platform != "linux":
        pytest.skip("the bundle for Linux is installed on Linux")
    place = tmp_path_factory.mktemp("closed network")
    path = make(replace(LINUX, extras=()), place, [own_python()])
    with zipfile.ZipFile(path) as archive:
        archive.extractall(place)
    yield place / path.stem


@pytest.mark.slow
def test_the_bundle_installs_where_there_is_no_network(unpacked: Path, tmp_path: Path) -> None:
    # What a machine says elsewhere to its own pip does not reach this one.
    done = installed(unpacked, PIP_INDEX_URL="https://index.invalid", PIP_REQUIRE_VIRTUALENV="0")
    assert (done.returncode, done.stderr) == (0, "")
    casaudit = unpacked / ".venv/bin/casaudit"
    assert f"Installed. Try it: {casaudit} demo" in done.stdout
    demo = [*apart(), str(casaudit), "demo", "-o", str(tmp_path / "out")]
    run = subprocess.run(demo, cwd=tmp_path, capture_output=True, text=True, timeout=WATCHDOG)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out/report.html").is_file()
    # docs/windows.md says how much of the 260 characters of a path is left.
    paths = (path.relative_to(unpacked / ".venv") for path in unpacked.glob(".venv/**/*"))
    assert max(len(str(path)) for path in paths) <= 120


@pytest.mark.slow
def test_the_bundle_holds_documents_and_samples(unpacked: Path) -> None:
    for name in ("README.md", "docs/windows.md", "samples/article-a/snapshot.json", "LICENSE"):
        assert (unpacked / name).is_file()
    listed = (unpacked / "requirements.txt").read_text("ascii").splitlines()
    assert len(listed) == len(list((unpacked / "wheels").iterdir()))


@pytest.mark.slow
def test_a_wheel_that_was_changed_is_not_installed(unpacked: Path, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(unpacked, folder, ignore=shutil.ignore_patterns(".venv", "docs", "samples"))
    (wheel,) = folder.glob("wheels/casaudit-*.whl")
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("casaudit/more.py", "")
    done = installed(folder, unpacked / ".venv")
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr and "requirements.txt" in done.stderr
    assert not list(unpacked.glob(".venv/lib/*/site-packages/casaudit/more.py"))
