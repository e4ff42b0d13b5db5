"""What resolvers answer in the organisation of an example: the ``dns`` of its ``given``."""

from typing import Any

from casaudit.engine.example_exports import Document, Patch, source_of

_ANSWER: Document = {"aliases": [], "values": [], "ttl": None, "authoritative": None}


def set_dns(world: Document, wanted: Patch) -> None:
    """Let resolvers give other answers; docs/rule-format.md says how these are written."""
    for view, names in wanted.items():
        for name, answer in names.items():
            asked = [a for a in world["dns_answers"] if a["view"] == view]
            # 192.0.2.0/24 is kept for documentation (RFC 5737), so this resolver is nobody's.
            resolvers = sorted({each["resolver"] for each in asked}) or ["192.0.2.53:53"]
            others = [a for a in world["dns_answers"] if (a["view"], a["name"]) != (view, name)]
            world["dns_answers"] = others
            per_resolver = answer.get("resolvers") if isinstance(answer, dict) else None
            for resolver, given in (per_resolver or dict.fromkeys(resolvers, answer)).items():
                if given is not None:
                    v4 = _answer(world, view, resolver, name, given)
                    world["dns_answers"] += _both(v4, given)


def _both(v4: Document, given: Any) -> list[Document]:
    """Return an answer, and that for IPv6 beside one for IPv4: most names have no such address."""
    if v4["record_type"] == "SRV":
        return [v4]
    status = "no_data" if v4["status"] == "answer" else v4["status"]
    stated = given.get("aaaa", status) if isinstance(given, dict) else status
    v6: Document = {"record_type": "AAAA", "status": stated, "values": [], "ttl": None}
    return [v4, v4 | v6]


def _answer(world: Document, view: str, resolver: str, name: str, given: Any) -> Document:
    kind = "SRV" if name.startswith("_") else "A"
    answer = _ANSWER | {"view": view, "resolver": resolver, "name": name, "record_type": kind}
    answer |= {"truncated": False, "source": source_of(world, f"dns:{resolver}")}
    if isinstance(given, str):
        return answer | {"status": given}
    if isinstance(given, list):
        given = {"addresses": given}
    target, ttl = given.get("alias"), given.get("ttl", 300)
    aliases = [{"name": name, "target": target, "ttl": given.get("alias_ttl", 300)}]
    return answer | {
        "status": given.get("status", "answer"),
        "values": given.get("addresses", []),
        "ttl": ttl,
        "authoritative": given.get("authoritative", True),
        "aliases": aliases if target else [],
    }
