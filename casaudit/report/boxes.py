"""What is drawn on the map: databases, arrays and servers as boxes with fitted text."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from casaudit.report.inventory import Row
from casaudit.report.pointers import Pointer, State
from casaudit.report.words import count
from casaudit.visible import visible

LEFT, LEFT_WIDTH = 14, 204
RIGHT, RIGHT_WIDTH = 322, 240
INDENT = 18
_LINE = 15
_CHARACTER, _BOLD_CHARACTER = 6.3, 7.4

MOST_DATABASES = 8
MOST_SERVERS = 8
MOST_ELSEWHERE = 5


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


def array_box(row: Row, names: dict[str, Row]) -> Box:
    """An array with its FQDN and the address behind it."""
    lines = [_name(str(row["name"]), RIGHT_WIDTH), *_wrapped(str(row["fqdn"] or "no FQDN"))]
    lines.append(_fit(_where(row, names.get(str(row["dns_name"]))), RIGHT_WIDTH))
    return Box("array", frozenset({str(row["id"])}), tuple(lines), x=RIGHT, width=RIGHT_WIDTH)


def _where(array: Row, name: Row | None) -> str:
    addresses = array["addresses"]
    if isinstance(addresses, list) and addresses:
        server = name["address_server"] if name else None
        more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
        return addresses[0] + (f" = {server}" if server and not more else more)
    if array["resolves_internally"] is False:
        return "does not resolve inside"
    return "address not known"


def server_boxes(
    rows: Sequence[Row], databases: Sequence[Pointer], has_array: bool
) -> Iterator[Box]:
    """The servers of a site; the least pointed at share one box when there are many."""
    pointed = Counter(pointer.target for pointer in databases)
    shown, rest = list(rows), list[Row]()
    if len(rows) > MOST_SERVERS:
        shown.sort(key=lambda row: (-pointed[str(row["id"])], not _is_member(row)))
        shown, rest = shown[: MOST_SERVERS - 1], shown[MOST_SERVERS - 1 :]
    for row in sorted(shown, key=lambda row: not _is_member(row)):
        yield _server(row, INDENT if has_array and _is_member(row) else 0)
    if rest:
        keys = frozenset(str(row["id"]) for row in rest)
        line = _name(f"{len(rest):,} more servers", RIGHT_WIDTH)
        yield Box("server", keys, (line,), x=RIGHT, width=RIGHT_WIDTH)


def _server(row: Row, indent: int) -> Box:
    width = RIGHT_WIDTH - indent
    lines = (_name(str(row["name"]), width), _fit(_server_told(row), width))
    kind = "member" if indent else "server"
    return Box(kind, frozenset({str(row["id"])}), lines, x=RIGHT + indent, width=width)


def _is_member(row: Row) -> bool:
    return bool(row["is_client_access_2010"] and row["has_rpc_client_access"])


def _server_told(row: Row) -> str:
    roles, addresses = row["role_names"], row["addresses"]
    short = {"Client Access": "CAS", "Mailbox": "MBX", "Edge Transport": "Edge"}
    told = [short[role] for role in roles if role in short] if isinstance(roles, list) else []
    parts = [] if row["is_2010"] else [f"Exchange {row['product'] or 'of unknown version'}"]
    parts += ["+".join(told)] if told else []
    parts += addresses[:1] if isinstance(addresses, list) else []
    return " · ".join(parts)


def elsewhere_boxes(databases: Sequence[Pointer], known: set[str]) -> list[Box]:
    """What databases of a site point at that is not in the site."""
    found: dict[str, Pointer] = {}
    for pointer in databases:
        if pointer.target and pointer.target not in known:
            found.setdefault(pointer.target, pointer)
    keys = list(found)
    most = len(keys) if len(keys) <= MOST_ELSEWHERE else MOST_ELSEWHERE - 1
    boxes = [_elsewhere(frozenset({key}), _elsewhere_lines(found[key])) for key in keys[:most]]
    if rest := keys[most:]:
        line = _name(f"{len(rest):,} more endpoints", RIGHT_WIDTH)
        boxes.append(_elsewhere(frozenset(rest), (line,)))
    return boxes


def _elsewhere(keys: frozenset[str], lines: tuple[Line, ...]) -> Box:
    return Box("elsewhere", keys, lines, x=RIGHT, width=RIGHT_WIDTH)


def _elsewhere_lines(pointer: Pointer) -> tuple[Line, ...]:
    return *_wrapped(pointer.target_name), _fit(_elsewhere_told(pointer), RIGHT_WIDTH)


def _elsewhere_told(pointer: Pointer) -> str:
    if pointer.kind == "unknown":
        return "no array or server of that name"
    noun = "array" if pointer.kind == "array" else "server"
    return f"{noun} of site {pointer.target_site}" if pointer.target_site else f"{noun}, no site"


def database_boxes(databases: Sequence[Pointer], targets: Sequence[Box]) -> list[Box]:
    """One box per database, or one per target and state when there are many."""
    places = {key: place for place, box in enumerate(targets) for key in box.keys}
    groups: dict[tuple[int, State, str, int], list[Pointer]] = defaultdict(list)
    for number, pointer in enumerate(databases):
        place = places.get(pointer.target or "", len(targets))
        own = 0 if len(databases) > MOST_DATABASES else number
        groups[place, pointer.state, pointer.note, own].append(pointer)
    order = list(State)
    keys = sorted(groups, key=lambda key: (key[0], order.index(key[1]), *key[2:]))
    return [_database(groups[key]) for key in keys]


def _database(alike: Sequence[Pointer]) -> Box:
    first = alike[0]
    name = first.database if len(alike) == 1 else count(len(alike), "database")
    return Box(
        "database",
        frozenset(pointer.id for pointer in alike),
        (_name(name, LEFT_WIDTH), _fit(first.note, LEFT_WIDTH)),
        state=first.state,
        target=first.target,
        x=LEFT,
        width=LEFT_WIDTH,
    )


def _units(text: str) -> int:
    return sum(2 if ord(character) >= 0x1100 else 1 for character in text)


def _fit(text: str, width: int, character: float = _CHARACTER) -> Line:
    """Cut a text to the width of a box; East Asian characters take twice the room."""
    full, room = visible(text), int((width - 16) / character)
    if _units(full) <= room:
        return Line(full, full)
    cut = full[:room]
    while _units(cut) >= room:
        cut = cut[:-1]
    return Line(cut + "…", full)


def _name(text: str, width: int) -> Line:
    return _fit(text, width, _BOLD_CHARACTER)


def _wrapped(text: str) -> list[Line]:
    """Break a long DNS name behind a dot, into two lines at most."""
    full, room = visible(text), int((RIGHT_WIDTH - 16) / _CHARACTER)
    if _units(full) <= room or "." not in full[:room]:
        return [_fit(full, RIGHT_WIDTH)]
    break_at = full.rindex(".", 0, room) + 1
    return [Line(full[:break_at], full), replace(_fit(full[break_at:], RIGHT_WIDTH), full=full)]
