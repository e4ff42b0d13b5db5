"""Asking Outlook Web App for its start page, which shows the build that runs: the web port.

One GET without a name, a password or a cookie; no redirect is followed. The directory holds the
service pack only, so that without an export this is what tells the update rollup of a server.
"""

import asyncio
import http.client
import io
import re
import ssl
from datetime import UTC, datetime

from casaudit.collect.address import host_and_port
from casaudit.collect.ports import TlsTarget
from casaudit.collect.scope import START_PAGE
from casaudit.collect.tls.handshake import Dropped, Unreached, answer_to, server_name
from casaudit.errors import CollectError
from casaudit.snapshot import HttpBanner, Reason, Source

MAX_ANSWER = 65_536
_MAX_SERVER = 128

# Exchange 2010 keeps what belongs to its pages in a folder named after the build; 2013 and later
# in one below /owa/auth. X-OWA-Version says the same.
_FOLDER = re.compile(rb"/owa/(?:auth/)?([0-9]{1,5}(?:\.[0-9]{1,5}){2,3})/themes/", re.IGNORECASE)
_END, _LAST_CHUNK = b"\r\n\r\n", b"\r\n0\r\n\r\n"
_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BUILD = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,5}){2,3}")


class WebClient:
    """Asks servers for their start page, many at a time, each within one deadline."""

    def __init__(self, timeout: float = 10.0, workers: int = 64) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            timeout: seconds for one server: connecting, handshake and answer together.
            workers: servers under way.
        """
        self._timeout = timeout
        self._places = asyncio.Semaphore(workers)

    async def banner(self, target: TlsTarget) -> HttpBanner:
        """Return what the answer to one request shows; its page need not show a version.

        Raises:
            CollectError: there was no answer, or it is not HTTP.
        """
        subject, name = host_and_port(target.host, target.port), server_name(target.host)
        # What cannot be sent as a name cannot stand in a line of the request either.
        if name is None:
            raise CollectError(subject, Reason.MALFORMED, "not a host name that can be asked for")
        where = target.address, target.connected_port
        try:
            async with self._places, asyncio.timeout(self._timeout):
                answer = await answer_to(*where, name, _request(target), _is_whole, MAX_ANSWER)
            return _read(answer, target)
        except TimeoutError:
            raise CollectError(subject, Reason.TIMEOUT, "no complete answer in time") from None
        except Unreached as error:
            raise CollectError(subject, Reason.UNREACHABLE, str(error)) from None
        except (ssl.SSLError, Dropped) as error:
            raise CollectError(subject, Reason.HANDSHAKE_FAILED, f"no TLS ({error})") from None
        except (ValueError, http.client.HTTPException) as error:
            kind = f"{type(error).__name__}: {error}"
            raise CollectError(subject, Reason.MALFORMED, f"no answer of HTTP ({kind})") from None


def _request(target: TlsTarget) -> bytes:
    port = "" if target.port == http.client.HTTPS_PORT else f":{target.port}"
    lines = (
        f"GET {START_PAGE} HTTP/1.1",
        f"Host: {target.host}{port}",
        "User-Agent: casaudit",
        "Accept: text/html",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii")


def _is_whole(answer: bytes) -> bool:
    """Tell whether an answer has come to its end, for servers that do not hang up then."""
    head, end, body = answer.partition(_END)
    length = _LENGTH.search(head)
    return bool(end) and (len(body) >= int(length[1]) if length else body.endswith(_LAST_CHUNK))


class _Answered:
    """What ``http.client`` takes for a socket: an answer that is here already."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._answer)


def _read(answer: bytes, target: TlsTarget) -> HttpBanner:
    if _END not in answer:
        raise ValueError("headers without end")
    response = http.client.HTTPResponse(_Answered(answer))  # type: ignore[arg-type]
    response.begin()
    try:
        page = response.read()
    except http.client.IncompleteRead as error:  # longer than what is read of it
        page = error.partial
    said = _BUILD.fullmatch((response.headers.get("X-OWA-Version") or "").strip())
    shown = _FOLDER.search(page)
    build = said[0] if said else shown[1].decode("ascii") if shown else None
    where = host_and_port(target.address, target.connected_port)
    return HttpBanner(
        host=target.host,
        port=target.port,
        owa_version=build,
        server=(response.headers.get("Server") or "")[:_MAX_SERVER] or None,
        source=Source(origin=f"https:{where}", at=datetime.now(UTC)),
    )
