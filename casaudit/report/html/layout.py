"""What is drawn on the map: databases, arrays and servers as boxes with fitted text."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from casaudit.i18n.languages import marked
from casaudit.report.endpoints import Pointer, State
from casaudit.report.inventory import Row
from casaudit.report.phrases import Speech
from casaudit.text import visible

LEFT, LEFT_WIDTH = 14, 204
RIGHT, RIGHT_WIDTH = 322, 240
INDENT = 18
_LINE = 15
_CHARACTER, BOLD_CHARACTER = 6.3, 7.4

MOST_DATABASES = 8
MOST_SERVERS = 8
MOST_ELSEWHERE = 5
MOST_ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a box; ``full`` is what a reader gets who asks for all of it."""

    text: str
    full: str


@dataclass(frozen=True, slots=True)
class Box:
    """A database (or several alike), an array, a server, or something outside the site.

    Attributes:
        keys: what may point at it, or for databases: their ids.
        state: of the pointer that starts here, for databases.
    """

    kind: str
    keys: frozenset[str]
    lines: tuple[Line, ...]
    state: State | None = None
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

    def told(self, address: str, speech: Speech) -> str:
        """Write an address with the server that has it, or that it is a load balancer's."""
        match self.servers.get(address, []):
            case [server]:
                return f"{address} = {server}"
            case []:
                if not self.complete:
                    return address
                return speech.say("%(address)s, no server's own", address=address)
            case several:
                return speech.many(
                    "%(address)s, shared by %(number)s server",
                    "%(address)s, shared by %(number)s servers",
                    len(several),
                    address=address,
                )


def _addresses(row: Row) -> list[str]:
    found = row["addresses"]
    return found if isinstance(found, list) else []


def array_box(row: Row, owners: Owners, speech: Speech) -> Box:
    """An array with its FQDN and the address behind it."""
    fqdn = str(row["fqdn"] or speech.say("no FQDN"))
    lines = [_name(str(row["name"]), RIGHT_WIDTH), *_wrapped(fqdn)]
    lines += [fit(told, RIGHT_WIDTH) for told in _where(row, owners, speech)]
    return Box("array", frozenset({str(row["id"])}), tuple(lines), x=RIGHT, width=RIGHT_WIDTH)


def _where(array: Row, owners: Owners, speech: Speech) -> Iterator[str]:
    addresses = _addresses(array)
    if not addresses:
        gone, unknown = marked("does not resolve inside"), marked("address not known")
        yield speech.say(gone if array["resolves_internally"] is False else unknown)
    shown = addresses if len(addresses) <= MOST_ADDRESSES else addresses[: MOST_ADDRESSES - 1]
    yield from (owners.told(address, speech) for address in shown)
    if rest := len(addresses) - len(shown):
        yield speech.many("%(number)s more address", "%(number)s more addresses", rest)


def server_boxes(
    rows: Sequence[Row], databases: Sequence[Pointer], has_array: bool, speech: Speech
) -> Iterator[Box]:
    """The servers of a site; the least pointed at share one box when there are many."""
    pointed = Counter(pointer.target for pointer in databases)
    shown, rest = list(rows), list[Row]()
    if len(rows) > MOST_SERVERS:
        shown.sort(key=lambda row: (-pointed[str(row["id"])], not _is_member(row)))
        shown, rest = shown[: MOST_SERVERS - 1], shown[MOST_SERVERS - 1 :]
    for row in sorted(shown, key=lambda row: not _is_member(row)):
        yield _server(row, INDENT if has_array and _is_member(row) else 0, speech)
    if rest:
        keys = frozenset(str(row["id"]) for row in rest)
        told = speech.many("%(number)s more server", "%(number)s more servers", len(rest))
        line = _name(told, RIGHT_WIDTH)
        yield Box("server", keys, (line,), x=RIGHT, width=RIGHT_WIDTH)


def _server(row: Row, indent: int, speech: Speech) -> Box:
    width = RIGHT_WIDTH - indent
    lines = (_name(str(row["name"]), width), fit(_server_told(row, speech), width))
    kind = "member" if indent else "server"
    return Box(kind, frozenset({str(row["id"])}), lines, x=RIGHT + indent, width=width)


def _is_member(row: Row) -> bool:
    return bool(row["is_client_access_2010"] and row["has_rpc_client_access"])


def _server_told(row: Row, speech: Speech) -> str:
    roles = row["role_names"]
    short = {"Client Access": "CAS", "Mailbox": "MBX", "Edge Transport": "Edge"}
    told = [short[role] for role in roles if role in short] if isinstance(roles, list) else []
    parts = []
    if not row["is_2010"]:
        unknown = speech.say("Exchange of unknown version")
        parts.append(f"Exchange {row['product']}" if row["product"] else unknown)
    parts += ["+".join(told)] if told else []
    parts += _addresses(row)[:1]
    return " · ".join(parts)


def elsewhere_boxes(databases: Sequence[Pointer], known: set[str], speech: Speech) -> list[Box]:
    """What databases of a site point at that is not in the site."""
    found: dict[str, Pointer] = {}
    for pointer in databases:
        if pointer.target and pointer.target not in known:
            found.setdefault(pointer.target, pointer)
    keys = list(found)
    most = len(keys) if len(keys) <= MOST_ELSEWHERE else MOST_ELSEWHERE - 1
    boxes = [
        _elsewhere(frozenset({key}), _elsewhere_lines(found[key], speech)) for key in keys[:most]
    ]
    if rest := keys[most:]:
        told = speech.many("%(number)s more endpoint", "%(number)s more endpoints", len(rest))
        line = _name(told, RIGHT_WIDTH)
        boxes.append(_elsewhere(frozenset(rest), (line,)))
    return boxes


def _elsewhere(keys: frozenset[str], lines: tuple[Line, ...]) -> Box:
    return Box("elsewhere", keys, lines, x=RIGHT, width=RIGHT_WIDTH)


def _elsewhere_lines(pointer: Pointer, speech: Speech) -> tuple[Line, ...]:
    return *_wrapped(pointer.target_name), fit(_elsewhere_told(pointer, speech), RIGHT_WIDTH)


def _elsewhere_told(pointer: Pointer, speech: Speech) -> str:
    if pointer.kind == "unknown":
        return speech.say("no array or server of that name")
    if pointer.target_site is None:
        is_array = pointer.kind == "array"
        return speech.say("array, no site") if is_array else speech.say("server, no site")
    if pointer.kind == "array":
        return speech.say("array of site %(site)s", site=pointer.target_site)
    return speech.say("server of site %(site)s", site=pointer.target_site)


def database_boxes(
    databases: Sequence[Pointer], targets: Sequence[Box], speech: Speech
) -> list[Box]:
    """One box per database, or one per target and state when there are many."""
    places = {key: place for place, box in enumerate(targets) for key in box.keys}
    groups: dict[tuple[int, State, str, int], list[Pointer]] = defaultdict(list)
    for number, pointer in enumerate(databases):
        place = places.get(pointer.target or "", len(targets))
        own = 0 if len(databases) > MOST_DATABASES else number
        groups[place, pointer.state, pointer.note, own].append(pointer)
    order = list(State)
    keys = sorted(groups, key=lambda key: (key[0], order.index(key[1]), *key[2:]))
    return [_database(groups[key], speech) for key in keys]


def _database(alike: Sequence[Pointer], speech: Speech) -> Box:
    first = alike[0]
    name = first.database if len(alike) == 1 else speech.objects(len(alike), "database")
    return Box(
        "database",
        frozenset(pointer.id for pointer in alike),
        (_name(name, LEFT_WIDTH), fit(first.note, LEFT_WIDTH)),
        state=first.state,
        target=first.target,
        x=LEFT,
        width=LEFT_WIDTH,
    )


def _units(text: str) -> int:
    return sum(2 if ord(character) >= 0x1100 else 1 for character in text)


def fit(text: str, width: int, character: float = _CHARACTER) -> Line:
    """Cut a text to the width of a box; East Asian characters take twice the room."""
    full, room = visible(text), int((width - 16) / character)
    if _units(full) <= room:
        return Line(full, full)
    cut = full[:room]
    while _units(cut) >= room:
        cut = cut[:-1]
    return Line(cut + "…", full)


def _name(text: str, width: int) -> Line:
    return fit(text, width, BOLD_CHARACTER)


def _wrapped(text: str) -> list[Line]:
    """Break a long DNS name behind a dot, into two lines at most."""
    full, room = visible(text), int((RIGHT_WIDTH - 16) / _CHARACTER)
    if _units(full) <= room or "." not in full[:room]:
        return [fit(full, RIGHT_WIDTH)]
    break_at = full.rindex(".", 0, room) + 1
    return [Line(full[:break_at], full), replace(fit(full[break_at:], RIGHT_WIDTH), full=full)]
