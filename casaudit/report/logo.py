"""A logo for the head of the reports: a small picture, checked, as a ``data:`` address.

A browser runs no script of a picture in an ``img`` and loads nothing for it; what could do so is
refused all the same, since the file may be opened elsewhere. Pictures are bounded in bytes and
pixels: a PNG of some KB can unfold into gigabytes.
"""

import base64
import re
import struct
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from casaudit.errors import UsageError

MOST_BYTES = 256 * 1024
MOST_PIXELS = 4_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_SVG = "{http://www.w3.org/2000/svg}"
# Elements that run, load or show a foreign document.
_ACTIVE = re.compile(
    r"script|foreignobject|iframe|image|feimage|handler|listener|set|animate\w*", re.I
)
_INSIDE = re.compile(r"#[\w-]*\Z")
# An escape of CSS could spell "url" in other letters.
_LOADS = re.compile(r"url\s*\((?!\s*[\"']?#)|@import|\\|javascript:|data:", re.I)


def logo_address(content: bytes, path: str) -> str:
    """Return a PNG, JPEG or SVG picture as a ``data:`` address.

    Raises:
        UsageError: it is none of these, too large, or holds what a picture need not hold.
    """
    if len(content) > MOST_BYTES:
        _refuse(path, f"is larger than {MOST_BYTES // 1024} KiB", "save a smaller picture")
    if content.startswith(_PNG):
        kind, size = "png", _png_size(content)
    elif content.startswith(_JPEG):
        kind, size = "jpeg", _jpeg_size(content)
    else:
        kind, size = "svg+xml", (1, 1)
        _check_svg(content, path)
    if size is None:
        _refuse(path, "is damaged: its width and height cannot be read", "save it anew")
    elif size[0] * size[1] > MOST_PIXELS:
        _refuse(path, f"has more than {MOST_PIXELS:,} pixels", "save a smaller picture")
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _refuse(path: str, problem: str, hint: str) -> None:
    raise UsageError(f"--logo {path}", problem, hint)


def _png_size(content: bytes) -> tuple[int, int] | None:
    # Its first chunk is the header: length, name, width, height.
    if content[12:16] != b"IHDR" or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        # Frames are C0 to CF; C4, C8 and CC are tables (ITU-T T.81, table B.1).
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _check_svg(content: bytes, path: str) -> None:
    try:
        # Drawing programs name the DTD of SVG; entities, which could unfold, are refused.
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError):
        root = Element("")
    if root.tag != f"{_SVG}svg":
        _refuse(path, "is not a picture that can be embedded", "give a PNG, JPEG or SVG file")
    for element in root.iter():
        name = str(element.tag).removeprefix(_SVG)
        if _ACTIVE.fullmatch(name.rpartition("}")[2]) or _LOADS.search(element.text or ""):
            _refuse(path, f"holds an element {name!r} that runs or loads", "save it as PNG")
        for key, value in element.attrib.items():
            plain, text = key.rpartition("}")[2].lower(), value.strip()
            is_outside = plain == "href" and not _INSIDE.fullmatch(text)
            if plain.startswith("on") or is_outside or _LOADS.search(text):
                _refuse(path, f"holds an attribute {plain!r} that runs or loads", "save it as PNG")
