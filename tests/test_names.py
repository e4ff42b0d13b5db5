"""Names: equal names are equal texts, and a wildcard stands for one label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.names import covers, fqdn_problem, host, is_address, norm, port, url_problem

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("OUTLOOK.Corp.Example", "outlook.corp.example"),
        (" outlook.corp.example. ", "outlook.corp.example"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("東京.example", "xn--1lqs71d.example"),
        ("a_b.example", "a_b.example"),
        ("", None),
        (" . ", None),
        (None, None),
    ],
)
def test_norm_gives_equal_names_one_form(name: str | None, wanted: str | None) -> None:
    assert norm(name) == wanted


@given(st.text(max_size=80))
def test_norm_changes_nothing_the_second_time(name: str) -> None:
    once = norm(name)
    assert norm(once) == once


@pytest.mark.parametrize(
    ("url", "name", "number"),
    [
        ("https://Mail.corp.example/owa", "mail.corp.example", 443),
        ("https://mail.corp.example:8443/EWS", "mail.corp.example", 8443),
        ("http://mail.corp.example/OAB", "mail.corp.example", 80),
        ("mail.corp.example", "mail.corp.example", 443),
        ("mail.corp.example/rpc", "mail.corp.example", 443),
        ("https://user:pw@mail.corp.example/", "mail.corp.example", 443),
        ("https://[2001:db8::1]/owa", "2001:db8::1", 443),
        ("https://mail.corp.example:99999/", "mail.corp.example", None),
        ("https://[broken", None, None),
        ("https:///owa", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_host_and_port_of_a_url(url: str | None, name: str | None, number: int | None) -> None:
    assert (host(url), port(url)) == (name, number)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_url(url: str) -> None:
    found = host(url)
    assert found is None or found
    assert port(url) is None or 0 <= (port(url) or 0) <= 65535


COM = "*.corp.example"
# The kinds of rows that the tests of Go's crypto/x509 (matchHostnames), of curl's hostcheck (unit
# 1397) and of Python's former ssl.match_hostname have, on names of our own. Where these differ (a
# dot at the end, ``*`` behind which one label stands), the stricter one: what one client refuses is
# no name that a certificate can be relied on for.
COVERS: list[tuple[list[str], str | None, bool | None]] = [
    (["mail.corp.example"], "mail.corp.example", True),
    (["MAIL.Corp.Example"], "mail.corp.example", True),
    (["mail.corp.example"], " MAIL.corp.example. ", True),
    (["mail.corp.example"], "ex1.corp.example", False),
    (["corp.example"], "mail.corp.example", False),
    (["mail.corp.example"], "corp.example", False),
    (["mailXcorp.example"], "mail.corp.example", False),
    (["ex1.corp.example", "mail.corp.example"], "mail.corp.example", True),
    (["ex1"], "ex1", True),
    # wildcards
    ([COM], "mail.corp.example", True),
    (["*.CORP.example"], "Mail.corp.example.", True),
    ([COM], "corp.example", False),
    ([COM], "a.mail.corp.example", False),
    ([COM], ".corp.example", False),
    ([COM], "mail.corp.example.org", False),
    ([COM], COM, False),
    (["mail.corp.example"], COM, False),
    ([COM], "https://mail.corp.example", False),
    ([COM], "a_b.corp.example", True),
    ([COM], "xn--mnchen-3ya.corp.example", True),
    ([COM], "münchen.corp.example", True),
    (["*.xn--mnchen-3ya.example"], "mail.münchen.example", True),
    (["*"], "mail.corp.example", False),
    (["*"], "mail", False),
    (["*."], "mail", False),
    (["*.example"], "corp.example", False),
    (["*.example."], "corp.example", False),
    (["*.*.example"], "mail.corp.example", False),
    (["mail.*.example"], "mail.corp.example", False),
    (["*.corp.*"], "mail.corp.example", False),
    (["m*.corp.example"], "mail.corp.example", False),
    (["*l.corp.example"], "mail.corp.example", False),
    (["m*l.corp.example"], "mail.corp.example", False),
    (["**.corp.example"], "mail.corp.example", False),
    (["xn--*.corp.example"], "xn--mnchen-3ya.corp.example", False),
    (["*mail.corp.example"], "mail.corp.example", False),
    # what a certificate presents is not tidied up
    (["mail.corp.example."], "mail.corp.example", False),
    (["mail.corp.example "], "mail.corp.example", False),
    ([" mail.corp.example"], "mail.corp.example", False),
    (["mail.corp.example\0.corp.example"], "mail.corp.example", False),
    (["mail.corp.example\n"], "mail.corp.example", False),
    (["*.corp.example."], "mail.corp.example", False),
    (["münchen.corp.example"], "münchen.corp.example", False),
    (["xn--mnchen-3ya.corp.example"], "MÜNCHEN.corp.example", True),
    (["\uff4dail.corp.example"], "mail.corp.example", False),
    (["https://mail.corp.example"], "mail.corp.example", False),
    (["mail.corp.example:443"], "mail.corp.example", False),
    ([""], "mail.corp.example", False),
    ([".corp.example"], "mail.corp.example", False),
    # addresses
    (["[10.1.0.50]"], "10.1.0.50", True),
    (["[10.1.0.51]"], "10.1.0.50", False),
    (["[2001:db8::1]"], "2001:DB8:0::1", True),
    (["[2001:db8::1]"], "[2001:db8::1]", True),
    (["10.1.0.50"], "10.1.0.50", False),
    (["*.1.0.50"], "10.1.0.50", False),
    (["*.0.50"], "10.1.0.50", False),
    (["*::1"], "2001:db8::1", False),
    (["mail.corp.example"], "10.1.0.50", False),
    (["[10.1.0.50]"], "mail.corp.example", False),
    (["[mail.corp.example]"], "mail.corp.example", False),
    (["[]"], "10.1.0.50", None),
    (["[]", "[10.1.0.50]"], "10.1.0.50", True),
    (["[]"], "mail.corp.example", False),
    # nothing on one side or the other
    ([], "mail.corp.example", False),
    ([], ".", None),
    (["."], ".", None),
    (["mail.corp.example"], "", None),
    (["mail.corp.example"], None, None),
]


@pytest.mark.parametrize(("presented", "name", "covered"), COVERS)
def test_covers(presented: list[str], name: str | None, covered: bool | None) -> None:
    assert covers(presented, name) is covered


@given(LABEL, LABEL, LABEL)
def test_a_wildcard_stands_for_exactly_one_label(one: str, two: str, parent: str) -> None:
    wildcard = [f"*.{parent}.example"]
    assert covers(wildcard, f"{one}.{parent}.example") is True
    assert covers(wildcard, f"{one}.{two}.{parent}.example") is False


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("outlook.corp.example", None),
        ("münchen.example", None),
        (None, "empty"),
        (" a.example", "white space"),
        ("outlook", "no domain part"),
        ("10.0.0.1", "an IP address"),
        ("BJ CAS.lab.net", "'bj cas'"),
        ("a_b.lab.net", "'a_b'"),
        ("https://a.example", "not a host name label"),
        ("-a.example", "'-a'"),
        ("a" * 64 + ".example", "not a host name label"),
        ("a." * 130 + "example", "longer than 253"),
    ],
)
def test_a_name_that_cannot_be_used_is_told_with_the_reason(
    name: str | None, problem: str | None
) -> None:
    found = fqdn_problem(name)
    assert found is None if problem is None else problem in (found or "")


@pytest.mark.parametrize(
    ("url", "service", "problem"),
    [
        (None, "owa", None),
        ("https://mail.corp.example/owa", "owa", None),
        ("HTTPS://mail.corp.example:443/OWA/", "owa", None),
        ("http://mail.corp.example/owa", "owa", None),
        ("https://10.0.0.1/owa", "owa", None),
        ("https://mail.corp.example/exchange", "owa", "its path is not /owa"),
        ("https://mail.corp.example", "owa", "its path is not /owa"),
        ("https://mail.corp.example/ews", "ews", "its path is not /EWS/Exchange.asmx"),
        ("https://mail.corp.example/owa", "ecp", "its path is not /ecp"),
        ("https://mail.corp.example/anything", "powershell", None),
        ("https://mail.corp.example/owa ", "owa", "it has white space in it"),
        ("https://mail.corp.example/o\twa", "owa", "it has white space in it"),
        ("https://u:p@mail.corp.example/owa", "owa", "it carries a user name"),
        ("https://mail/owa", "owa", "its host has no domain part"),
        ("mail.corp.example/owa", "owa", "it cannot be read as a URL"),
        ("ftp://mail.corp.example/owa", "owa", "it cannot be read as a URL"),
        ("https:///owa", "owa", "it cannot be read as a URL"),
        ("https://mail.corp.example:99999/owa", "owa", "it cannot be read as a URL"),
        ("https://[broken/owa", "owa", "it cannot be read as a URL"),
        ("", "owa", "it cannot be read as a URL"),
        ("mail.corp.example", "outlook_anywhere", None),
        ("https://mail.corp.example/rpc", "outlook_anywhere", None),
        ("mail.corp.example/rpc2", "outlook_anywhere", "its path is not /rpc"),
        ("https://a.example/autodiscover/AutoDiscover.xml", "scp", None),
    ],
)
def test_a_url_that_clients_cannot_use_is_told_with_the_reason(
    url: str | None, service: str, problem: str | None
) -> None:
    assert url_problem(url, service) == problem


@given(st.text(max_size=60), st.sampled_from(["owa", "outlook_anywhere", "scp"]))
def test_no_text_breaks_the_judgement_of_a_url(url: str, service: str) -> None:
    assert url_problem(url, service) != ""


def test_addresses_are_told_from_names() -> None:
    assert is_address("10.0.0.1")
    assert is_address("[2001:db8::1]")
    assert not is_address("mail.corp.example")
    assert not is_address(None)
