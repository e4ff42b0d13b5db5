"""LDIF files: read as the tools write them; a bad record costs itself and names its line."""

import base64
import codecs
import io
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casaudit.collect import ldif, ldif_blocks
from casaudit.collect.ldif import LdifRecord, records
from casaudit.snapshot import Reason

WANTED = frozenset({"cn", "member", "objectclass"})
DN = "CN=EX1,CN=Servers,DC=corp,DC=example"
VALUE = st.binary(min_size=1, max_size=200)
RECORDS = st.lists(st.lists(VALUE, min_size=1, max_size=3), min_size=1, max_size=4)


def read(data: bytes) -> list[LdifRecord]:
    return list(records(io.BytesIO(data), WANTED))


def written(values: Sequence[Sequence[bytes]], width: int, end: str) -> str:
    """Write records the way ldifde does, every value in base64, folded at a width."""
    lines = []
    for number, record in enumerate(values):
        encoded = (base64.b64encode(value).decode() for value in record)
        for line in (f"dn: CN={number}", "changetype: add", *(f"cn:: {text}" for text in encoded)):
            lines.append(line[:width])
            starts = range(width, len(line), width - 1)
            lines += [f" {line[start : start + width - 1]}" for start in starts]
        lines.append("")
    return end.join(lines) + end


@given(
    RECORDS,
    st.integers(2, 80),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["ascii", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read(
    values: list[list[bytes]], width: int, end: str, encoding: str
) -> None:
    found = read(written(values, width, end).encode(encoding))
    assert [each.attributes["cn"] for each in found] == [tuple(record) for record in values]
    assert [each.dn for each in found] == [f"CN={number}" for number in range(len(values))]
    assert not any(each.damaged or each.problems for each in found)


@given(st.binary(max_size=400))
def test_no_bytes_make_the_parser_fail(data: bytes) -> None:
    for record in read(data):
        assert record.dn is not None or record.damaged
        assert bool(record.problems) or not (record.damaged or record.unread)


FRAGMENTS = st.sampled_from(
    (
        *("dn: CN=x", "dn:: !!", "cn: a", "cn:: YQ==", "cn:: Y", "cn:< file:///x", " folded"),
        *("# note", "", "-", "version: 1", "changetype: add", "changetype: modify", ":", "cn"),
        *("member;range=0-1: a", "result: 0 ok", "search: 2", "\ud800x"),
    )
)


@given(st.lists(FRAGMENTS, max_size=12), st.sampled_from(["utf-8", "utf-16"]))
@settings(max_examples=200)
def test_a_problem_names_a_line_of_the_file(fragments: list[str], encoding: str) -> None:
    data = "\n".join(fragments).encode(encoding, "surrogatepass")
    for record in read(data):
        assert all(1 <= each.line <= len(fragments) for each in record.problems)


def test_lines_of_the_tools_are_understood() -> None:
    text = f"""version: 1
# a note that
  goes on

# another
dn: {DN}
changetype: add
objectClass: top
objectClass: server
cn:EX1
CN;lang-de: EX1 auf Deutsch
description: not asked for
"""
    (record,) = read(text.encode())
    assert record.line == 5
    assert record.dn == DN
    assert record.attributes == {
        "objectclass": (b"top", b"server"),
        "cn": (b"EX1", b"EX1 auf Deutsch"),
    }


def test_a_dn_in_base64_may_hold_any_letter() -> None:
    encoded = base64.b64encode("CN=Bär".encode()).decode()
    assert [each.dn for each in read(f"dn:: {encoded}\ncn: x\n".encode())] == ["CN=Bär"]


DAMAGED = {
    "no dn": ("cn: x", "a record begins with 'cn: x' where its dn belongs"),
    "a dn that is a reference": (
        "dn:< file:///etc/passwd",
        "its dn cannot be read: 'dn:< file:///etc/passwd'",
    ),
    "a dn in bad base64": ("dn:: Q04=x=", "its dn cannot be read: 'dn:: Q04=x='"),
    "a dn that is not UTF-8": ("dn:: //4=", "its dn cannot be read: 'dn:: //4='"),
    "a line without colon": (f"dn: {DN}\nnonsense", "not of the form name: value: 'nonsense'"),
    "a change": (
        f"dn: {DN}\nchangetype: modify\nreplace: cn\ncn: x\n-",
        "'changetype: modify' is a change, not an exported entry",
    ),
}


@pytest.mark.parametrize(("text", "detail"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_record_costs_itself(text: str, detail: str) -> None:
    before, damaged, after = read(f"dn: CN=1\ncn: 1\n\n{text}\n\ndn: CN=2\ncn: 2\n".encode())
    assert (before.attributes, after.attributes) == ({"cn": (b"1",)}, {"cn": (b"2",)})
    assert damaged.damaged
    problem = damaged.problems[0]
    assert (problem.line, problem.reason, problem.detail) == (
        4 + text.partition(detail.split("'")[1])[0].count("\n"),
        Reason.MALFORMED,
        detail,
    )


UNREAD = {
    "a reference is never fetched": (
        "cn:< file:///etc/hostname",
        Reason.REFUSED,
        "cn refers to 'file:///etc/hostname', which is never fetched",
    ),
    "bad base64": ("cn:: a$b=", Reason.MALFORMED, "cn is not valid base64: 'a$b='"),
    "base64 cut short": ("cn:: YWI", Reason.MALFORMED, "cn is not valid base64: 'YWI'"),
    "a range that ends too early": (
        "cn;range=0-1499: x",
        Reason.LIMIT,
        "cn;range=0-1499: only a part of the values was exported",
    ),
}


@pytest.mark.parametrize(("line", "reason", "detail"), UNREAD.values(), ids=UNREAD)
def test_a_bad_value_costs_its_attribute(line: str, reason: Reason, detail: str) -> None:
    (record,) = read(f"dn: {DN}\nobjectClass: top\n{line}\n".encode())
    assert not record.damaged
    assert record.unread == {"cn"}
    assert record.attributes["objectclass"] == (b"top",)
    assert [(each.line, each.reason, each.detail) for each in record.problems] == [
        (3, reason, detail)
    ]


def test_a_bad_value_that_nobody_asked_for_costs_nothing() -> None:
    (record,) = read(f"dn: {DN}\nthumbnailPhoto:: !!\njpegPhoto:< file:///x\ncn: x\n".encode())
    assert (record.unread, record.problems) == (frozenset(), ())


def test_ranges_that_go_to_the_end_are_whole() -> None:
    text = f"dn: {DN}\nmember;range=0-1: a\nmember;range=0-1: b\nmember;range=2-*: c\n"
    (record,) = read(text.encode())
    assert record.attributes["member"] == (b"a", b"b", b"c")
    assert record.unread == frozenset()


def test_the_end_of_a_search_is_no_record() -> None:
    assert len(read(f"dn: {DN}\ncn: x\n\nsearch: 2\nresult: 0 Success\n".encode())) == 1


CHATTER = {
    "a reference": "# search reference\nref: ldap://corp.example/CN=Schema,CN=Configuration,DC=corp",
    "references of ldbsearch": "# Referral\nref: ldap://corp.example/DC=corp\n\nref: ldap://x/DC=x",
    "the end of a page": (
        "# search result\nsearch: 2\nresult: 0 Success\n"
        "control: 1.2.840.113556.1.4.319 false MAUCAQAEAA==\npagedresults: cookie="
    ),
    "the end of a search that names references": (
        "search: 3\nresult: 0 Success\nmatchedDN: DC=corp\ntext: as far as known\nref: ldap://x"
    ),
    "counts": "# numResponses: 60\n# numEntries: 58\n# numReferences: 1",
    "the prompt between pages": (
        "Estimate entries: 120\nPress [size] Enter for the next {500|size} entries."
    ),
    "a version": "version: 1",
}


@pytest.mark.parametrize("text", CHATTER.values(), ids=CHATTER)
@pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["apart", "without an empty line after it"])
def test_what_a_search_tells_between_entries_is_no_record(text: str, gap: str) -> None:
    found = read(f"dn: CN=1\ncn: 1\n\n{text}{gap}dn: CN=2\ncn: 2\n".encode())
    assert [(each.dn, each.attributes["cn"]) for each in found] == [
        ("CN=1", (b"1",)),
        ("CN=2", (b"2",)),
    ]
    assert not any(each.damaged or each.problems for each in found)


ENCODINGS = st.sampled_from(["ascii", "utf-8-sig", "utf-16", "utf-16-le with its mark"])


def encoded(text: str, encoding: str) -> bytes:
    if encoding == "utf-16-le with its mark":
        return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    return text.encode(encoding)


@given(
    st.lists(
        st.tuples(RECORDS, ENCODINGS, st.sampled_from(["\n", "\r\n"])), min_size=1, max_size=4
    ),
    st.sampled_from([64, 100, 2**18]),
)
@settings(max_examples=100, deadline=None)
def test_joined_files_are_read_whatever_each_is_written_in(
    files: list[tuple[list[list[bytes]], str, str]], chunk: int
) -> None:
    """As ``copy a.ldf+b.ldf`` and ``>>`` of PowerShell join them: byte by byte."""
    data = b"".join(encoded(written(r, 60, end), encoding) for r, encoding, end in files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ldif_blocks, "_CHUNK", chunk)
        found = read(data)
    wanted = [tuple(record) for each, _, _ in files for record in each]
    assert [each.attributes["cn"] for each in found] == wanted
    assert not any(each.damaged or each.problems for each in found)


def test_utf_16_without_its_mark_is_read() -> None:
    (record,) = read(f"dn: {DN}\r\ncn: EX1\r\n".encode("utf-16-le"))
    assert (record.dn, record.attributes) == (DN, {"cn": (b"EX1",)})


def test_files_joined_without_an_empty_line_are_two_records() -> None:
    first, second = read(b"dn: CN=1\ncn: 1\nversion: 1\ndn: CN=2\ncn: 2\n")
    assert (first.attributes, second.attributes) == ({"cn": (b"1",)}, {"cn": (b"2",)})
    assert (first.line, second.line) == (1, 4)


CHANGES = (
    "modify\nreplace: cn\ncn: x\n-",
    "delete",
    "modrdn\nnewrdn: CN=x\ndeleteoldrdn: 1",
    "moddn",
)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_refused_with_its_line(change: str) -> None:
    (record,) = read(f"dn: {DN}\nchangetype: {change}\n".encode())
    kind = change.partition("\n")[0]
    assert (record.damaged, record.is_change) == (True, True)
    detail = f"'changetype: {kind}' is a change, not an exported entry"
    assert [(each.line, each.detail) for each in record.problems] == [(2, detail)]


@pytest.mark.parametrize(
    "dn",
    [",".join(["CN=x"] * 20_000), "CN=" + "x" * 9_000, ",".join(["CN=x"] * 129)],
    ids=["20,000 levels", "9,000 letters", "129 levels"],
)
def test_a_name_that_no_directory_has_costs_its_record(dn: str) -> None:
    deep, after = read(f"dn: {dn}\ncn: 1\n\ndn: CN=2\ncn: 2\n".encode())
    assert (deep.dn, deep.damaged, after.damaged) == (dn, True, False)
    assert [(each.line, each.reason) for each in deep.problems] == [(1, Reason.LIMIT)]
    assert "levels, which none has" in deep.problems[0].detail


@pytest.mark.parametrize(
    ("attribute", "whole"),
    [("instanceType: 4", True), ("distinguishedName: CN=x", True), ("cn: x", False)],
)
def test_what_only_an_export_of_all_attributes_has_is_noticed(attribute: str, whole: bool) -> None:
    (record,) = read(f"dn: {DN}\n{attribute}\n".encode())
    assert record.is_whole is whole


def test_a_search_that_ended_early_makes_the_file_incomplete() -> None:
    text = f"dn: {DN}\ncn: x\n\n# search result\nsearch: 2\nresult: 4 Size limit exceeded\n"
    _, end = read(text.encode())
    assert (end.dn, end.damaged) == (None, True)
    assert [(each.line, each.reason, each.detail) for each in end.problems] == [
        (6, Reason.LIMIT, "the search that made the file ended with '4 Size limit exceeded'")
    ]


@pytest.mark.parametrize("lines", [["cn: " + "x" * 300], ["cn: " + "x" * 60] * 5])
def test_a_record_of_excessive_size_costs_itself(
    lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ldif, ldif_blocks):
        monkeypatch.setattr(module, "MAX_RECORD", 250)
    text = "\n".join([f"dn: {DN}", *lines, "", "dn: CN=2", "cn: 2", ""])
    large, after = read(text.encode())
    assert (large.dn, large.damaged) == (DN, True)
    assert [(each.line, each.reason) for each in large.problems] == [(1, Reason.LIMIT)]
    assert after.attributes == {"cn": (b"2",)}


def test_a_line_without_end_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ldif_blocks, "MAX_RECORD", 1000)
    monkeypatch.setattr(ldif_blocks, "_CHUNK", 100)
    first, second = read(f"dn: {DN}\ncn: {'x' * 5000}\n\ndn: CN=2\ncn: 2\n".encode())
    assert (first.dn, first.damaged) == (DN, True)
    assert second.attributes == {"cn": (b"2",)}


def test_half_a_character_at_the_end_is_noticed() -> None:
    *_, last = read(f"dn: {DN}\ncn: x\n".encode("utf-16") + b"\x41")
    assert last.damaged
    assert "the file ends inside a character" in last.problems[0].detail
