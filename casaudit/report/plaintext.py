"""Texts for machine formats whose readers show them: plain, and without hidden characters."""

import re
from dataclasses import asdict

from casaudit.findings import Finding, RuleInfo, Value
from casaudit.text import visible

# Printable ASCII only: no blank, escape or bidi mark gets into an address that becomes a link.
_WEB = re.compile(r"https?://[!-~]+")


def block(text: str) -> str:
    """Keep the lines of a text of ours, and make every other hidden character visible."""
    return "\n".join(visible(line) for line in text.split("\n"))


def evidence(finding: Finding) -> dict[str, Value]:
    """Return the evidence in the order of its columns, lists sorted."""
    return {name: _value(value) for name, value in sorted(finding.evidence.items())}


def remediation(finding: Finding) -> dict[str, str]:
    """Return what there is of the fix card, by its parts, in the order of its use."""
    parts = asdict(finding.remediation) if finding.remediation else {}
    return {name: block(text) for name, text in parts.items() if text}


def web_pages(rule: RuleInfo) -> list[str]:
    """Return the addresses of a rule's sources, those that any reader may follow."""
    return [each.url for each in rule.references if each.url and _WEB.fullmatch(each.url)]


def _value(value: Value) -> Value:
    if isinstance(value, list):
        return sorted(visible(each) for each in value)
    return visible(value) if isinstance(value, str) else value
