"""Certificate chains: where they lead, whatever servers send, in any order and in circles."""

import pytest

from casaudit.engine.certificate_chains import MOST_STEPS, rows
from casaudit.snapshot import Certificate

ROOT = "CN=Known Root,O=Example"


def certificate(
    name: str, issuer: str | None, *, self_signed: bool | None = False, is_read: bool = True
) -> Certificate:
    """A certificate without a key: signatures on it cannot be checked, so none is wrong."""
    return Certificate.model_construct(
        sha256=name,
        sha1=name.upper(),
        der="",
        subject=f"CN={name}" if is_read else None,
        issuer=issuer,
        common_name=name,
        self_signed=self_signed,
    )


LEAF = certificate("leaf", "CN=middle")
MIDDLE = certificate("middle", ROOT)
OWN_ROOT = certificate("own", "CN=own", self_signed=True)
LONG = [certificate(f"step{n}", f"CN=step{n + 1}") for n in range(MOST_STEPS + 2)]


@pytest.mark.parametrize(
    ("sent", "issuer_class"),
    [
        pytest.param([LEAF, MIDDLE], "public", id="the root is left out, its name is known"),
        pytest.param([LEAF], None, id="the issuer was not sent"),
        pytest.param([OWN_ROOT], "self_signed", id="its own root"),
        pytest.param(
            [LEAF, OWN_ROOT, certificate("middle", "CN=OWN")], "private", id="in any order"
        ),
        pytest.param(
            [LEAF, certificate("middle", "CN=other"), certificate("other", "CN=middle")],
            None,
            id="two authorities that certify each other",
        ),
        pytest.param([*LONG, certificate(f"step{MOST_STEPS + 2}", ROOT)], None, id="without end"),
    ],
)
def test_where_a_chain_leads(sent: list[Certificate], issuer_class: str | None) -> None:
    chain = [each.sha256 for each in sent]
    ((_, leaf, found, broken, _, _),) = rows([chain, chain, None], sent, [ROOT])
    assert (leaf, found, broken) == (sent[0].sha256, issuer_class, None)


def test_a_chain_whose_first_certificate_was_not_kept_has_no_row() -> None:
    assert list(rows([["leaf", "middle"], []], [MIDDLE], [ROOT])) == []


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param([certificate("middle", None)], id="of which the issuer could not be read"),
        pytest.param([certificate("blank", None, is_read=False)], id="that is none at all"),
        pytest.param([], id="that was not kept"),
    ],
)
def test_a_certificate_that_could_not_be_read_may_be_any_issuer(hidden: list[Certificate]) -> None:
    sent = [LEAF.sha256, OWN_ROOT.sha256, *(each.sha256 for each in hidden or [MIDDLE])]
    (found,) = rows([sent], [LEAF, OWN_ROOT, *hidden], [])
    _, _, issuer_class, broken, has_issuer, is_whole = found
    assert (issuer_class, broken, is_whole) == (None, None, False)
    assert has_issuer is (True if hidden and hidden[0].subject else None)


def test_an_issuer_counts_only_where_it_was_sent() -> None:
    found = {row[0]: row[4] for row in rows([["leaf"], ["leaf", "middle"]], [LEAF, MIDDLE], [])}
    assert found == {'["leaf"]': False, '["leaf", "middle"]': True}
