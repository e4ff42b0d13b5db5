"""What is drawn on the map: databases, arrays and servers as boxes with fitted text."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from casaudit.i18n.languages import marked
from casaudit.report.endpoints import DatabaseEndpoint, EndpointState
from casaudit.report.inventory import Row
from casaudit.report.phrases import Phrases
from casaudit.text import visible

LEFT, LEFT_WIDTH = 14, 204
RIGHT, RIGHT_WIDTH = 322, 240
INDENT = 18
_LINE = 15
# Widths of a character, on average. SVG does not wrap text: what does not fit is cut here.
_CHARACTER, BOLD_CHARACTER = 6.3, 7.4

# A drawing with more boxes is not read any more; the tables name every object.
MOST_DATABASES = 8
MOST_SERVERS = 8
MOST_ELSEWHERE = 5
MOST_ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text in a box; ``full`` is what a reader gets who asks for all of it."""

    text: str
    full: str


@dataclass(frozen=True, slots=True)
class Box:
    """A database (or several alike), an array, a server, or something outside the site.

    Attributes:
        keys: what may point at it, or for databases: their ids.
        state: of the endpoint that its arrow leads to, for databases.
    """

    kind: str
    keys: frozenset[str]
    lines: tuple[TextLine, ...]
    state: EndpointState | None = None
    target: str | None = None
    x: int = 0
    y: int = 0
    width: int = 0

    @property
    def height(self) -> int:
        """Room for its lines."""
        return len(self.lines) * _LINE + 9

    @property
    def middle(self) -> int:
        """Where a curve starts."""
        return self.y + self.height // 2


class Owners:
    """Whose addresses are behind the names of arrays.

    Attributes:
        servers: the names of the servers that have an address.
        complete: whether the addresses of every server were seen.
    """

    def __init__(self, servers: Sequence[Row]) -> None:
        self.servers: dict[str, list[str]] = defaultdict(list)
        for row in servers:
            for address in _addresses(row):
                self.servers[address].append(str(row["name"]))
        self.complete = all(_addresses(row) for row in servers)

    def address_text(self, address: str, phrases: Phrases) -> str:
        """Write an address with the server that has it, or that it is a load balancer's."""
        match self.servers.get(address, []):
            case [server]:
                return f"{address} = {server}"
            case []:
                # As long as one server's address is not known, this may be that server's.
                if not self.complete:
                    return address
                return phrases.say("%(address)s, no server's own", address=address)
            case several:
                return phrases.many(
                    "%(address)s, shared by %(number)s server",
                    "%(address)s, shared by %(number)s servers",
                    len(several),
                    address=address,
                )


def _addresses(row: Row) -> list[str]:
    found = row["addresses"]
    return found if isinstance(found, list) else []


def array_box(row: Row, owners: Owners, phrases: Phrases) -> Box:
    """An array with its FQDN and the address behind it."""
    fqdn = str(row["fqdn"] or phrases.say("no FQDN"))
    lines = [_name(str(row["name"]), RIGHT_WIDTH), *_wrapped(fqdn)]
    lines += [fit(line, RIGHT_WIDTH) for line in _where(row, owners, phrases)]
    return Box("array", frozenset({str(row["id"])}), tuple(lines), x=RIGHT, width=RIGHT_WIDTH)


def _where(array: Row, owners: Owners, phrases: Phrases) -> Iterator[str]:
    addresses = _addresses(array)
    if not addresses:
        gone, unknown = marked("does not resolve inside"), marked("address not known")
        yield phrases.say(gone if array["resolves_internally"] is False else unknown)
    # One line is kept for the count of the others.
    shown = addresses if len(addresses) <= MOST_ADDRESSES else addresses[: MOST_ADDRESSES - 1]
    yield from (owners.address_text(address, phrases) for address in shown)
    if rest := len(addresses) - len(shown):
        yield phrases.many("%(number)s more address", "%(number)s more addresses", rest)


def server_boxes(
    rows: Sequence[Row], databases: Sequence[DatabaseEndpoint], has_array: bool, phrases: Phrases
) -> Iterator[Box]:
    """The servers of a site; the least pointed at share one box when there are many."""
    pointed = Counter(each.target for each in databases)
    shown, rest = list(rows), list[Row]()
    if len(rows) > MOST_SERVERS:
        # Servers that databases point at are drawn first; the rest shares one box.
        shown.sort(key=lambda row: (-pointed[str(row["id"])], not _is_member(row)))
        shown, rest = shown[: MOST_SERVERS - 1], shown[MOST_SERVERS - 1 :]
    for row in sorted(shown, key=lambda row: not _is_member(row)):
        yield _server(row, INDENT if has_array and _is_member(row) else 0, phrases)
    if rest:
        keys = frozenset(str(row["id"]) for row in rest)
        more = phrases.many("%(number)s more server", "%(number)s more servers", len(rest))
        line = _name(more, RIGHT_WIDTH)
        yield Box("server", keys, (line,), x=RIGHT, width=RIGHT_WIDTH)


def _server(row: Row, indent: int, phrases: Phrases) -> Box:
    width = RIGHT_WIDTH - indent
    lines = (_name(str(row["name"]), width), fit(_server_text(row, phrases), width))
    kind = "member" if indent else "server"
    return Box(kind, frozenset({str(row["id"])}), lines, x=RIGHT + indent, width=width)


def _is_member(row: Row) -> bool:
    # As Exchange 2010 computes the members of an array: Client Access servers of its site that own
    # an RPC Client Access object.
    return bool(row["is_client_access_2010"] and row["has_rpc_client_access"])


def _server_text(row: Row, phrases: Phrases) -> str:
    roles = row["role_names"]
    short = {"Client Access": "CAS", "Mailbox": "MBX", "Edge Transport": "Edge"}
    known = [short[role] for role in roles if role in short] if isinstance(roles, list) else []
    parts = []
    if not row["is_2010"]:
        unknown = phrases.say("Exchange of unknown version")
        parts.append(f"Exchange {row['product']}" if row["product"] else unknown)
    parts += ["+".join(known)] if known else []
    parts += _addresses(row)[:1]
    return " · ".join(parts)


def elsewhere_boxes(
    databases: Sequence[DatabaseEndpoint], known: set[str], phrases: Phrases
) -> list[Box]:
    """What databases of a site point at that is not in the site."""
    found: dict[str, DatabaseEndpoint] = {}
    for each in databases:
        if each.target and each.target not in known:
            found.setdefault(each.target, each)
    keys = list(found)
    # As with servers, the last box counts the rest.
    most = len(keys) if len(keys) <= MOST_ELSEWHERE else MOST_ELSEWHERE - 1
    boxes = [
        _elsewhere(frozenset({key}), _elsewhere_lines(found[key], phrases)) for key in keys[:most]
    ]
    if rest := keys[most:]:
        more = phrases.many("%(number)s more endpoint", "%(number)s more endpoints", len(rest))
        line = _name(more, RIGHT_WIDTH)
        boxes.append(_elsewhere(frozenset(rest), (line,)))
    return boxes


def _elsewhere(keys: frozenset[str], lines: tuple[TextLine, ...]) -> Box:
    return Box("elsewhere", keys, lines, x=RIGHT, width=RIGHT_WIDTH)


def _elsewhere_lines(endpoint: DatabaseEndpoint, phrases: Phrases) -> tuple[TextLine, ...]:
    return *_wrapped(endpoint.target_name), fit(_elsewhere_text(endpoint, phrases), RIGHT_WIDTH)


def _elsewhere_text(endpoint: DatabaseEndpoint, phrases: Phrases) -> str:
    if endpoint.kind == "unknown":
        return phrases.say("no array or server of that name")
    if endpoint.target_site is None:
        is_array = endpoint.kind == "array"
        return phrases.say("array, no site") if is_array else phrases.say("server, no site")
    if endpoint.kind == "array":
        return phrases.say("array of site %(site)s", site=endpoint.target_site)
    return phrases.say("server of site %(site)s", site=endpoint.target_site)


def database_boxes(
    databases: Sequence[DatabaseEndpoint], targets: Sequence[Box], phrases: Phrases
) -> list[Box]:
    """One box per database, or one per target and state when there are many."""
    places = {key: place for place, box in enumerate(targets) for key in box.keys}
    groups: dict[tuple[int, EndpointState, str, int], list[DatabaseEndpoint]] = defaultdict(list)
    for number, each in enumerate(databases):
        # Ordered by where they point, so that few arrows cross.
        place = places.get(each.target or "", len(targets))
        # With a number of its own each database has its own box; with 0 all alike share one.
        own = 0 if len(databases) > MOST_DATABASES else number
        groups[place, each.state, each.note, own].append(each)
    order = list(EndpointState)
    keys = sorted(groups, key=lambda key: (key[0], order.index(key[1]), *key[2:]))
    return [_database(groups[key], phrases) for key in keys]


def _database(alike: Sequence[DatabaseEndpoint], phrases: Phrases) -> Box:
    first = alike[0]
    name = first.database if len(alike) == 1 else phrases.objects(len(alike), "database")
    return Box(
        "database",
        frozenset(each.id for each in alike),
        (_name(name, LEFT_WIDTH), fit(first.note, LEFT_WIDTH)),
        state=first.state,
        target=first.target,
        x=LEFT,
        width=LEFT_WIDTH,
    )


def _units(text: str) -> int:
    # From Hangul Jamo on; a coarse bound is enough, too wide only cuts earlier.
    return sum(2 if ord(character) >= 0x1100 else 1 for character in text)


def fit(text: str, width: int, character: float = _CHARACTER) -> TextLine:
    """Cut a text to the width of a box; East Asian characters take twice the room."""
    full, room = visible(text), int((width - 16) / character)
    if _units(full) <= room:
        return TextLine(full, full)
    cut = full[:room]
    # One unit stays free for the ellipsis.
    while _units(cut) >= room:
        cut = cut[:-1]
    return TextLine(cut + "…", full)


def _name(text: str, width: int) -> TextLine:
    return fit(text, width, BOLD_CHARACTER)


def _wrapped(text: str) -> list[TextLine]:
    """Break a long DNS name behind a dot, into two lines at most."""
    full, room = visible(text), int((RIGHT_WIDTH - 16) / _CHARACTER)
    if _units(full) <= room or "." not in full[:room]:
        return [fit(full, RIGHT_WIDTH)]
    break_at = full.rindex(".", 0, room) + 1
    return [TextLine(full[:break_at], full), replace(fit(full[break_at:], RIGHT_WIDTH), full=full)]
