"""What SARIF says of casaudit itself: its rules, and the kinds of what was not seen."""

from typing import Any

from casaudit.findings import Assessment, RuleInfo, Severity
from casaudit.report.labels import REASONS
from casaudit.report.plaintext import block, web_pages
from casaudit.snapshot import Reason
from casaudit.text import visible

# SARIF knows three levels; the severity itself stands in the properties of a result.
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# The order gives each kind of notification its index in the driver.
KINDS_OF_GAPS = list(Reason)


def build_driver(assessment: Assessment) -> dict[str, Any]:
    """Describe casaudit, its rules and the kinds of its notifications."""
    return {
        "name": "casaudit",
        "version": visible(assessment.tool_version),
        "rules": [build_rule(rule) for rule in assessment.rules],
        "notifications": [build_kind_of_gap(reason) for reason in KINDS_OF_GAPS],
        "properties": {"rules_sha256": assessment.rules_sha256},
    }


def build_kind_of_gap(reason: Reason) -> dict[str, Any]:
    """Describe a kind of notification: why something was not seen, and what helps."""
    meaning, advice = REASONS[reason.value]
    return {
        "id": f"gap/{reason.value}",
        "shortDescription": sarif_text(meaning),
        # Code scanning of GitHub asks every descriptor for these two, of whatever it is.
        "fullDescription": sarif_text(f"{meaning}. {advice}"),
        "help": sarif_text(advice),
    }


def build_rule(rule: RuleInfo) -> dict[str, Any]:
    """Describe a rule: what it says, why, and where that is written."""
    controls = {name: list(ids) for name, ids in sorted(rule.controls.items())}
    tags = {f"{name} {each}" for name, ids in controls.items() for each in ids}
    pages = web_pages(rule)
    severity = Severity.INFO if rule.purpose.standing else rule.severity
    sources = [f"{each.title}: {each.url}" if each.url else each.title for each in rule.references]
    return {
        "id": rule.id,
        "shortDescription": sarif_text(visible(rule.title)),
        "fullDescription": sarif_text(block(rule.why)),
        # A viewer makes helpUri a link, so only an address that any reader may follow goes there.
        **({"helpUri": pages[0]} if pages else {}),
        "help": sarif_text(block("\n".join([rule.requirement, rule.why, "", *sources]))),
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {
            "severity": rule.severity.value,
            "revision": rule.revision,
            "confidence": rule.confidence,
            "profiles": list(rule.profiles),
            "controls": controls,
            "tags": sorted({*rule.profiles, *tags}),
            "standing": rule.purpose.standing,
        },
    }


def sarif_text(text: str) -> dict[str, str]:
    """Make a message of a text: braces are placeholders and ``](`` is a link unless disarmed."""
    # 3.11.5 and 3.11.6: placeholders and embedded links. Doubled braces are plain ones.
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}
