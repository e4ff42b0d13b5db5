"""One request for the start page of Outlook Web App tells the build, and no peer keeps it long."""

import asyncio
import json
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from casaudit.collect.http import MAX_ANSWER, WebClient
from casaudit.collect.ports import TlsTarget
from casaudit.errors import CollectError
from casaudit.shipped import SAMPLES
from casaudit.snapshot import HttpBanner, Reason, SectionName, Status, loads
from tests.support import listening
from tests.support.listening import LOOPBACK, Talk, drip, listen_only, peer, refusing_port, saying
from tests.support.running import casaudit

HOST = "ex1.corp.example"
PATIENCE = 60.0
REQUEST = (
    b"GET /owa/auth/logon.aspx HTTP/1.1\r\nHost: ex1.corp.example\r\nUser-Agent: casaudit\r\n"
    b"Accept: text/html\r\nConnection: close\r\n\r\n"
)


def page(folder: str, title: str = "Outlook Web App") -> str:
    """Return a page in the shape of the logon page: what belongs to it lies in a build's folder."""
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN">\r\n<html dir="ltr"><head>'
        f'<meta http-equiv="X-UA-Compatible" content="IE=EmulateIE7"><title>{title}</title>'
        f'<link rel="shortcut icon" href="{folder}/themes/resources/favicon.ico" '
        f'type="image/x-icon"><link type="text/css" rel="stylesheet" href="{folder}/themes/'
        'resources/logon.css"></head><body class="owaLgnBdy">&nbsp;</body></html>'
    )


def answer(body: str, *headers: str, status: str = "200 OK") -> bytes:
    """Return what IIS 7.5 says; the headers in its order."""
    content = body.encode()
    lines = (
        f"HTTP/1.1 {status}",
        "Cache-Control: no-cache, no-store",
        "Content-Type: text/html; charset=utf-8",
        "Server: Microsoft-IIS/7.5",
        *headers,
        "X-Powered-By: ASP.NET",
        "Date: Sun, 15 Nov 2026 10:00:00 GMT",
        "Connection: close",
        f"Content-Length: {len(content)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + content


@pytest.fixture(scope="module")
def server() -> ssl.SSLContext:
    """The settings of a server with a certificate that nobody trusts, for another name."""
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("other.example").configure_cert(settings)
    return settings


@asynccontextmanager
async def web(server: ssl.SSLContext | None, talk: Talk) -> AsyncIterator[TlsTarget]:
    async with peer(talk, server) as port:
        yield TlsTarget(HOST, 443, LOOPBACK, port)


def banner(server: ssl.SSLContext | None, talk: Talk, timeout: float = PATIENCE) -> HttpBanner:
    async def run() -> HttpBanner:
        async with web(server, talk) as target:
            return await WebClient(timeout).banner(target)

    return listening.run(run())


SHOWN = {
    "the folder of Exchange 2010 SP3 RU32": (answer(page("/owa/14.3.513.0")), "14.3.513.0"),
    "the folder before any rollup": (answer(page("/owa/14.3.123.4")), "14.3.123.4"),
    "a folder in other letters": (answer(page("/OWA/14.3.123.4")), "14.3.123.4"),
    "the header": (answer("", "X-OWA-Version: 14.3.361.1"), "14.3.361.1"),
    "the header, which goes before the folder": (
        answer(page("/owa/14.3.123.4"), "X-OWA-Version: 14.3.361.1"),
        "14.3.361.1",
    ),
    "a redirect that bears the header, and is not followed": (
        answer(
            "", "Location: https://elsewhere.example/owa/", "X-OWA-Version: 14.3.361.1",
            status="302 Found",
        ),
        "14.3.361.1",
    ),
    "Exchange 2016, with three numbers": (answer(page("/owa/auth/15.1.2507")), "15.1.2507"),
    "Exchange 2007": (answer(page("/owa/8.3.485.1")), "8.3.485.1"),
    "the page in chunks": (
        b"HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/7.5\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"f\r\n<a href='/owa/1\r\n14\r\n4.3.123.4/themes/x'/\r\n0\r\n\r\n",
        "14.3.123.4",
    ),
    "the page, and more than is read of it": (
        answer(page("/owa/14.3.123.4") + " " * MAX_ANSWER), "14.3.123.4",
    ),
    "a login that is demanded first": (
        answer("", 'WWW-Authenticate: Basic realm="ex1"', status="401 Unauthorized"), None,
    ),
    "a page that somebody made": (answer("<html>Mail</html>"), None),
    "a version that is none": (answer("", "X-OWA-Version: 14.3.<b>"), None),
    "a folder that is none": (answer(page("/owa/14.3.123.4444444")), None),
}  # fmt: skip


@pytest.mark.parametrize(("said", "build"), SHOWN.values(), ids=SHOWN.keys())
def test_the_build_is_read_of(server: ssl.SSLContext, said: bytes, build: str | None) -> None:
    found = banner(server, saying(said))
    assert (found.host, found.port, found.owa_version) == (HOST, 443, build)
    assert found.server == "Microsoft-IIS/7.5"
    assert found.source.origin.startswith(f"https:{LOOPBACK}:")


def test_one_request_is_sent_and_it_carries_nothing_of_anybody(server: ssl.SSLContext) -> None:
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer("", "Location: /owa/", "Set-Cookie: a=b", status="302 Found"))
        await writer.drain()
        heard.append(await reader.read())

    banner(server, talk)
    assert heard == [REQUEST, b""]


def test_a_server_of_tls_1_0_is_asked_too(server: ssl.SSLContext) -> None:
    with pytest.warns(DeprecationWarning):
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("other.example").configure_cert(old)
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1
    assert banner(old, saying(answer(page("/owa/14.3.123.4")))).owa_version == "14.3.123.4"


ENDLESS = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * MAX_ANSWER
FAILED: dict[str, tuple[Talk, Reason]] = {
    "hangs up": (saying(b""), Reason.MALFORMED),
    "is silent": (listen_only, Reason.TIMEOUT),
    "drips": (drip, Reason.TIMEOUT),
    "speaks another protocol": (saying(b"220 mail ESMTP\r\n"), Reason.MALFORMED),
    "sends headers without end": (saying(ENDLESS), Reason.MALFORMED),
    "sends one header without end": (
        saying(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000),
        Reason.MALFORMED,
    ),
}


@pytest.mark.parametrize(("talk", "reason"), FAILED.values(), ids=FAILED.keys())
def test_a_peer_over_tls_that(server: ssl.SSLContext, talk: Talk, reason: Reason) -> None:
    with pytest.raises(CollectError) as caught:
        banner(server, talk, 1.0 if reason is Reason.TIMEOUT else PATIENCE)
    assert (caught.value.subject, caught.value.reason) == (f"{HOST}:443", reason)


def test_a_peer_without_tls_is_told() -> None:
    with pytest.raises(CollectError) as caught:
        banner(None, saying(answer(page("/owa/14.3.123.4"))))
    assert caught.value.reason == Reason.MALFORMED


def test_a_port_that_refuses_is_told() -> None:
    with refusing_port() as port, pytest.raises(CollectError) as caught:
        listening.run(WebClient(PATIENCE).banner(TlsTarget(HOST, 443, LOOPBACK, port)))
    assert caught.value.reason == Reason.UNREACHABLE


@pytest.mark.parametrize("host", ["ex1\r\nX: y", "ex1 y", "10.1.0.11", "münchen.example"])
def test_what_is_no_host_name_gets_into_no_request(host: str) -> None:
    with pytest.raises(CollectError) as caught:
        listening.run(WebClient(PATIENCE).banner(TlsTarget(host, 443, LOOPBACK, 9)))
    assert caught.value.reason == Reason.MALFORMED


def test_a_long_name_of_the_web_server_is_cut(server: ssl.SSLContext) -> None:
    said = b"HTTP/1.1 200 OK\r\nServer: " + b"x" * 5000 + b"\r\n\r\n"
    assert banner(server, saying(said)).server == "x" * 128


def test_the_page_of_a_server_is_evidence_of_its_rollup(
    server: ssl.SSLContext, tmp_path: Path
) -> None:
    asked = "ho-ex2010-mb1.exchangeserverpro.net"

    async def run() -> subprocess.CompletedProcess[str]:
        async with web(server, saying(answer(page("/owa/14.3.496.0")))) as target:
            there = f"{asked}:443={LOOPBACK}:{target.connected_port}"
            return await asyncio.to_thread(
                casaudit, "audit", SAMPLES / "article-a" / "directory.ldf", "-o", tmp_path,
                "--no-dns", "--connect", there, "--http", "--format", "json", "--profile", "audit",
            )  # fmt: skip

    ended = listening.run(run())
    seen = loads((tmp_path / "snapshot.json").read_bytes(), "snapshot.json")
    assert [(each.host, each.owa_version) for each in seen.http_banners] == [(asked, "14.3.496.0")]
    assert seen.status(SectionName.HTTP) is Status.PARTIAL, ended.stderr
    lacking = {gap.subject for gap in seen.gaps if gap.section is SectionName.HTTP}
    others = ("ho-ex2010-mb2", "br-ex2010-mb")
    assert lacking == {f"{each}.exchangeserverpro.net:443" for each in others}
    results = json.loads((tmp_path / "findings.json").read_bytes())["results"]
    (message,) = (
        each["message"]
        for each in results
        if each["rule_id"] == "CAS-SERVER-004" and each["verdict"] == "fail"
    )
    assert message.startswith("HO-EX2010-MB1 runs 14.3.496.0 (SP3 RU30);")


def test_asking_for_pages_does_not_go_without_tls() -> None:
    source = SAMPLES / "article-a" / "directory.ldf"
    ended = casaudit("collect", source, "--http", "--no-tls", "--plan")
    assert ended.returncode == 2
    assert "does not go with --no-tls" in ended.stderr
