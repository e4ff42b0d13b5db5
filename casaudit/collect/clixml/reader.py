"""Reading the files that PowerShell's ``Export-Clixml`` writes, within fixed bounds.

The format is part of the PowerShell Remoting Protocol ([MS-PSRP], section 2.2.5). An object that
cannot be read costs itself; XML that is not well-formed costs the rest of the file. Nothing of a
file's content is ever quoted: exports hold names and addresses of people.
"""

import codecs
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers.expat import ErrorString

from defusedxml import DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from casaudit.collect.clixml.object_builder import Builder, Stop
from casaudit.collect.clixml.values import Value
from casaudit.collect.ldif import Problem
from casaudit.snapshot import Reason

MAX_MARKUP = 2**20
_CHUNK = 2**16
# Export-Clixml of Windows PowerShell writes UTF-16 with a byte order mark by default; -Encoding
# and editors make others of it.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)


def read_objects(stream: IO[bytes]) -> Iterator[Value | Problem]:
    """Yield the objects of a file in their order, and a problem for each that cannot be read.

    Where there is a problem, something is missing: that object, or the rest of the file.
    """
    builder = Builder()
    # Whatever the XML declaration says: the bytes are decoded here, by their mark.
    parser = DefusedXMLParser(target=builder, encoding="utf-8", forbid_dtd=True)
    expat = parser.parser
    builder.line = lambda: expat.CurrentLineNumber
    try:
        yield from _fed(stream, parser, builder)
    # Objects that were complete before the damage are good.
    except _FAILURES as error:
        yield from builder.taken()
        yield _problem(error, builder.line())


def _fed(
    stream: IO[bytes], parser: DefusedXMLParser, builder: Builder
) -> Iterator[Value | Problem]:
    fed, expat = 0, parser.parser
    for text in _texts(stream):
        data = text.encode("utf-8")
        parser.feed(data)
        fed += len(data)
        # Expat keeps an unfinished tag and scans it anew with every piece.
        if fed - max(expat.CurrentByteIndex, 0) > MAX_MARKUP:
            raise Stop(Reason.LIMIT, f"a tag or comment is larger than {MAX_MARKUP // 2**20} MiB")
        yield from builder.taken()
    parser.close()
    yield from builder.taken()


def _texts(stream: IO[bytes]) -> Iterator[str]:
    """Yield the file in pieces, as text."""
    piece = stream.read(_CHUNK)
    encoding = next((name for mark, name in _MARKS if piece.startswith(mark)), "utf-8")
    decoder = codecs.getincrementaldecoder(encoding)()
    while piece:
        yield decoder.decode(piece)
        piece = stream.read(_CHUNK)
    # Half a character at the end is no error until the decoder hears that it is the end.
    yield decoder.decode(b"", final=True)


DAMAGED = (OSError, EOFError, zipfile.BadZipFile, zlib.error)
"""What reading raises; the last three come of a damaged entry of an archive."""
_FAILURES = (Stop, ParseError, DTDForbidden, UnicodeDecodeError, *DAMAGED)


def _problem(error: Exception, line: int) -> Problem:
    match error:
        case Stop():
            return Problem(line, error.reason, error.detail)
        case ParseError():
            # By number, because expat's message on an unknown entity quotes the file.
            detail = f"not well-formed XML: {ErrorString(error.code)}"
            return Problem(error.position[0], Reason.MALFORMED, detail)
        case DTDForbidden():
            detail = "a document type declaration, which Export-Clixml never writes"
            return Problem(line, Reason.REFUSED, detail)
        case UnicodeDecodeError():
            return Problem(line, Reason.MALFORMED, f"not valid {error.encoding} text")
        case _:
            return Problem(line, Reason.UNREACHABLE, "the file cannot be read further")
