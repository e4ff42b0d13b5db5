"""``notify`` against real servers on loopback: what comes, what is refused, what is never said."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path

import pytest
import trustme

from casaudit.findings import Assessment
from casaudit.notify import delivery
from casaudit.report.html import brief
from casaudit.report.json import files
from tests.support.listening import LOOPBACK, Talk, peer, refusing_port, repeating, saying
from tests.support.message_servers import beside, https_sink, mail_server
from tests.support.running import WATCHDOG, casaudit
from tests.support.situations import SITUATIONS

Run = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def context(authority: trustme.CA) -> ssl.SSLContext:
    return serving(authority, "localhost", LOOPBACK)


def serving(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(made)
    return made


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again without waiting, and through no proxy of this machine."""
    monkeypatch.setattr(delivery, "WAITS", (0.0, 0.0))
    monkeypatch.setenv("NO_PROXY", "*")


@cache
def report(month: int) -> dict[str, bytes]:
    judged = aged(SITUATIONS["article-a"](), month)
    return {**files(judged), **brief.files(judged)}


def aged(judged: Assessment, month: int) -> Assessment:
    later = judged.as_of + timedelta(days=30 * month)
    return replace(judged, as_of=later, collected_at=later)


def left(folder: Path, month: int = 0) -> Path:
    """A folder as ``report --format json,brief`` leaves it."""
    folder.mkdir(parents=True)
    for name, content in report(month).items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return left(tmp_path / "2026-11")


@dataclass(frozen=True)
class Operator:
    """Runs ``notify`` on a report, trusting the authority of the tests."""

    folder: Path
    ca_file: Path

    def __call__(self, *arguments: object, **more: str) -> Run:
        run = casaudit("notify", self.folder, "--ca-file", self.ca_file, *arguments, **more)
        assert "Traceback" not in run.stderr and "bug in casaudit" not in run.stderr, run.stderr
        return run


@pytest.fixture
def notify(folder: Path, ca_file: Path) -> Operator:
    return Operator(folder, ca_file)


def mailed(port: int, *more: object) -> tuple[object, ...]:
    addresses = ("--from", "audit@corp.example", "--to", "team@corp.example")
    return ("--smtp", f"localhost:{port}", *addresses, *more)


def secret_file(folder: Path, text: str) -> Path:
    path = folder / f"secret-{len(list(folder.iterdir()))}"
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_mail_arrives_over_starttls_with_text_page_and_brief(
    notify: Operator, context: ssl.SSLContext
) -> None:
    with mail_server(context) as server:
        run = notify(*mailed(server.port, "--to", "b@corp.example", "--link", "https://x.example"))
    assert run.returncode == 0, run.stderr
    assert f"mail server localhost:{server.port}: sent" in run.stderr
    ((sender, recipients, content, is_secret),) = server.mails
    assert (sender, is_secret) == ("audit@corp.example", True)
    assert recipients == ["team@corp.example", "b@corp.example"]
    message = message_from_bytes(content, _class=EmailMessage, policy=default)
    assert message["Subject"] == "casaudit ESP: 12 open"
    assert message["Message-ID"].endswith("@corp.example>")
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("brief.html", "text/html")
    assert attached.get_payload(decode=True) == (notify.folder / "brief.html").read_bytes()
    body = message.get_body(["html"])
    assert body is not None and '<a href="https://x.example">' in body.get_content()


def test_a_machine_whose_name_no_server_takes_sends_all_the_same(
    notify: Operator, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda *_: "BÜRO_PC.corp.example")
    with mail_server(context) as server:
        assert notify(*mailed(server.port)).returncode == 0
    assert len(server.mails) == 1


def test_tls_from_the_beginning(notify: Operator, context: ssl.SSLContext) -> None:
    with mail_server(context, implicit=True) as server:
        assert notify(*mailed(server.port, "--smtp-tls", "implicit")).returncode == 0
    assert [mail[3] for mail in server.mails] == [True]


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_certificate_that_is_not_trusted_gets_no_mail(
    wrong: str, implicit: bool, notify: Operator, authority: trustme.CA
) -> None:
    other = trustme.CA() if wrong == "authority" else authority
    context = serving(other, "localhost" if wrong == "authority" else "other.example")
    mode = ["--smtp-tls", "implicit"] if implicit else []
    with mail_server(context, implicit=implicit) as server:
        run = notify(*mailed(server.port, *mode))
    assert (run.returncode, server.mails) == (4, [])
    assert "its certificate is not trusted: " in run.stderr
    assert "hint:  name the certificate of the issuing authority with --ca-file" in run.stderr
    assert "once more" not in run.stderr


def test_a_server_without_starttls_gets_no_mail_unless_that_is_asked_for(notify: Operator) -> None:
    with mail_server() as server:
        run = notify(*mailed(server.port))
        assert (run.returncode, server.mails) == (4, [])
        assert "does not offer STARTTLS" in run.stderr
        assert notify(*mailed(server.port, "--smtp-tls", "none")).returncode == 0
    assert [mail[3] for mail in server.mails] == [False]


def test_a_login_goes_over_tls_with_the_password_of_a_file_or_a_variable(
    notify: Operator, context: ssl.SSLContext
) -> None:
    asked = ("--smtp-user", "audit")
    with mail_server(context, login=True) as server:
        path = secret_file(notify.folder, "right")
        first = notify(*mailed(server.port, *asked, "--smtp-password-file", path))
        second = notify(*mailed(server.port, *asked), CASAUDIT_SMTP_PASSWORD="right")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert server.logins == [(b"audit", b"right", True)] * 2
    assert len(server.mails) == 2


def test_a_wrong_password_is_said_and_never_shown(
    notify: Operator, context: ssl.SSLContext
) -> None:
    with mail_server(context, login=True) as server:
        run = notify(
            *mailed(server.port, "--smtp-user", "audit"), CASAUDIT_SMTP_PASSWORD="wrong-secret"
        )
    assert (run.returncode, server.mails) == (4, [])
    assert "refused the login (535 5.7.8)" in run.stderr
    assert "wrong-secret" not in run.stderr + run.stdout


def test_a_recipient_that_is_refused_keeps_the_mail_from_nobody_else(
    notify: Operator, context: ssl.SSLContext
) -> None:
    with mail_server(context) as server:
        server.refused["gone@corp.example"] = "550 5.1.1 \x1b[31mno such user"
        run = notify(*mailed(server.port, "--to", "gone@corp.example"))
    assert run.returncode == 4
    assert [mail[1] for mail in server.mails] == [["team@corp.example"]]
    said = "took the mail, but not for gone@corp.example: 550 5.1.1"
    assert said in run.stderr and "\x1b" not in run.stderr


@pytest.mark.parametrize(
    ("answers", "attempts", "code"),
    [
        (["451 4.3.0 later"], 2, 0),
        (["451 4.3.0 later"] * 3, 3, 4),
        (["552 5.3.4 too big"], 1, 4),
    ],
)
def test_what_is_refused_for_now_is_tried_again_twice_at_most(
    answers: list[str], attempts: int, code: int, notify: Operator, context: ssl.SSLContext
) -> None:
    with mail_server(context) as server:
        server.answers[:] = answers
        run = notify(*mailed(server.port))
    assert (server.attempts, run.returncode) == (attempts, code), run.stderr
    assert run.stderr.count("once more in") == attempts - 1
    assert len(server.mails) == (code == 0)


def smtp(*answers: bytes) -> Talk:
    """Answer line by line, then hang up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            writer.write(answer)
            await writer.drain()
            await reader.readline()

    return talk


GREETED = (b"220 x\r\n", b"250 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 go\r\n")


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220-")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("talk", "said", "tries"),
    [
        (drip, "no whole answer within 1 s", 3),
        (repeating(b"220-hello\r\n"), "the answer is longer than 1024 KiB", 3),
        (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n", waits=False), "", 1),
        (saying(b"421 busy \x1b[2J\r\n", waits=False), "answered 421 busy", 3),
        (saying(b"220 " + b"x" * 100_000 + b"\r\n", waits=False), "Line too long", 1),
        (saying(b"", waits=False), "Connection unexpectedly closed", 3),
        (smtp(*GREETED), "it may have arrived all the same", 1),
    ],
)
def test_a_mail_server_that_misbehaves_ends_in_a_sentence(
    talk: Talk, said: str, tries: int, notify: Operator
) -> None:
    with beside(peer(talk)) as port:
        run = notify(*mailed(port, "--smtp-tls", "none", "--timeout", "1"))
    assert run.returncode == 4
    assert said in run.stderr and "\x1b" not in run.stderr
    assert run.stderr.count("once more in") == tries - 1


def test_a_server_that_is_not_there_is_said(notify: Operator) -> None:
    with refusing_port() as port:
        run = notify(*mailed(port))
    assert run.returncode == 4
    assert f"error: mail server localhost:{port}: not reached: " in run.stderr


# What is posted.


def test_a_card_arrives_in_teams_as_a_workflow_takes_it(
    notify: Operator, context: ssl.SSLContext
) -> None:
    with https_sink(context) as sink:
        path = secret_file(notify.folder, f"https://localhost:{sink.port}/w/1?sig=geheim")
        run = notify("--teams", path, "--link", "https://x.example/r")
    assert run.returncode == 0, run.stderr
    ((method, target, headers, body),) = sink.requests
    assert (method, target) == ("POST", "/w/1?sig=geheim")
    assert headers["content-type"] == "application/json; charset=utf-8"
    message = json.loads(body)
    assert message["type"] == "message"
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["type"] == "AdaptiveCard"
    assert "geheim" not in run.stderr and "/w/1" not in run.stderr


def test_a_signed_request_arrives_and_its_signature_holds(
    notify: Operator, context: ssl.SSLContext
) -> None:
    with https_sink(context, [(503, {}, b"")]) as sink:
        key = secret_file(notify.folder, "whsec_" + base64.b64encode(b"k" * 32).decode())
        url = f"https://localhost:{sink.port}/hook"
        run = notify("--webhook", url, "--webhook-secret-file", key)
    assert run.returncode == 0, run.stderr
    first, second = sink.requests
    assert first[2]["webhook-id"] == second[2]["webhook-id"]
    assert json.loads(second[3])["schema"] == "casaudit/notification/1"
    headers = second[2]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + second[3]
    code = base64.b64encode(hmac.digest(b"k" * 32, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{code}"


LONG = "s3cret" * 10


@pytest.mark.parametrize(
    ("answers", "attempts", "code", "said"),
    [
        ([(429, {"Retry-After": "0"}, b"")], 2, 0, "once more in 0 s"),
        ([(503, {}, b"")] * 3, 3, 4, "refused the request: 503"),
        ([(429, {"Retry-After": "86400"}, b"")], 1, 4, "refused the request: 429"),
        ([(500, {}, b"broken \x1b[31m" + LONG.encode())], 1, 4, "refused the request: 500 broken"),
        ([(302, {"Location": "https://localhost:1/"}, b"")], 1, 4, "redirects are not followed"),
        ([(401, {}, b"")], 1, 4, "refused the request: 401"),
    ],
)
def test_answers_of_a_web_server(
    answers: list[tuple[int, dict[str, str], bytes]],
    attempts: int,
    code: int,
    said: str,
    notify: Operator,
    context: ssl.SSLContext,
) -> None:
    with https_sink(context, answers) as sink:
        path = secret_file(notify.folder, f"https://localhost:{sink.port}/hook/{LONG}?sig={LONG}")
        run = notify("--webhook", path)
    assert (len(sink.requests), run.returncode) == (attempts, code), run.stderr
    assert said in run.stderr
    assert LONG not in run.stderr + run.stdout and "\x1b" not in run.stderr


def test_a_web_server_that_is_not_trusted_gets_nothing(notify: Operator) -> None:
    with https_sink(serving(trustme.CA(), "localhost")) as sink:
        run = notify("--webhook", f"https://localhost:{sink.port}/")
    assert (run.returncode, sink.requests) == (4, [])
    assert "its certificate is not trusted" in run.stderr


async def drip_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (drip_http, "no whole answer within 1 s"),
        (repeating(b"HTTP/1.1 100 Continue\r\n\r\n"), "the answer is longer than 1024 KiB"),
        (saying(b"220 mail.example " + LONG.encode() + b"\r\n"), "220 mail.example …"),
        (saying(b""), "Remote end closed connection"),
    ],
)
def test_a_web_server_that_misbehaves_ends_in_a_sentence(
    talk: Talk, said: str, notify: Operator, context: ssl.SSLContext
) -> None:
    with beside(peer(talk, context)) as port:
        run = notify("--webhook", f"https://localhost:{port}/", "--timeout", "1")
    assert run.returncode == 4
    assert said in run.stderr and LONG not in run.stderr
    # It had the whole request: nobody gets a message twice.
    assert "it may have arrived all the same" in run.stderr and "once more in" not in run.stderr


def test_a_request_goes_through_the_proxy_of_the_system(
    notify: Operator, context: ssl.SSLContext
) -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        inner, outer = await asyncio.open_connection(LOOPBACK, sink.port)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

        async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                target.write(data)
                await target.drain()

        back = asyncio.create_task(pass_on(inner, writer))
        await pass_on(reader, outer)
        outer.transport.abort()
        await back

    with https_sink(context) as sink, beside(peer(proxy)) as port:
        url = f"https://localhost:{sink.port}/hook"
        more = {"HTTPS_PROXY": f"http://{LOOPBACK}:{port}", "NO_PROXY": ""}
        run = notify("--webhook", url, **more)
    assert run.returncode == 0, run.stderr
    assert asked[0].startswith(f"CONNECT localhost:{sink.port} ".encode())
    assert [request[1] for request in sink.requests] == ["/hook"]


# What is asked.


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "there is nobody to tell"),
        (["--smtp", "mail"], "needs --from and at least one --to"),
        (["--from", "a@x.example"], "give --smtp HOST too"),
        ([*mailed(25), "--smtp-user", "a"], "needs a password"),
        ([*mailed(25), "--smtp-user", "a", "--smtp-tls", "none"], "is not sent without TLS"),
        (["--smtp", "a:b@mail", *mailed(25)[2:]], "is not of the form HOST[:PORT]"),
        (["--smtp", "mail:99999", *mailed(25)[2:]], "is not of the form HOST[:PORT]"),
        (["--webhook", "http://x.example/"], "is not an HTTPS address"),
        (["--webhook", "https://x.example/?sig=1"], "an address with a query is a secret"),
        (["--teams", "https://u:p@x.example/"], "carries a user, which is not sent"),
        (["--teams", "https://x.example/\r\nHost: y"], "is not an HTTPS address"),
        (["--teams", "env:NOWHERE"], "there is no such variable"),
        (["--teams", "nowhere.txt"], "cannot be read"),
    ],
)
def test_what_cannot_be_sent_is_said_before_anybody_is_asked(
    words: list[str], said: str, notify: Operator
) -> None:
    run = notify(*words, CASAUDIT_SMTP_PASSWORD="x" if "none" in words else "")
    assert run.returncode == (4 if "nowhere.txt" in words else 2)
    assert said in run.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has access lists instead of modes")
def test_a_secret_that_others_can_read_is_refused(notify: Operator) -> None:
    path = secret_file(notify.folder, "https://x.example/hook")
    path.chmod(0o644)
    run = notify("--teams", path)
    assert (run.returncode, "can be read by others" in run.stderr) == (2, True)


def test_a_secret_as_windows_powershell_writes_it_is_refused_with_the_way_out(
    notify: Operator,
) -> None:
    path = secret_file(notify.folder, "")
    path.write_bytes("https://x.example/hook\r\n".encode("utf-16"))
    run = notify("--teams", path)
    assert (run.returncode, "is not text in UTF-8" in run.stderr) == (2, True)


def test_what_is_no_findings_is_named(notify: Operator, ca_file: Path) -> None:
    path = Path("samples/article-a/snapshot.json")
    run = Operator(Path(__file__).parents[1] / path, ca_file)("--dry-run")
    assert (run.returncode, "is a snapshot" in run.stderr) == (4, True)


# When it is sent.


def test_the_last_run_before_this_one_is_found_among_others(tmp_path: Path, ca_file: Path) -> None:
    for month in (0, 1, 2):
        left(tmp_path / f"run-{month}", month)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "findings.json").write_text("{")
    run = Operator(tmp_path / "run-1", ca_file)("--since", tmp_path, "--dry-run")
    assert run.returncode == 0
    assert f"compared with: {tmp_path / 'run-0' / 'findings.json'}" in run.stderr
    assert "left out: " in run.stderr
    assert "nothing new since 2026-11-15: nothing is sent without --always" in run.stderr
    first = Operator(tmp_path / "run-0", ca_file)("--since", tmp_path, "--dry-run")
    assert "no earlier run of this organisation is there to compare with" in first.stderr
    assert first.stdout.startswith("Not fine: ")


def test_nothing_new_sends_nothing_unless_always_is_given(
    tmp_path: Path, ca_file: Path, context: ssl.SSLContext
) -> None:
    then = left(tmp_path / "then")
    operator = Operator(left(tmp_path / "now", 1), ca_file)
    with mail_server(context) as server:
        assert operator("--since", then, *mailed(server.port)).returncode == 0
        assert server.mails == []
        assert operator("--since", then, "--always", *mailed(server.port)).returncode == 0
    assert len(server.mails) == 1
    assert b"Subject: casaudit ESP: nothing new" in server.mails[0][2]


def test_a_dry_run_prints_what_would_be_sent_and_contacts_nobody(
    notify: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("contacted")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    run = notify(*mailed(25), "--dry-run", "--no-brief")
    assert run.returncode == 0
    message = message_from_bytes(run.stdout.encode(), _class=EmailMessage, policy=default)
    assert message["To"] == "team@corp.example"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    path = secret_file(notify.folder, "https://x.example/w?sig=geheim")
    posted = notify("--teams", path, "--dry-run")
    assert json.loads(posted.stdout)["type"] == "message"
    assert "geheim" not in posted.stdout + posted.stderr
    signed = notify("--webhook", path, "--dry-run", CASAUDIT_WEBHOOK_SECRET="key")
    assert json.loads(signed.stdout)["schema"] == "casaudit/notification/1"
    assert re.search("^webhook-signature: v1,", signed.stderr, re.MULTILINE)


def test_a_server_that_fails_keeps_the_message_from_no_other(
    notify: Operator, context: ssl.SSLContext
) -> None:
    with https_sink(context) as sink, refusing_port() as port:
        run = notify(*mailed(port), "--webhook", f"https://localhost:{sink.port}/")
    assert (run.returncode, len(sink.requests)) == (4, 1)
    assert "webhook at localhost: sent" in run.stderr


def test_a_brief_of_another_run_is_not_attached(notify: Operator) -> None:
    (notify.folder / "brief.html").write_text("<p>old</p>")
    run = notify(*mailed(25), "--dry-run")
    assert "is of another run and is not attached" in run.stderr
    assert "brief.html" not in run.stdout
    (notify.folder / "brief.html").unlink()
    assert "is not there to be attached" in notify(*mailed(25), "--dry-run").stderr


@pytest.mark.skipif(os.name == "nt", reason="signals are sent the POSIX way here")
def test_an_interrupt_ends_the_wait_for_a_silent_server(folder: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        port = silent.getsockname()[1]
        words = ["notify", str(folder), *map(str, mailed(port, "--timeout", "600"))]
        command = [sys.executable, "-m", "casaudit", *words]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
            connection, _ = silent.accept()
            running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=WATCHDOG)
            connection.close()
    assert (running.returncode, "Traceback" in said) == (130, False)
