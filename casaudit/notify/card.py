"""A letter as a card of Microsoft Teams, in the shape that a workflow's webhook takes.

The connectors of Office 365 with their message cards have ended; what takes requests is a workflow
with the trigger "When a Teams webhook request is received". It wants a message with Adaptive Cards
as attachments.
"""

import json
from typing import Any

from casaudit.notify.letter import Letter, LetterBlock, letter
from casaudit.notify.news import News
from casaudit.report.phrases import Phrases

MOST = 20_000
"""Bytes of a request. Microsoft names 28 KB; above some 21 KB Teams has been seen to refuse. The
workflow says 202 all the same, so that nobody would notice."""

_KIND = "application/vnd.microsoft.card.adaptive"


def card(news: News, phrases: Phrases, link: str = "") -> bytes:
    """Return the body of a request, shortened until Teams takes it."""
    for most in (8, 4, 2, 1, 0):
        body = _request(letter(news, phrases, link, most))
        if len(body) <= MOST:
            break
    return body


def _request(written: Letter) -> bytes:
    content: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": [
            _text(_run(written.subject, weight="Bolder", size="Large")),
            _text(_run(written.answer, weight="Bolder")),
            *(_text(_run(fact)) for fact in written.facts),
            *(each for block in written.blocks for each in _block(block)),
        ],
    }
    if written.link.startswith("https://"):
        title = written.phrases.say("The report")
        content["actions"] = [{"type": "Action.OpenUrl", "title": title, "url": written.link}]
    elif written.link:
        place = written.phrases.say("Report: %(place)s", place=written.link)
        content["body"].append(_text(_run(place)))
    attachment = {"contentType": _KIND, "contentUrl": None, "content": content}
    return json.dumps({"type": "message", "attachments": [attachment]}).encode("ascii")


def _block(block: LetterBlock) -> list[dict[str, Any]]:
    heading = _text(_run(block.heading, weight="Bolder", size="Medium"))
    lines = []
    for line in block.lines:
        runs = [_run(f"{line.label}: ")] if line.label else []
        runs += [_run(line.lead, weight="Bolder"), _run(": ")] if line.lead else []
        lines.append(_text(*runs, _run(line.text)))
    return [heading, *lines, *([_text(_run(block.more))] if block.more else [])]


def _text(*runs: dict[str, str]) -> dict[str, Any]:
    # Not a TextBlock: that one reads Markdown, and a name could become a link.
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **style: str) -> dict[str, str]:
    return {"type": "TextRun", "text": text, **style}
