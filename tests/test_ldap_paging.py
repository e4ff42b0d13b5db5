"""The loops over pages and ranges end, whatever a controller does, and keep what came."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.collect.ldap.codes import Trouble, trouble
from casaudit.collect.ldap.credentials import Limits
from casaudit.collect.ldap.paging import ConnectionLost, Page, Pages, RawEntry, read_pages
from casaudit.collect.ldap.ranges import Whole, whole
from casaudit.snapshot import Reason

LIMITS = Limits(pages=50, entries=100, answer_bytes=10_000, query=60, values=1_000)


def entry(number: int) -> RawEntry:
    return RawEntry(f"CN={number}".encode(), (("cn", (str(number).encode(),)),))


def page(*numbers: int, cookie: bytes | None = b"", code: int = 0, message: str = "") -> Page:
    return Page(code, message, tuple(map(entry, numbers)), cookie=cookie)


def numbers(found: Pages) -> list[int]:
    return [int(each.dn.removeprefix(b"CN=")) for each in found.entries]


def script(*pages: Page | ConnectionLost) -> Callable[[bytes], Page]:
    """Answer with one page after the other; asking for more fails the test."""
    left = iter(pages)

    def ask(cookie: bytes) -> Page:
        following = next(left)
        if isinstance(following, ConnectionLost):
            raise following
        return following

    return ask


@given(st.lists(st.integers(0, 5), max_size=8))
def test_all_pages_together_are_the_whole(sizes: list[int]) -> None:
    number = count()
    pages = [[next(number) for _ in range(size)] for size in sizes]

    def ask(cookie: bytes) -> Page:
        at = int(cookie or b"0")
        more = str(at + 1).encode() if at + 1 < len(pages) else b""
        return page(*(pages[at] if pages else ()), cookie=more)

    found = read_pages(ask, LIMITS)
    assert numbers(found) == list(range(sum(sizes)))
    assert found.trouble is None


def test_a_cookie_that_stays_the_same_while_entries_come_is_fine() -> None:
    ask = script(page(1, 2, cookie=b"samba"), page(3, cookie=b"samba"), page(4))
    found = read_pages(ask, LIMITS)
    assert (numbers(found), found.trouble) == ([1, 2, 3, 4], None)


def ever(make: Callable[[int], Page]) -> Callable[[bytes], Page]:
    number = count()
    return lambda _: make(next(number))


def cookie(number: int) -> bytes:
    return str(number + 1).encode()


ENDLESS: dict[str, tuple[Callable[[bytes], Page], Reason, str]] = {
    "the same page again and again": (
        ever(lambda _: page(1, 2, cookie=b"same")),
        Reason.SERVER_FAILURE,
        "the controller repeats a page",
    ),
    "the same cookie and nothing else": (
        ever(lambda _: page(cookie=b"same")),
        Reason.SERVER_FAILURE,
        "the controller repeats a page",
    ),
    "empty pages with new cookies": (
        ever(lambda number: page(cookie=cookie(number))),
        Reason.LIMIT,
        "more than 50 pages",
    ),
    "new entries for ever": (
        ever(lambda number: page(*range(number * 9, number * 9 + 9), cookie=cookie(number))),
        Reason.LIMIT,
        "more than 100 entries",
    ),
    "pages of excessive size": (
        ever(lambda number: Page(0, "", (entry(number),), (), cookie(number), 4_000)),
        Reason.LIMIT,
        "more than 0 MiB",
    ),
}


@pytest.mark.parametrize(("ask", "reason", "detail"), ENDLESS.values(), ids=ENDLESS)
def test_what_would_never_end_is_ended(
    ask: Callable[[bytes], Page], reason: Reason, detail: str
) -> None:
    found = read_pages(ask, LIMITS)
    assert found.trouble == Trouble(reason, detail)
    assert len(found.entries) == len(set(numbers(found)))


def test_a_slow_controller_is_left_when_the_time_is_up() -> None:
    clock = iter(range(0, 1000, 25))
    ask = ever(lambda number: page(number, cookie=cookie(number)))
    found = read_pages(ask, LIMITS, lambda: next(clock))
    assert found.trouble == Trouble(Reason.TIMEOUT, "not finished within 60 s")
    assert numbers(found) == [0, 1, 2]


CODES = {
    1: (Reason.SERVER_FAILURE, "result 1 (operationsError): why", True),
    3: (Reason.LIMIT, "result 3 (timeLimitExceeded): why", False),
    4: (Reason.LIMIT, "result 4 (sizeLimitExceeded): why", False),
    10: (Reason.REFERRAL, "result 10 (referral): why", False),
    11: (Reason.LIMIT, "result 11 (adminLimitExceeded): why", False),
    12: (Reason.SERVER_FAILURE, "result 12 (unavailableCriticalExtension): why", False),
    32: (Reason.DENIED_OR_ABSENT, "result 32 (noSuchObject): why", False),
    50: (Reason.REFUSED, "result 50 (insufficientAccessRights): why", False),
    51: (Reason.SERVER_FAILURE, "result 51 (busy): why", True),
    52: (Reason.SERVER_FAILURE, "result 52 (unavailable): why", True),
    4711: (Reason.SERVER_FAILURE, "result 4711 (unknown): why", False),
}


@pytest.mark.parametrize("code", CODES)
def test_a_result_code_ends_the_query_with_its_name(code: int) -> None:
    ask = script(page(1, 2, cookie=b"1"), page(3, cookie=b"2", code=code, message="why"))
    found = read_pages(ask, LIMITS)
    assert numbers(found) == [1, 2, 3]
    assert found.trouble == Trouble(*CODES[code])


def test_a_missing_paging_control_is_no_end() -> None:
    found = read_pages(script(page(1, cookie=b"1"), page(2, cookie=None)), LIMITS)
    assert numbers(found) == [1, 2]
    detail = "the answer lacks the paging control: there may be more"
    assert found.trouble == Trouble(Reason.SERVER_FAILURE, detail)


def test_a_broken_connection_keeps_what_came() -> None:
    broken = Trouble(Reason.UNREACHABLE, "the connection broke", again=True)
    found = read_pages(script(page(1, cookie=b"1"), ConnectionLost(broken)), LIMITS)
    assert (numbers(found), found.trouble) == ([1], broken)


def test_a_search_without_bind_is_refused_and_no_failure() -> None:
    message = "000004DC: LdapErr: DSID-0C090A5C, comment: a successful bind must be completed"
    found = trouble(1, message)
    assert found is not None
    assert (found.reason, found.again) == (Reason.REFUSED, False)


# Ranges


def ranged(label: str, *values: bytes) -> RawEntry:
    return RawEntry(b"CN=1", ((label, values),))


def never(label: str) -> RawEntry | Trouble:
    raise AssertionError(f"asked for {label}")


def rest(*answers: RawEntry | Trouble) -> Callable[[str], RawEntry | Trouble]:
    left: Iterator[RawEntry | Trouble] = iter(answers)
    return lambda _: next(left)


@given(st.lists(st.binary(max_size=3), max_size=60), st.integers(1, 9))
def test_all_ranges_together_are_the_whole(values: list[bytes], size: int) -> None:
    def part(first: int) -> RawEntry:
        last = first + size - 1
        end = "*" if last >= len(values) - 1 else str(last)
        return ranged(f"member;range={first}-{end}", *values[first : last + 1])

    def ask(label: str) -> RawEntry:
        return part(int(label.removeprefix("member;range=").partition("-")[0]))

    found = whole(part(0), ask, LIMITS.values)
    assert found == Whole({"member": tuple(values)}, {})


def test_attributes_keep_their_values_whatever_options_they_carry() -> None:
    attributes = (
        ("CN", (b"a",)),
        ("member", ()),
        ("member;range=0-*", (b"x",)),
        ("cn;lang", (b"b",)),
    )
    found = whole(RawEntry(b"CN=1", attributes), never, LIMITS.values)
    assert found == Whole({"cn": (b"a", b"b"), "member": (b"x",)}, {})


STUCK = "member: the controller gives a range that does not move on"
BROKEN_RANGES: dict[str, tuple[RawEntry, list[RawEntry | Trouble], list[bytes], str]] = {
    "the same range again": (
        ranged("member;range=0-1", b"a", b"b"),
        [ranged("member;range=0-1", b"a", b"b")],
        [b"a", b"b"],
        STUCK,
    ),
    "a range without values": (
        ranged("member;range=0-1", b"a", b"b"),
        [ranged("member;range=2-3")],
        [b"a", b"b"],
        STUCK,
    ),
    "a range backwards": (ranged("member;range=0-0"), [], [], STUCK),
    "a first range that is not the first": (ranged("member;range=5-9"), [], [], STUCK),
    "a gap between ranges": (
        ranged("member;range=0-0", b"a"),
        [ranged("member;range=2-*", b"c")],
        [b"a"],
        STUCK,
    ),
    "no attribute any more": (
        ranged("member;range=0-0", b"a"),
        [ranged("cn", b"x")],
        [b"a"],
        "member: no values from 1 on, though there should be",
    ),
    "a failure": (
        ranged("member;range=0-0", b"a"),
        [Trouble(Reason.SERVER_FAILURE, "result 51 (busy)")],
        [b"a"],
        "result 51 (busy)",
    ),
}


@pytest.mark.parametrize(
    ("first", "answers", "values", "detail"), BROKEN_RANGES.values(), ids=BROKEN_RANGES
)
def test_ranges_that_do_not_move_on_are_given_up(
    first: RawEntry, answers: list[RawEntry | Trouble], values: list[bytes], detail: str
) -> None:
    found = whole(first, rest(*answers), LIMITS.values)
    assert found.attributes == {"member": tuple(values)}
    assert {name: each.detail for name, each in found.broken.items()} == {"member": detail}


def test_endless_ranges_end_at_the_limit() -> None:
    def ask(label: str) -> RawEntry:
        first = int(label.removeprefix("member;range=").partition("-")[0])
        return ranged(f"member;range={first}-{first + 99}", *[b"x"] * 100)

    found = whole(ask("member;range=0-*"), ask, LIMITS.values)
    assert found.broken["member"] == Trouble(Reason.LIMIT, "member: more than 1000 values")
