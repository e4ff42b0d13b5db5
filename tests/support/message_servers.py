"""Who gets messages, on loopback: a mail server that takes or refuses them, and an HTTPS sink."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.listening import LOOPBACK

T = TypeVar("T")


@contextmanager
def beside(manager: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Enter an asynchronous block in a thread of its own, for a client that blocks."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def done(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(600)

    try:
        value: T = done(manager.__aenter__())
        try:
            yield value
        finally:
            done(manager.__aexit__(None, None, None))
            done(asyncio.sleep(0.01))  # transports over TLS close some turns of the loop later
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(600)
        loop.close()


@dataclass
class MailSink:
    """What came to a mail server, and what it answers.

    Attributes:
        port: where it listens.
        mails: sender, recipients, content, and whether it came over TLS.
        logins: user and password that came, and whether over TLS.
        refused: answers to RCPT by recipient.
        answers: answers to the mails to come, the first one first; else they are taken.
    """

    port: int = 0
    mails: list[tuple[str, list[str], bytes, bool]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes, bool]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    attempts: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.refused.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.attempts += 1
        if self.answers:
            return self.answers.pop(0)
        content = envelope.original_content
        assert envelope.mail_from is not None and content is not None
        is_secret = session.ssl is not None or self._is_implicit(server)
        self.mails.append((envelope.mail_from, [*envelope.rcpt_tos], content, is_secret))
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password, session.ssl is not None))
        return AuthResult(success=data.password == b"right", handled=False)

    def _is_implicit(self, server: SMTP) -> bool:
        return bool(server.transport and server.transport.get_extra_info("ssl_object"))


@contextmanager
def mail_server(
    context: ssl.SSLContext | None = None, *, implicit: bool = False, login: bool = False
) -> Iterator[MailSink]:
    """Serve SMTP: with a context STARTTLS is offered, or TLS is there from the beginning."""
    sink = MailSink()

    @asynccontextmanager
    async def serving() -> AsyncIterator[MailSink]:
        loop = asyncio.get_running_loop()
        made: list[SMTP] = []

        def conversation() -> SMTP:
            made.append(
                SMTP(
                    sink,
                    hostname="mail.example",
                    tls_context=None if implicit else context,
                    authenticator=sink.authenticate if login else None,
                    auth_required=login,
                    loop=loop,
                )
            )
            return made[-1]

        server = await loop.create_server(
            conversation, LOOPBACK, 0, ssl=context if implicit else None
        )
        sink.port = server.sockets[0].getsockname()[1]
        try:
            yield sink
        finally:
            server.close()
            for each in made:
                if isinstance(each.transport, asyncio.WriteTransport):
                    each.transport.abort()

    with beside(serving()) as found:
        yield found


@dataclass
class HttpsSink:
    """What came to a web server, and what it answers.

    Attributes:
        port: where it listens.
        requests: method, path, headers and body.
        answers: status, headers and body of the answers to come; at last 202.
    """

    port: int = 0
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def https_sink(
    context: ssl.SSLContext, answers: Sequence[tuple[int, dict[str, str], bytes]] = ()
) -> Iterator[HttpsSink]:
    """Serve HTTPS, and keep what comes."""
    sink = HttpsSink(answers=[*answers])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            sink.requests.append((self.command, self.path, headers, body))
            status, more, said = sink.answers.pop(0) if sink.answers else (202, {}, b"")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(said)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def get_request(self) -> tuple[Any, Any]:
            connection, address = super().get_request()
            # In the thread of the connection: a client that does not trust it breaks off.
            secure = context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
            return secure, address

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    with Server((LOOPBACK, 0), Handler) as server:
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join(600)
