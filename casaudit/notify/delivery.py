"""What deliveries have in common: one deadline, bounded answers, trust, and trying again."""

import io
import re
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

from casaudit.errors import DeliveryError, UsageError

WAITS = (2.0, 10.0)
"""Seconds before the second and the third attempt; there is no fourth."""

_LONGEST_WAIT = 60.0
MAX_ANSWER = 1024 * 1024
"""Bytes that a server may say in one conversation."""

_SHOWN = 200
# A server may repeat what it was sent, and the address of a webhook is all the secret there is.
_TOKEN = re.compile(r"[\w%+=/-]{20,}")
CA_HINT = "name the certificate of the issuing authority with --ca-file"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment at which a conversation has to be over, whatever it consists of."""

    seconds: float
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        object.__setattr__(self, "_end", time.monotonic() + self.seconds)

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: none are.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class BoundedAnswer(io.RawIOBase):
    """What a server says, within one deadline and ``MAX_ANSWER``.

    The timeout of a socket is for each read, so that a server that sends a byte now and then
    would hold smtplib and http.client for ever; and they keep whatever they are told.
    """

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        # A file of the socket's own keeps it open: urllib closes its socket before it reads.
        self._file = connection.makefile("rb", buffering=0)
        self._deadline = deadline
        self._left = MAX_ANSWER

    def readable(self) -> bool:
        """Tell the buffer in front of it that it can be read."""
        return True

    def close(self) -> None:
        """Let the socket go."""
        self._file.close()
        super().close()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read what has come."""
        try:
            self._connection.settimeout(self._deadline.left())
            number = self._file.readinto(buffer) or 0
        except TimeoutError:
            seconds = self._deadline.seconds
            raise TimeoutError(f"no whole answer within {seconds:g} s") from None
        self._left -= number
        if self._left < 0:
            raise OSError(f"the answer is longer than {MAX_ANSWER // 1024} KiB")
        return number


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Return what a server is checked with: the authorities of a file, else those of the system.

    Raises:
        UsageError: the file cannot be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        problem = f"cannot be used as authorities to trust: {error.strerror or error}"
        raise UsageError(f"--ca-file {ca_file}", problem, "give certificates as PEM") from None
    return context


def failure(where: str, error: Exception, *, again: bool) -> DeliveryError:
    """Return what an error of the network means."""
    # urllib wraps what it met while it connected or sent.
    wrapped = error.reason if isinstance(error, URLError) else None
    cause = wrapped if isinstance(wrapped, Exception) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        problem = f"its certificate is not trusted: {cause.verify_message}"
        return DeliveryError(where, problem, CA_HINT)
    if isinstance(cause, ssl.SSLError):
        return DeliveryError(where, f"no TLS: {cause.reason or cause}", "it has to speak TLS 1.2")
    # The text of others may repeat what the server said.
    problem = excerpt(str(cause) or type(cause).__name__)
    if again:
        return DeliveryError(where, f"not reached: {problem}", again=True)
    hint = "it may have arrived all the same, so it was not sent once more"
    return DeliveryError(where, f"no answer to the message: {problem}", hint)


def excerpt(said: str | bytes) -> str:
    """Return the beginning of what a server said, for an error; nothing that looks like a key."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    line = " ".join(_TOKEN.sub("…", text).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def with_retries(send: Callable[[], object], tell: Callable[[str], None]) -> None:
    """Send something, and once more where it was surely not taken.

    Args:
        send: one attempt.
        tell: hears why there is another.

    Raises:
        DeliveryError: that of the last attempt.
    """
    for wait in WAITS:
        try:
            send()
            return
        except DeliveryError as error:
            if not error.again or (error.wait or 0) > _LONGEST_WAIT:
                raise
            pause = max(wait, error.wait or 0)
            tell(f"{error}; once more in {pause:g} s")
            time.sleep(pause)
    send()
