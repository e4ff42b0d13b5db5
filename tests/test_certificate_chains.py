"""Certificate chains: where they lead, whatever servers send, in any order and in circles."""

import pytest

from casaudit.engine.certificate_chains import MOST_STEPS, rows
from casaudit.snapshot import Certificate

ROOT = "CN=Known Root,O=Example"


def certificate(name: str, issuer: str, *, self_signed: bool | None = False) -> Certificate:
    """A certificate without a key: signatures on it cannot be checked, so none is wrong."""
    return Certificate.model_construct(
        sha256=name,
        sha1=name.upper(),
        der="",
        subject=f"CN={name}",
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
    ((_, leaf, found, broken, _),) = rows([chain, chain, None], sent, [ROOT])
    assert (leaf, found, broken) == (sent[0].sha256, issuer_class, None)


def test_a_chain_whose_first_certificate_was_not_kept_has_no_row() -> None:
    assert list(rows([["leaf", "middle"], []], [MIDDLE], [ROOT])) == []


def test_an_issuer_counts_only_where_it_was_sent() -> None:
    found = {row[0]: row[4] for row in rows([["leaf"], ["leaf", "middle"]], [LEAF, MIDDLE], [])}
    assert found == {'["leaf"]': False, '["leaf", "middle"]': True}
