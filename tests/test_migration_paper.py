"""The plan of a migration on the page and beside it: table, sequence, pilot, batches, letters."""

import email
import email.policy
import json
from dataclasses import replace
from email.message import EmailMessage
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.findings import Assessment, Migration, Move, Subject, Wave, WaveState
from casaudit.migration.batches import batches, pilot
from casaudit.report import json as findings_json
from casaudit.report import letters, proposal, waves
from casaudit.report.html.sequence import MOST_STEPS, WIDTH, MoveSequence, move_sequence
from casaudit.report.phrases import phrases_of
from casaudit.report.waves import WaveView, waves_view
from tests.support.page import Element
from tests.test_waves import article, found, inner, judged, page, section

CAN, HELD = WaveState.CAN_MOVE, WaveState.BLOCKED


def moves(*counts: int | None, state: WaveState = CAN) -> tuple[Move, ...]:
    """Databases DB0, DB1 ... with these numbers of mailboxes."""
    return tuple(
        Move(Subject("database", f"DB{at}", "HQ", f"id{at}"), None, number, state, "", False)
        for at, number in enumerate(counts)
    )


def told(*counts: int | None) -> list[tuple[str, list[str], int | None]]:
    return [
        (each.name, [database.name for database in each.databases], each.mailboxes)
        for each in batches(3, moves(*counts))
    ]


def test_small_databases_share_a_batch_up_to_its_limit() -> None:
    assert told(100, 100, 50, 1) == [("W3-B1", ["DB0", "DB1", "DB2"], 250), ("W3-B2", ["DB3"], 1)]


def test_a_large_database_is_moved_in_parts_alike() -> None:
    found = batches(1, moves(10, 601, 10))
    assert [(each.part, each.parts, each.mailboxes) for each in found] == [
        (1, 1, 10), (1, 3, 201), (2, 3, 200), (3, 3, 200), (1, 1, 10),
    ]  # fmt: skip


def test_a_database_whose_mailboxes_nobody_counted_is_a_batch_of_its_own() -> None:
    assert told(5, None, 5) == [
        ("W3-B1", ["DB0"], 5),
        ("W3-B2", ["DB1"], None),
        ("W3-B3", ["DB2"], 5),
    ]


def test_what_is_held_up_shares_no_batch_with_what_can_move() -> None:
    held, free = replace(moves(5)[0], state=HELD), moves(5, 6)[1]
    assert [(b.state, len(b.databases)) for b in batches(1, (held, free))] == [(CAN, 1), (HELD, 1)]


@given(st.lists(st.none() | st.integers(0, 2_000), max_size=12))
def test_every_mailbox_is_in_one_batch_and_no_batch_is_too_large(counts: list[int | None]) -> None:
    made = batches(1, moves(*counts))
    known = [each.mailboxes for each in made if each.mailboxes is not None]
    assert sum(known) == sum(number or 0 for number in counts)
    assert max(known, default=0) <= 250
    named = {database.name for each in made for database in each.databases}
    assert named == {f"DB{at}" for at in range(len(counts))}


def wave(number: int, *moved: Move, after: tuple[int, ...] = ()) -> Wave:
    (some, *_) = found({}, name="article-b").waves
    return replace(some, number=number, databases=moved, after=after)


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ([wave(1, *moves(400, 8, 40))], (1, "DB2", 20)),
        ([wave(1, *moves(2, 8, 0))], (1, "DB1", 8)),
        ([wave(1, *moves(8, None, 300))], (1, "DB2", 20)),
        ([wave(1, *moves(None))], (1, "DB0", 20)),
        ([wave(1, *moves(9, state=HELD)), wave(2, *moves(9))], (2, "DB0", 9)),
        ([wave(1, *moves(9, state=HELD)), wave(2, *moves(9), after=(1,))], (1, "DB0", 9)),
        ([wave(1, *moves(0))], None),
        ([], None),
    ],
    ids=[
        "the smallest that fills it", "else the largest", "a counted one first", "not counted",
        "one that can move", "not one that waits for another wave", "nothing to move", "no waves",
    ],
)  # fmt: skip
def test_the_pilot_is_of_a_database_that_may_go_first_and_fills_it(
    plan: list[Wave], expected: tuple[int, str, int] | None
) -> None:
    chosen = pilot(plan)
    assert (chosen and (chosen.wave, chosen.database.name, chosen.most)) == expected


def rows(name: str) -> list[list[str]]:
    inside, _ = section(page(article(name)), "waves")
    (table,) = (e for e in inside if e.tag == "table" and e.has_class("plan"))

    def cells(row: Element) -> list[str]:
        own = [e for e in inside if e.tag in {"th", "td"} and e.path[-1] is row]
        return [" ".join("".join(e.inside).split()) for e in own]

    return [cells(e) for e in inside if e.tag == "tr" and any(p is table for p in e.path)]


def test_one_table_has_a_line_for_each_wave() -> None:
    names = "exchangeserverpro.net"
    assert rows("article-a")[1:] == [
        ["1", "HeadOffice", "3: MB-HO-01, MB-HO-02 and 1 more", "121", "1",
         f"autodiscover.{names}, mail.{names}", "not yet", "gate Outlook Anywhere"],
        ["2", "BranchOffice", "1: MB-BR-01", "5", "1", "\u2013", "blocked",
         "gate Outlook Anywhere; 1 cause in its way; wave 1"],
    ]  # fmt: skip


def test_numbers_in_a_row_are_told_as_a_range() -> None:
    (view, *_) = views()
    later = replace(view.wave, after=(1, 2, 3, 5), waits_for=(), missing=(), blockers=())
    told = proposal.waits(later, {}, phrases_of(article("article-b")))
    assert list(told) == ["waves 1 to 3, 5"]


def views(name: str = "article-b") -> tuple[WaveView, ...]:
    view = waves_view(article(name))
    assert view is not None
    return view.waves


def drawn(migration: Migration, some: tuple[WaveView, ...]) -> MoveSequence:
    drawing = move_sequence(migration, some, phrases_of(article("article-b")))
    assert drawing is not None
    return drawing


def test_the_drawing_shows_gates_pilot_waves_and_the_end_one_after_the_other() -> None:
    migration = article("article-b").migration
    assert migration is not None
    drawing = drawn(migration, views())
    assert [(bar.name.full, bar.style) for bar in drawing.bars] == [
        ("Gates before the first wave", "fail"),
        ("Pilot", "not_applicable"),
        ("Wave 1: BJ", "not_applicable"),
        ("Wave 2: SH", "not_applicable"),
        ("Exchange 2010 is removed", ""),
    ]
    edges = [(bar.x, bar.x + bar.width) for bar in drawing.bars]
    assert all(left[1] == right[0] for left, right in pairwise(edges))
    assert edges[-1][1] == WIDTH
    # An endpoint of the first wave answers until the second is done.
    assert [bar.kept for bar in drawing.bars] == [0, 0, edges[3][1], 0, 0]


def test_a_drawing_of_many_waves_ends_and_counts_the_others() -> None:
    migration, (view, *_) = article("article-b").migration, views()
    assert migration is not None
    drawing = drawn(migration, (view,) * (MOST_STEPS + 7))
    assert (len(drawing.heads), drawing.rest) == (MOST_STEPS, 7)
    assert all(bar.width > 0 and bar.x + bar.width <= WIDTH for bar in drawing.bars)


def test_a_line_parts_the_sites_that_do_not_face_the_internet() -> None:
    assessment = judged(inner())
    view = waves_view(assessment)
    assert view is not None and assessment.migration is not None
    drawing = drawn(assessment.migration, view.waves)
    assert drawing.inner == drawing.bars[3].x
    assert drawn(assessment.migration, view.waves[:1]).inner == 0


def message(content: bytes) -> EmailMessage:
    read = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_letter_for_each_wave_is_a_draft_that_outlook_opens() -> None:
    files = letters.files(article("article-a"))
    assert list(files) == [
        "migration/checklist.txt",
        "migration/wave-01.eml",
        "migration/wave-02.eml",
        "migration/outlook-does-not-connect.eml",
    ]
    letter = message(files["migration/wave-01.eml"])
    assert dict(letter.items()) == {
        "Subject": "Your mailbox moves to a newer server: Wave 1: HeadOffice",
        "X-Unsent": "1",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
        "MIME-Version": "1.0",
    }
    assert "moved to a newer server on [date]." in letter.get_content()


def test_letters_have_lines_that_every_mail_server_takes() -> None:
    for name, content in letters.files(hostile("ü" * 3_000)).items():
        lines = content.split(b"\r\n")
        assert b"\n" not in b"".join(lines), name
        assert not name.endswith(".eml") or max(map(len, lines)) <= 998


def hostile(text: str) -> Assessment:
    plain = article("article-b")
    assert plain.migration is not None

    def renamed(wave: Wave) -> Wave:
        named = tuple(replace(site, name=text + site.name) for site in wave.sites)
        return replace(wave, sites=named, because=text)

    changed = replace(plain.migration, waves=tuple(map(renamed, plain.migration.waves)))
    return replace(plain, migration=changed, organization=text)


@pytest.mark.parametrize(
    "bad", ["\r\nBcc: all@corp.example\r\n\r\n", "\u202e", "\x1b[2J", "\udc80"]
)
def test_a_name_adds_no_header_and_no_line(bad: str) -> None:
    plain, changed = letters.files(article("article-b")), letters.files(hostile(bad))
    assert plain.keys() == changed.keys()
    for name, content in changed.items():
        if name.endswith(".eml"):
            assert message(content).keys() == message(plain[name]).keys()
        text = content.decode("utf-8")
        assert not {"\u202e", "\x1b", "\u2028"} & set(text)
        assert "\nBcc" not in text


def test_the_checklist_has_a_box_for_each_item_of_the_page() -> None:
    text = letters.files(article("article-a"))["migration/checklist.txt"].decode("utf-8-sig")
    boxes = text.count("[ ] ")
    inside, _ = section(page(article("article-a")), "checklist")
    assert boxes == sum(e.tag == "li" for e in inside)
    flat = " ".join(text.split())
    assert "Wave 2: BranchOffice ---" in flat
    assert "[ ] The pilot was moved, and its people have worked for some days:" in flat


def test_without_waves_there_are_no_letters() -> None:
    prepared = {"organization": {"Example Corp": {"object_version": 16751}}}
    assert letters.files(judged(inner(change=prepared), "2016")) == {}


def test_findings_json_and_waves_csv_name_pilot_and_batches() -> None:
    assessment = replace(article("article-a"), snapshot_sha256="0" * 64)
    told = json.loads(findings_json.files(assessment)["findings.json"])["migration"]
    assert (told["pilot"]["database"]["name"], told["pilot"]["most"]) == ("MB-HO-01", 20)
    (batch,) = told["waves"][0]["batches"]
    assert (batch["name"], batch["mailboxes"], len(batch["databases"])) == ("W1-B1", 121, 3)
    lines = waves.wave_rows(article("article-a"))
    assert [line["batches"] for line in lines] == [["W1-B1"], ["W1-B1"], ["W1-B1"], ["W2-B1"]]
