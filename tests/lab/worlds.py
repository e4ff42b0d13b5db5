"""Organisations whose plans are carried out in the lab, and what is to be expected of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from casaudit.remediation.plan import PlanDocument
from tests.forest import Addresses, Copy, Database, Forest
from tests.lab.dns import Zones
from tests.support.organisations import article_a, article_b, healthy, resolve
from tests.support.shipped_rules import book

HEAD, BRANCH = "site HeadOffice", "site BranchOffice"
Key = tuple[str, str]
"""Rule and object."""


@dataclass(frozen=True)
class World:
    """An organisation, and what is to be expected of its plan.

    Attributes:
        answers: the names that the operator answers, by decision and what it is for.
        settings: what they stated beforehand.
        appears: failures that the plan brings with it, and says so before.
        base: the sample with whose directory it begins.
    """

    forest: Forest
    answers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    settings: str = ""
    appears: frozenset[Key] = frozenset()
    base: str = "healthy"

    def answered(self, text: str, plan: PlanDocument) -> str:
        """Return the ``answers.txt`` of a plan with what the operator writes into it."""
        decisions = {each.question: key for key, each in book().shared.decisions.items()}
        for asked in plan.answers:
            answer = self.answers[decisions[asked.question], asked.scope]
            assert f"\n{asked.key} =\n" in text
            text = text.replace(f"\n{asked.key} =\n", f"\n{asked.key} = {answer}\n")
        return text


def first_article() -> World:
    """Databases of a site name a server; the branch gets an HTTPS name of its own."""
    forest = article_a()
    resolve(forest, "10.2.1.21", "mail-br")
    answers = {("https-inside", BRANCH): "mail-br.exchangeserverpro.net"}
    return World(forest, answers, base="article-a")


def second_article() -> World:
    """Databases of one site name the array of the other."""
    return World(article_b(), base="article-b")


def mixed_endpoints() -> World:
    """Databases that name servers of their own site and of others, and the other site's array."""
    forest = healthy()
    forest.database("DB-HO-01").endpoint = "EX1"
    forest.database("DB-HO-02").endpoint = "outlook-br.corp.example"
    forest.database("DB-BR-01").endpoint = "EX1"
    forest.databases += [
        Database("Größe & Co, (1)", "EX4", [Copy("EX4")]),
        Database("RDB-BR-01", "EX4", [Copy("EX4")], recovery=True),
    ]
    return World(forest)


def server_names_in_urls() -> World:
    """Clients are sent to single servers by every kind of address, and an array bears one's name.

    Beside that two servers of one site differ in Outlook Anywhere, and one takes RPC in clear.
    """
    forest = healthy()
    for server in (forest.server("EX1"), forest.server("EX3")):
        server.publish(f"{server.fqdn}")
        assert server.connection_point
        server.connection_point.uri = f"https://{server.fqdn}/Autodiscover/Autodiscover.xml"
    other = forest.server("EX2")
    other.publish("mail.corp.example", outside="ex2.corp.example")
    other.directories["ews"].bypass_url = "https://mail.corp.example/ews/exchange.asmx"
    other.encryption_required = False
    anywhere = forest.server("EX1").directories["outlook_anywhere"]
    anywhere.external_url = "https://ex1.corp.example/rpc"
    anywhere.internal_authentication = anywhere.external_authentication = 1
    forest.array("outlook-br").fqdn = "EX3.corp.example"
    for name in ("DB-BR-01", "DB-BR-02"):
        forest.database(name).endpoint = "EX3.corp.example"
    answers = {
        ("array-name", "outlook-br"): "outlook-br.corp.example",
        ("autodiscover", BRANCH): "autodiscover.corp.example",
        ("autodiscover", HEAD): "autodiscover.corp.example",
        ("https-inside", BRANCH): "mail-br.corp.example",
        ("https-inside", HEAD): "mail.corp.example",
        ("https-outside", HEAD): "mail.corp.example",
    }
    # Whether the cmdlet renames the array in the databases' eyes too is not known; it is told.
    return World(forest, answers, appears=frozenset({("CAS-ARRAY-008", "outlook-br")}))


def planned_array() -> World:
    """A site without an array, for which one is planned."""
    forest = healthy()
    forest.arrays.remove(forest.array("outlook-ho"))
    forest.database("DB-HO-01").endpoint = "EX1"
    forest.database("DB-HO-02").endpoint = "EX2"
    resolve(forest, "10.1.0.50", "outlook-new")
    stated = "planned_arrays: {HeadOffice: outlook-new.corp.example}\n"
    return World(forest, settings=f"schema: casaudit/settings/1\n{stated}")


WORLDS = {
    "article A": first_article,
    "article B": second_article,
    "mixed endpoints": mixed_endpoints,
    "server names in URLs": server_names_in_urls,
    "a planned array": planned_array,
}


def zones(forest: Forest) -> Zones:
    """What clients inside see of the organisation's names."""
    lines = []
    for name, answer in forest.dns_internal.items():
        assert isinstance(answer, Addresses)
        lines += [f"{name}. {answer.ttl} A {each}\n" for each in answer.values]
    return {forest.domain: "".join(lines)}
