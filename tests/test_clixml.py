"""CLIXML files: read as PowerShell writes them, within bounds, and nothing of them is quoted."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casaudit.collect.clixml import object_builder, values
from casaudit.collect.clixml.reader import read_objects
from casaudit.collect.clixml.values import Exported, Unreadable, Value, primitive
from casaudit.collect.ldif import Problem
from casaudit.snapshot import Reason

FIXTURES = Path(__file__).parent / "clixml"
NAMESPACE = "http://schemas.microsoft.com/powershell/2004/04"
HEAD = f'<Objs Version="1.1.0.1" xmlns="{NAMESPACE}">'


def exported(inside: str, encoding: str = "utf-16") -> bytes:
    return f"{HEAD}{inside}</Objs>".encode(encoding)


def read(data: bytes) -> list[Value | Problem]:
    return list(read_objects(io.BytesIO(data)))


def one(inside: str) -> Value:
    (found,) = read(exported(inside))
    assert not isinstance(found, Problem), found
    return found


def problems(data: bytes) -> list[Problem]:
    return [each for each in read(data) if isinstance(each, Problem)]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_SELECTED = "Selected.System.Management.Automation.PSCustomObject"


def test_a_selected_mailbox_is_read_as_the_shell_wrote_it() -> None:
    first, second, *_ = read((FIXTURES / "mailboxes.xml").read_bytes())
    assert isinstance(first, Exported)
    assert isinstance(second, Exported)
    assert first.types[0] == second.types[0] == _SELECTED
    database = first.properties["database"]
    assert isinstance(database, Exported)
    assert (database.types[0], database.text) == (
        "Microsoft.Exchange.Data.Directory.ADObjectId",
        "MB-HO-01",
    )
    assert database.properties["depth"] == 9
    assert second.properties["name"] == "Tabbed\tName \U0001f600 _x0041_"
    kind = first.properties["recipienttypedetails"]
    assert isinstance(kind, Exported)
    assert (kind.text, kind.content) == ("UserMailbox", 1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
def test_every_encoding_of_export_clixml_reads_alike(encoding: str) -> None:
    text = (FIXTURES / "mailboxes.xml").read_bytes().decode("utf-16")
    assert read(text.encode(encoding)) == read(text.encode("utf-16"))


def test_an_xml_declaration_does_not_decide_the_encoding() -> None:
    declared = '<?xml version="1.0" encoding="utf-16"?>' + exported("<S>ü</S>", "utf-8").decode()
    assert read(declared.encode()) == ["ü"]


PRIMITIVES: dict[str, tuple[str, Value]] = {
    "a text": ("<S>EX1</S>", "EX1"),
    "an empty text": ("<S></S>", ""),
    "an escaped line break": ("<S>a_x000D__x000A_b</S>", "a\r\nb"),
    "an escaped underscore": ("<S>_x005F_x000A_</S>", "_x000A_"),
    "an escaped surrogate pair": ("<S>_xD83D__xDE00_</S>", "\U0001f600"),
    "a truth value": ("<B>true</B>", True),
    "a character": ("<C>65</C>", "A"),
    "a time": ("<DT>2012-03-04T05:06:07.1234567+10:00</DT>", "2012-03-04T05:06:07.1234567+10:00"),
    "a time span": ("<TS>P14D</TS>", "P14D"),
    "a byte": ("<By>255</By>", 255),
    "a signed byte": ("<SB>-128</SB>", -128),
    "a number of 16 bits": ("<U16>65535</U16>", 2**16 - 1),
    "a signed number of 16 bits": ("<I16>-32768</I16>", -(2**15)),
    "a number of 32 bits": ("<U32>4294967295</U32>", 2**32 - 1),
    "a signed number of 32 bits": ("<I32>-1</I32>", -1),
    "a number of 64 bits": ("<U64>18446744073709551615</U64>", 2**64 - 1),
    "a signed number of 64 bits": ("<I64>-9223372036854775808</I64>", -(2**63)),
    "a single": ("<Sg>1.5</Sg>", "1.5"),
    "a double": ("<Db>30</Db>", "30"),
    "a decimal": ("<D>0.10</D>", "0.10"),
    "bytes": ("<BA>AAH/</BA>", b"\x00\x01\xff"),
    "a GUID": (
        "<G>9b9387fe-e1b1-4695-97bd-b0a0bebe7ce2</G>",
        "9b9387fe-e1b1-4695-97bd-b0a0bebe7ce2",
    ),
    "an address": ("<URI>https://mail.corp.example/</URI>", "https://mail.corp.example/"),
    "nothing": ("<Nil />", None),
    "a version": ("<Version>14.3.513.0</Version>", "14.3.513.0"),
    "a version of PowerShell 6": ("<SemanticVersion>7.4.1</SemanticVersion>", "7.4.1"),
    "a document": ("<XD>&lt;a _x000A_/&gt;</XD>", "<a \n/>"),
    "a script block": ("<SBK>$_.Name</SBK>", "$_.Name"),
    "an old list": ("<Obj><LST><S>a</S><Nil /></LST></Obj>", Exported(content=["a", None])),
    "a stack": ("<Obj><STK><I32>1</I32></STK></Obj>", Exported(content=[1])),
    "a queue": ("<Obj><QUE><I32>1</I32></QUE></Obj>", Exported(content=[1])),
    "a sequence": ("<Obj><IE /></Obj>", Exported(content=[])),
    "a table": (
        '<Obj><DCT><En><S N="Key">K</S><I32 N="Value">1</I32></En></DCT></Obj>',
        Exported(content={"K": 1}),
    ),
    "an enumeration": (
        "<Obj><ToString>Running</ToString><I32>4</I32></Obj>",
        Exported(text="Running", content=4),
    ),
}


@pytest.mark.parametrize("name", PRIMITIVES)
def test_values_become_plain_data(name: str) -> None:
    inside, wanted = PRIMITIVES[name]
    assert one(inside) == wanted


UNREADABLE = {
    "no number": '<I32 N="X">twelve</I32>',
    "a number beyond 64 bits": '<U64 N="X">18446744073709551616</U64>',
    "a byte of more than eight bits": '<By N="X">256</By>',
    "a negative number without a sign bit": '<U32 N="X">-1</U32>',
    "progress": '<PR N="X"><AV>Asking</AV><AI>0</AI><Nil /><S N="Before">2</S></PR>',
    "an element of a later version": '<Half N="X">0.5</Half>',
    "such an element with others inside": '<New N="X"><S N="Before">2</S><New><I32 /></New></New>',
    "a text with an element inside": '<S N="X">a<S N="Before">b</S></S>',
    "no truth value": '<B N="X">perhaps</B>',
    "no base64": '<BA N="X">*</BA>',
    "half a surrogate pair": '<S N="X">_xD83D_</S>',
    "a character out of range": '<C N="X">1114112</C>',
    "a secret": '<SS N="X">01000000d08c9ddf</SS>',
    "a reference to nothing": '<Ref N="X" RefId="7" />',
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_value_that_cannot_be_read_costs_itself_and_is_not_repeated(name: str) -> None:
    found = one(f'<Obj><MS><S N="Before">1</S>{UNREADABLE[name]}</MS></Obj>')
    assert isinstance(found, Exported)
    value = found.properties["x"]
    assert isinstance(value, Unreadable)
    assert not any(word in value.why for word in ("twelve", "perhaps", "d08c9ddf"))
    assert found.properties["before"] == "1"


def test_an_enumeration_whose_number_cannot_be_read_keeps_its_name() -> None:
    found = one("<Obj><ToString>Running</ToString><I128>4</I128></Obj>")
    assert isinstance(found, Exported)
    assert found.text == "Running"
    assert isinstance(found.content, Unreadable)


def test_many_objects_may_hold_one_element_of_a_later_version() -> None:
    newer = '<Obj><Props><New N="X" /><S N="Name">EX1</S></Props></Obj>'
    found = read(exported(newer * (object_builder.MAX_STRANGE + 1)))
    names = [each.properties["name"] for each in found if isinstance(each, Exported)]
    assert names == ["EX1"] * len(found)


def test_notes_stand_before_an_objects_own_properties() -> None:
    found = one('<Obj><Props><S N="Name">own</S></Props><MS><S N="name">note</S></MS></Obj>')
    assert isinstance(found, Exported)
    assert found.properties == {"name": "note"}


def test_an_object_inside_the_one_that_carries_its_notes_is_one_object() -> None:
    first, _ = read((FIXTURES / "schannel-BR-EX2010-MB.xml").read_bytes())
    assert isinstance(first, Exported)
    assert first.types[0] == "Microsoft.Win32.RegistryKey"
    assert first.properties["valuecount"] == 0
    assert first.properties["pschildname"] == "TLS 1.2"
    names = first.properties["property"]
    assert isinstance(names, Exported)
    assert names.content == []


def test_types_and_objects_may_be_named_once_and_referred_to_later() -> None:
    first = '<Obj RefId="0"><TN RefId="0"><T>My.Type</T></TN><ToString>EX1</ToString></Obj>'
    later = '<Obj RefId="1"><TNRef RefId="0" /><MS><Ref N="Same" RefId="0" /></MS></Obj>'
    *_, found = read(exported(first + later))
    same = Exported(("My.Type",), "EX1")
    assert found == Exported(("My.Type",), None, {"same": same})


def test_an_object_that_refers_to_itself_does_not_hang() -> None:
    found = one('<Obj RefId="0"><MS><Ref N="Self" RefId="0" /></MS></Obj>')
    assert isinstance(found, Exported)
    assert isinstance(found.properties["self"], Unreadable)


def test_only_the_latest_objects_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_builder, "MAX_KEPT", 2)
    many = "".join(f'<Obj RefId="{number}" />' for number in range(4))
    *_, forgotten, known = read(exported(f'{many}<Ref RefId="1" /><Ref RefId="3" />'))
    assert isinstance(forgotten, Unreadable)
    assert known == Exported()


def test_large_objects_are_not_remembered() -> None:
    large = f'<Obj RefId="0"><LST>{"<Nil />" * 60}</LST></Obj>'
    *_, found = read(exported(f'{large}<Ref RefId="0" />'))
    assert isinstance(found, Unreadable)


BROKEN = {
    "an element that is not of the format": ("<Exec><S>x</S></Exec>", Reason.MALFORMED),
    "101 levels": ("<Obj>" * 101 + "</Obj>" * 101, Reason.LIMIT),
    "too much text": (f"<S>{'x' * (8 * 2**20 + 1)}</S>", Reason.LIMIT),
    "too many elements": ("<Obj><LST>" + "<Nil />" * 100_001 + "</LST></Obj>", Reason.LIMIT),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_object_costs_itself(name: str) -> None:
    inside, reason = BROKEN[name]
    before, problem, after = read(exported(f"<S>before</S>\n{inside}<S>after</S>"))
    assert (before, after) == ("before", "after")
    assert isinstance(problem, Problem)
    assert (problem.line, problem.reason) == (2, reason)


ENDING = {
    "an empty file": (b"", Reason.MALFORMED, "no element found"),
    "another format": (b"<a/>", Reason.MALFORMED, "not written by Export-Clixml"),
    "another namespace": (b'<Objs xmlns="urn:x"/>', Reason.MALFORMED, "not written by"),
    "text": (b"Name,Database\r\n", Reason.MALFORMED, "syntax error"),
    "a document type": (b"<!DOCTYPE a><Objs/>", Reason.REFUSED, "document type"),
    "an entity": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        Reason.REFUSED,
        "document type",
    ),
    "an undefined entity": (exported("<S>&x;</S>"), Reason.MALFORMED, "undefined entity"),
    "an end in the middle": (exported("<S>a</S>")[:-20], Reason.MALFORMED, "not well-formed"),
    "an end inside a character": (exported("<S>a</S>")[:-3], Reason.MALFORMED, "not valid utf-16"),
    "bytes that are no UTF-8": (exported("<S>\xe9</S>", "latin-1"), Reason.MALFORMED, "utf-8"),
    "10,001 levels": (exported("<Obj>" * 10_001), Reason.LIMIT, "more elements"),
    "a tag without end": (f"{HEAD}<S a='{'x' * 2_000_000}".encode(), Reason.LIMIT, "1 MiB"),
    "thousands of other names": (
        exported("<Obj>" + "".join(f"<a{each}/>" for each in range(20_000)) + "</Obj>"),
        Reason.MALFORMED,
        "names unknown to the CLIXML format",
    ),
}


@pytest.mark.parametrize("name", ENDING)
def test_a_file_that_cannot_be_read_on_says_why(name: str) -> None:
    data, reason, said = ENDING[name]
    problem = problems(data)[-1]
    assert problem.reason is reason
    assert said in problem.detail


def test_what_stands_before_the_damage_is_kept() -> None:
    whole = (FIXTURES / "services-HO-EX2010-MB1.xml").read_bytes()
    *before, problem = read(whole[: len(whole) * 9 // 10 & ~1])
    assert before == read(whole)[:2]
    assert isinstance(problem, Problem)


def test_a_file_with_more_elements_than_an_export_has_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(object_builder, "MAX_ELEMENTS", 10)
    *before, problem = read(exported("<Nil />" * 20))
    assert before == [None] * 9
    assert isinstance(problem, Problem)
    assert problem.reason is Reason.LIMIT


def escaped(text: str) -> str:
    """Write a text the way PowerShell does: what XML cannot hold, in UTF-16 units."""
    found = []
    for character in text.replace("_x", "_x005F_x"):
        units = character.encode("utf-16-be").hex().upper()
        plain = character.isprintable() and character not in "<>&"
        parts = (units[at : at + 4] for at in range(0, len(units), 4))
        found.append(character if plain else "".join(f"_x{part}_" for part in parts))
    return "".join(found)


@given(TEXT)
def test_escaped_texts_are_read_back(text: str) -> None:
    assert one(f"<S>{escaped(text)}</S>") == text


@given(st.sampled_from(sorted(values.PRIMITIVES)), TEXT)
def test_no_text_makes_a_value_fail(tag: str, text: str) -> None:
    primitive(tag, text)


@given(st.binary(max_size=300), st.sampled_from([b"", HEAD.encode(), b"\xff\xfe"]))
def test_no_bytes_make_the_reader_fail(data: bytes, head: bytes) -> None:
    assert problems(head + data) != []


MUTATIONS = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 3), st.binary(max_size=4)), max_size=8
)
SMALL = (FIXTURES / "mailboxes.xml").read_bytes().decode("utf-16")[:4000].encode()


@settings(max_examples=200)
@given(MUTATIONS)
def test_a_damaged_file_gives_values_and_problems_and_quotes_nothing(
    mutations: list[tuple[int, int, bytes]],
) -> None:
    data = SMALL
    for place, cut, piece in mutations:
        at = place % (len(data) + 1)
        data = data[:at] + piece + data[at + cut :]
    for problem in problems(data):
        assert not any(word in problem.detail for word in ("Zo", "ller", "MB-HO", "zoe"))
