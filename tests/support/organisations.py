"""The three sample organisations: a healthy one, and those of the two articles on arrays.

Nothing in them is a real organisation. The names and pointers of the second are the ones that
article A prints, the third is what article B's command for all databases leaves behind.
"""

from datetime import UTC, datetime

from casaudit.shipped import SAMPLES
from tests.forest import (
    Addresses,
    Array,
    ConnectionPoint,
    Copy,
    Database,
    Endpoint,
    Forest,
    Group,
    Server,
    Site,
)
from tests.forest.certificates import chains

MAILBOX, CLIENT_ACCESS, HUB = 2, 4, 32
OUTSIDE = "203.0.113.10"
LEGACY_VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2")


def add_server(forest: Forest, name: str, site: str, address: str, *, roles: int = 38) -> Server:
    """Install a server; with the Client Access role it announces the shared Autodiscover name."""
    server = Server(name, site, f"{name}.{forest.domain}", roles=roles)
    forest.servers.append(server)
    resolve(forest, address, name)
    if roles & CLIENT_ACCESS:
        uri = f"https://autodiscover.{forest.domain}/Autodiscover/Autodiscover.xml"
        server.connection_point = ConnectionPoint(uri, (site,))
    return server


def resolve(forest: Forest, address: str, *labels: str) -> None:
    """Give names of the organisation's domain an address inside."""
    for label in labels:
        forest.dns_internal[f"{label.lower()}.{forest.domain}"] = Addresses((address,))


def listen(forest: Forest, endpoint: Endpoint, *addresses: str) -> None:
    """Let addresses answer on port 443."""
    forest.tls |= dict.fromkeys(addresses, endpoint)


def publish_outside(forest: Forest) -> None:
    """Give the names that clients use from the Internet an address there."""
    for label in ("mail", "autodiscover"):
        forest.dns_external[f"{label}.{forest.domain}"] = Addresses((OUTSIDE,))


def healthy() -> Forest:
    """Two sites, each with an array behind a balancer, and nothing to find in them."""
    forest = Forest("corp.example", "Example Corp")
    forest.sites = [Site("HeadOffice", ("10.1.0.0/16",)), Site("BranchOffice", ("10.2.0.0/16",))]
    forest.accepted_domains = {"corp.example": 4}
    forest.groups = [Group("DAG1")]
    for name, address in (("EX1", "10.1.0.11"), ("EX2", "10.1.0.12")):
        server = add_server(forest, name, "HeadOffice", address)
        server.group = "DAG1"
        server.publish("mail.corp.example", outside="mail.corp.example")
        server.enable_outlook_anywhere("mail.corp.example")
    for name, address in (("EX3", "10.2.0.11"), ("EX4", "10.2.0.12")):
        server = add_server(forest, name, "BranchOffice", address)
        server.publish("mail-br.corp.example")
        server.enable_outlook_anywhere("mail.corp.example")
    head, branch = "outlook-ho.corp.example", "outlook-br.corp.example"
    forest.arrays = [
        Array("outlook-ho", head, "HeadOffice"),
        Array("outlook-br", branch, "BranchOffice"),
    ]
    forest.databases = [
        Database("DB-HO-01", head, [Copy("EX1"), Copy("EX2", 2)], group="DAG1"),
        Database("DB-HO-02", head, [Copy("EX2"), Copy("EX1", 2)], group="DAG1"),
        Database("DB-BR-01", branch, [Copy("EX3")]),
        Database("DB-BR-02", branch, [Copy("EX4")]),
        Database("PF-HO-01", "EX1", [Copy("EX1")], kind="public_folder"),
    ]
    for database in forest.databases[:-1]:
        database.public_folder_database = "PF-HO-01"
    resolve(forest, "10.1.0.50", "outlook-ho", "mail", "autodiscover")
    resolve(forest, "10.2.0.50", "outlook-br", "mail-br")
    publish_outside(forest)
    first, second = chains(
        SAMPLES / "healthy" / "certificates",
        "Example Corp Root CA",
        ("mail.corp.example", "autodiscover.corp.example", head),
        ("mail-br.corp.example", "mail.corp.example", "autodiscover.corp.example", branch),
    )
    listen(forest, Endpoint(first), "10.1.0.11", "10.1.0.12", "10.1.0.50")
    listen(forest, Endpoint(second), "10.2.0.11", "10.2.0.12", "10.2.0.50")
    return forest


def article_a() -> Forest:
    """An array made after the databases, which still name a server; none in the branch.

    Its DNS record points at a server, as in the article; the certificates of the private
    authority are valid but do not bear the array's name.
    """
    forest = Forest("exchangeserverpro.net", "ESP")
    forest.sites = [Site("HeadOffice", ("10.1.0.0/16",)), Site("BranchOffice", ("10.2.0.0/16",))]
    forest.accepted_domains = {"exchangeserverpro.net": 4}
    forest.resolvers = ("10.1.1.10:53", "198.51.100.53:53")
    mail, own = "mail.exchangeserverpro.net", "br-ex2010-mb.exchangeserverpro.net"
    for name, address in (("HO-EX2010-MB1", "10.1.1.21"), ("HO-EX2010-MB2", "10.1.1.22")):
        server = add_server(forest, name, "HeadOffice", address)
        server.publish(mail, outside=mail)
        server.enable_outlook_anywhere(mail)
    add_server(forest, "BR-EX2010-MB", "BranchOffice", "10.2.1.21").publish(own)
    made = datetime(2011, 5, 16, 10, 30, 0, tzinfo=UTC)
    array = "outlook-ho.exchangeserverpro.net"
    forest.arrays = [Array("cas-headoffice", array, "HeadOffice", created=made)]
    first = "HO-EX2010-MB1"
    forest.databases = [
        Database("MB-HO-01", first, [Copy(first)]),
        Database("MB-HO-02", first, [Copy(first)]),
        Database("MB-HO-03", first, [Copy(first)]),
        Database("MB-BR-01", "BR-EX2010-MB", [Copy("BR-EX2010-MB")]),
        Database("RDB-HO-01", first, [Copy(first)], recovery=True),
    ]
    resolve(forest, "10.1.1.21", "outlook-ho", "mail", "autodiscover")
    publish_outside(forest)
    shared, single = chains(
        SAMPLES / "article-a" / "certificates",
        "ESP Root CA",
        (mail, "autodiscover.exchangeserverpro.net"),
        (own, "autodiscover.exchangeserverpro.net"),
    )
    listen(forest, Endpoint(shared, LEGACY_VERSIONS), "10.1.1.21", "10.1.1.22")
    listen(forest, Endpoint(single, LEGACY_VERSIONS), "10.2.1.21")
    return forest


def article_b() -> Forest:
    """Two sites with an array each, after a command that gave all databases the first one's name.

    The recovery database got it too. The certificate of the first site bears the array's name
    and the public name in advance.
    """
    forest = Forest("lab.net", "LAB")
    forest.sites = [Site("BJ", ("10.10.0.0/16",)), Site("SH", ("10.20.0.0/16",))]
    forest.accepted_domains = {"lab.net": 4}
    forest.resolvers = ("10.10.0.10:53", "198.51.100.53:53")
    for name, address in (("BJ-CAS1", "10.10.0.21"), ("BJ-CAS2", "10.10.0.22")):
        server = add_server(forest, name, "BJ", address, roles=CLIENT_ACCESS | HUB)
        server.publish("mail.lab.net", outside="mail.lab.net")
        server.enable_outlook_anywhere("mail.lab.net")
    add_server(forest, "BJ-MBX1", "BJ", "10.10.0.31", roles=MAILBOX)
    add_server(forest, "SH-EX1", "SH", "10.20.0.21").publish("mail-sh.lab.net")
    forest.arrays = [
        Array("BJ CAS Array", "bj-cas.lab.net", "BJ"),
        Array("SH CAS Array", "sh-cas.lab.net", "SH"),
    ]
    everywhere = "bj-cas.lab.net"
    forest.databases = [
        Database("BJ-DB01", everywhere, [Copy("BJ-MBX1")]),
        Database("BJ-DB02", everywhere, [Copy("BJ-MBX1")]),
        Database("BJ-RDB", everywhere, [Copy("BJ-MBX1")], recovery=True),
        Database("SH-DB01", everywhere, [Copy("SH-EX1")]),
        Database("SH-DB02", everywhere, [Copy("SH-EX1")]),
    ]
    resolve(forest, "10.10.0.50", "bj-cas", "mail", "autodiscover")
    resolve(forest, "10.20.0.21", "sh-cas", "mail-sh")
    publish_outside(forest)
    first, second = chains(
        SAMPLES / "article-b" / "certificates",
        "LAB Root CA",
        ("mail.lab.net", "autodiscover.lab.net", "bj-cas.lab.net"),
        ("mail-sh.lab.net", "autodiscover.lab.net", "sh-cas.lab.net"),
    )
    listen(forest, Endpoint(first, LEGACY_VERSIONS), "10.10.0.21", "10.10.0.22", "10.10.0.50")
    listen(forest, Endpoint(second, LEGACY_VERSIONS), "10.20.0.21")
    return forest


ORGANISATIONS = {"healthy": healthy, "article-a": article_a, "article-b": article_b}
