"""Checking an auditor pack: whatever differs is noticed and named."""

import base64
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from typer.testing import CliRunner, Result

from casaudit.cli import app
from casaudit.cli.file_set import FileSet
from casaudit.cli.signing import PASSWORD_VARIABLE
from casaudit.errors import CasauditError, SourceError, UsageError
from casaudit.report.pack import Options, files
from casaudit.shipped import SAMPLES
from tests.support.assessments import sample
from tests.support.running import casaudit

SNAPSHOT = SAMPLES / "article-a" / "snapshot.json"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SIGNED = files(sample("article-a"), Options(sign=KEY.sign))


def verify(folder: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["verify", str(folder), *map(str, arguments)])


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    write_files(tmp_path, SIGNED)
    return tmp_path / "pack"


@pytest.fixture
def public_key(tmp_path: Path) -> Path:
    return public(KEY, tmp_path / "public.pem")


def public(key: Ed25519PrivateKey, path: Path) -> Path:
    form = PublicFormat.SubjectPublicKeyInfo
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, form))
    return path


def private(key: Ed25519PrivateKey, path: Path, password: bytes | None = None) -> Path:
    hidden = BestAvailableEncryption(password) if password else NoEncryption()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden))
    return path


def test_a_pack_as_it_was_written_differs_nowhere(pack: Path, public_key: Path) -> None:
    found = verify(pack, "--public-key", public_key)
    assert found.exit_code == 0
    assert f"{len(SIGNED)} files, none differs" in found.output
    assert "signed by the given key" in found.output
    assert sample("article-a").snapshot_sha256 in found.output


def test_without_a_key_the_signature_is_not_taken_for_checked(pack: Path) -> None:
    found = verify(pack)
    assert (found.exit_code, "give --public-key" in found.output) == (0, True)


@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("name", sorted(name.removeprefix("pack/") for name in SIGNED))
def test_one_changed_byte_is_noticed_and_its_file_named(
    pack: Path, name: str, place: float
) -> None:
    content = bytearray((pack / name).read_bytes())
    content[int(place * (len(content) - 1))] ^= 1
    (pack / name).write_bytes(content)
    found = verify(pack)
    assert found.exit_code == 1
    named = {line.partition(":")[0] for line in found.output.splitlines()}
    # A manifest that lists a file by another name makes two of one: missing, and too much.
    assert named <= {name, "SHA256SUMS", "manifest.json"} or name == "manifest.json"
    assert f"{name}:" in found.output


@pytest.mark.parametrize("name", sorted(name.removeprefix("pack/") for name in SIGNED))
def test_a_missing_file_is_named(pack: Path, name: str) -> None:
    (pack / name).unlink()
    found = verify(pack)
    if name == "manifest.json":
        assert isinstance(found.exception, SourceError)
    else:
        assert found.exit_code == 1
        assert f"{name}: " in found.output


def test_a_file_too_much_a_link_and_a_folder_are_named(pack: Path) -> None:
    (pack / "more.csv").write_text("")
    (pack / "link").symlink_to(pack / "gaps.csv")
    (pack / "folder").mkdir()
    lines = verify(pack).output.splitlines()
    assert lines == ["folder: not a file", "link: not a file", "more.csv: not part of the pack"]


def forged(pack: Path) -> None:
    """Change a table and every hash of it, as someone would who means it."""
    table = pack / "findings.csv"
    old = hashlib.sha256(table.read_bytes()).hexdigest()
    table.write_bytes(table.read_bytes().replace(b'"fail"', b'"pass"'))
    new = hashlib.sha256(table.read_bytes()).hexdigest()
    listed = pack / "manifest.json"
    before = hashlib.sha256(listed.read_bytes()).hexdigest()
    listed.write_text(listed.read_text().replace(old, new))
    after = hashlib.sha256(listed.read_bytes()).hexdigest()
    sums = pack / "SHA256SUMS"
    sums.write_text(sums.read_text().replace(old, new).replace(before, after))


def test_a_forged_table_with_forged_hashes_fails_the_signature(
    pack: Path, public_key: Path
) -> None:
    forged(pack)
    assert verify(pack).exit_code == 0
    found = verify(pack, "--public-key", public_key)
    assert found.exit_code == 1
    assert found.output == "manifest.sig: no valid signature of that key\n"


def test_the_signature_of_somebody_else_is_none(pack: Path, tmp_path: Path) -> None:
    found = verify(pack, "--public-key", public(OTHER, tmp_path / "other.pem"))
    assert (found.exit_code, "no valid signature" in found.output) == (1, True)


def test_who_asks_for_a_signature_does_not_accept_a_pack_without(
    tmp_path: Path, public_key: Path
) -> None:
    write_files(tmp_path, files(sample("article-a")))
    assert "not signed" in verify(tmp_path / "pack").output
    assert verify(tmp_path / "pack", "--public-key", public_key).exit_code == 1


def test_a_snapshot_can_be_proven_to_be_the_one(pack: Path) -> None:
    other = SAMPLES / "article-b" / "snapshot.json"
    assert verify(pack, "--snapshot", SNAPSHOT).exit_code == 0
    found = verify(pack, "--snapshot", other)
    assert found.exit_code == 1
    assert found.output == f"{other}: not the snapshot that the pack was made from\n"


MANIFESTS: dict[str, Callable[[dict[str, object]], object]] = {
    "a path out of the folder": lambda told: told | {"files": [entry("../secret.txt")]},
    "a newer format": lambda told: told | {"schema": "casaudit/pack/2"},
    "a key that is not known": lambda told: told | {"extra": 1},
    "no object": lambda told: [told],
}


def entry(name: str) -> dict[str, object]:
    return {"name": name, "sha256": "0" * 64, "bytes": 0, "rows": None, "columns": None}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_is_none_is_refused(pack: Path, name: str) -> None:
    listed = pack / "manifest.json"
    listed.write_text(json.dumps(MANIFESTS[name](json.loads(listed.read_text()))))
    (pack / "SHA256SUMS").unlink()
    assert isinstance(verify(pack).exception, SourceError)


def test_what_is_no_pack_and_no_key_are_two_kinds_of_error(pack: Path, tmp_path: Path) -> None:
    rsa = generate_private_key(65537, 2048).public_key()
    form = PublicFormat.SubjectPublicKeyInfo
    (tmp_path / "rsa.pem").write_bytes(rsa.public_bytes(Encoding.PEM, form))
    assert isinstance(verify(tmp_path / "nothing").exception, SourceError)
    for key in (tmp_path / "none.pem", tmp_path / "rsa.pem", pack / "gaps.csv"):
        assert isinstance(verify(pack, "--public-key", key).exception, UsageError)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_accepts_the_pack(pack: Path) -> None:
    command = ["sha256sum", "--strict", "--check", "SHA256SUMS"]
    done = subprocess.run(command, cwd=pack, capture_output=True, text=True, check=True)
    assert done.stdout.count(": OK\n") == len(SIGNED) - 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
def test_openssl_accepts_the_signature(pack: Path, public_key: Path) -> None:
    raw = pack.parent / "signature"
    raw.write_bytes(base64.b64decode((pack / "manifest.sig").read_bytes()))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(public_key), "-rawin"]
    command += ["-in", str(pack / "manifest.json"), "-sigfile", str(raw)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Signature Verified Successfully" in done.stdout


def report(folder: Path, *arguments: object, **more: str) -> str:
    common = ("report", SNAPSHOT, "-o", folder, "--format", "pack", "--fail-on", "never")
    done = casaudit(*common, *arguments, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_signs_with_an_encrypted_key_and_takes_an_old_signature_away(
    tmp_path: Path, public_key: Path
) -> None:
    key = private(KEY, tmp_path / "sign.pem", b"correct horse")
    signed = report(tmp_path, "--sign-key", key, **{PASSWORD_VARIABLE: "correct horse"})
    assert str(tmp_path / "pack") in signed and "horse" not in signed
    assert verify(tmp_path / "pack", "--public-key", public_key).exit_code == 0
    report(tmp_path)
    assert not (tmp_path / "pack" / "manifest.sig").exists()
    assert verify(tmp_path / "pack").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sign-key", "sign.pem", "--format", "pack"), "the password is wrong"),
        (("--sign-key", "none.pem", "--format", "pack"), "cannot be read"),
        (("--sign-key", "sign.pem", "--format", "html"), "need one"),
        (("--attestations", "none.csv", "--format", "pack"), "cannot be read"),
        (("--sample-size", "0", "--format", "pack"), "--sample-size"),
    ],
)
def test_what_cannot_work_is_said_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    private(KEY, tmp_path / "sign.pem", b"correct horse")
    there = [str(tmp_path / a) if a.endswith((".pem", ".csv")) else a for a in arguments]
    folder = tmp_path / "out"
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong battery")
    done = CliRunner().invoke(app, ["report", str(SNAPSHOT), "-o", str(folder), *there])
    told = f"{done.exception} {done.output}"
    assert said in told and "battery" not in told
    assert isinstance(done.exception, CasauditError | SystemExit)
    assert not folder.exists() or not list(folder.iterdir())


def test_a_sample_that_was_filled_in_is_not_written_over(tmp_path: Path) -> None:
    report(tmp_path, "--sample-size", 1)
    sheet = tmp_path / "pack" / "sample.csv"
    filled = sheet.read_bytes().replace(b'"","","","","",""', b'"me","","","differs","",""')
    sheet.write_bytes(filled)
    common = ("report", SNAPSHOT, "-o", tmp_path, "--format", "pack")
    for more in ((), ("--attestations", sheet)):
        done = casaudit(*common, *more)
        assert (done.returncode, "was filled in" in done.stderr) == (2, True)
    assert sheet.read_bytes() == filled


def test_another_seed_and_size_come_from_the_command(tmp_path: Path) -> None:
    report(tmp_path, "--sample-size", 7, "--sample-seed", "our year 2026")
    told = json.loads((tmp_path / "pack" / "manifest.json").read_bytes())
    assert told["sample"] == {"size": 7, "seed": "our year 2026", "drawn": 7}
    assert b"our year 2026" in (tmp_path / "pack" / "README.txt").read_bytes()


def write_files(folder: Path, contents: dict[str, bytes]) -> None:
    """Write files as the commands do."""
    with FileSet(folder) as written:
        written.add(contents)
        written.place()


@pytest.mark.parametrize(
    "name", ["../x", "/x", "pack/../../x", "", ".", "pack\\x", "c:x", "pack/c:x", "//host/x"]
)
def test_nothing_is_written_outside_the_output_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(ValueError, match="below a folder"):
        write_files(tmp_path / "out", {"good.txt": b"", name: b""})
    assert [path.name for path in tmp_path.rglob("*")] == ["out"]


def test_nothing_is_written_through_a_linked_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "pack").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(UsageError, match="symbolic link"):
        write_files(tmp_path / "out", {"pack/x": b""})
    assert not list((tmp_path / "elsewhere").iterdir())
