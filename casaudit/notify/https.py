"""Posting a request over HTTPS: verified, no redirect followed, through the proxy of the system."""

import http.client
import io
import re
import socket
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from casaudit.errors import DeliveryError, UsageError
from casaudit.notify.delivery import BoundedAnswer, Deadline, excerpt, failure

_FIRST = 2_000
_LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to post.

    Attributes:
        url: kept out of every message, since it may be all the secret that there is.
        what: what to call it, beside the host.
        context: what the server's certificate is checked with.
        timeout: seconds for the whole request.
    """

    url: str = field(repr=False)
    what: str
    context: ssl.SSLContext = field(repr=False)
    timeout: float

    @property
    def name(self) -> str:
        """What to call it: without path and query, which may be a secret."""
        return f"{self.what} at {urlsplit(self.url).hostname}"


def check_url(option: str, url: str) -> str:
    """Return an address that can be posted to.

    Raises:
        UsageError: it is none; the address is not repeated.
    """
    hint = "write https://HOST/PATH"
    try:
        parts = urlsplit(url)
        fits = parts.scheme == "https" and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits or re.search(r"[^\x21-\x7e]", url):
        raise UsageError(option, "is not an HTTPS address", hint)
    if "@" in parts.netloc:
        raise UsageError(option, "carries a user, which is not sent", hint)
    return url


class _Exchange:
    """One request: its deadline, and whether the server was reached."""

    def __init__(self, seconds: float) -> None:
        self.deadline = Deadline(seconds)
        self.is_connected = False


class _Socket:
    """What ``http.client`` takes for a socket to read an answer from."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._reader = BoundedAnswer(connection, deadline)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader)


class _Handler(urllib.request.HTTPSHandler):
    """Opens connections whose answers are bounded."""

    def __init__(self, exchange: _Exchange, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._exchange, self._trust = exchange, context

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Post a request."""
        return self.do_open(self._connection, req)  # type: ignore[arg-type]

    def _connection(self, host: str, timeout: float) -> http.client.HTTPSConnection:
        exchange = self._exchange

        class Answer(http.client.HTTPResponse):
            def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
                super().__init__(_Socket(sock, exchange.deadline), *args, **more)  # type: ignore[arg-type]

        class Connection(http.client.HTTPSConnection):
            response_class = Answer

            def connect(self) -> None:
                super().connect()
                exchange.is_connected = True

        return Connection(host, timeout=timeout, context=self._trust)


def post(webhook: Webhook, body: bytes, headers: Mapping[str, str]) -> int:
    """Post JSON and return the status of the answer.

    Raises:
        DeliveryError: it was not taken.
    """
    exchange = _Exchange(webhook.timeout)
    opener = urllib.request.OpenerDirector()
    # No handler for redirects: body and signature are for the server that was named.
    for handler in (
        urllib.request.ProxyHandler(),
        _Handler(exchange, webhook.context),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "casaudit", **headers}
    request = urllib.request.Request(webhook.url, data=body, headers=sent, method="POST")
    try:
        with opener.open(request, timeout=webhook.timeout) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            raise _refusal(webhook, error) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise failure(webhook.name, error, again=not exchange.is_connected) from None


def _refusal(webhook: Webhook, error: HTTPError) -> DeliveryError:
    try:
        said = excerpt(error.read(_FIRST))
    except (OSError, http.client.HTTPException, ValueError):
        said = ""
    problem = f"refused the request: {error.code} {said}".rstrip()
    host = urlsplit(webhook.url).hostname or ""
    ended = host.endswith((".webhook.office.com", "outlook.office.com", "outlook.office365.com"))
    hint = ""
    if ended:
        hint = "connectors of Office 365 have ended: make a workflow in Teams and take its address"
    elif 300 <= error.code < 400:
        hint = "redirects are not followed: give the address that it leads to"
    again = error.code in _LATER
    return DeliveryError(webhook.name, problem, hint, again=again, wait=_wait(error))


def _wait(error: HTTPError) -> float | None:
    """Return the seconds of ``Retry-After`` (RFC 9110, section 10.2.3)."""
    said = (error.headers.get("Retry-After") or "").strip()
    if re.fullmatch(r"[0-9]{1,6}", said):
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    left = (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    return max(0.0, left)
