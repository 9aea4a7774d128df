"""Which addresses may be dialled (rules S1, S2), and from which spellings of them."""

import re
from ipaddress import ip_address

import pytest

from monitor.fetch.addresses import dialable, is_public
from monitor.fetch.faults import Fault
from monitor.fetch.resolver import system_resolve
from monitor.model.fetch import FetchProblem

NOT_PUBLIC = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]

PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "2606:4700::1111",
    "2a00:1450:4001:81b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_no_public_server_has_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(Fault, match=re.escape("not a public address")) as caught:
        dialable("news.example", [address], ())
    assert caught.value.problem is FetchProblem.ADDRESS


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_dialled(address: str) -> None:
    assert dialable("news.example", [address], ()) == (address,)


@pytest.mark.parametrize("spelling", ["127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "127.0.1", "0"])
def test_odd_spellings_of_loopback_are_seen_through(spelling: str) -> None:
    with pytest.raises(Fault, match="resolves to"):
        dialable(spelling, system_resolve(spelling, 80), ())


@pytest.mark.parametrize("order", [("8.8.8.8", "127.0.0.1"), ("127.0.0.1", "8.8.8.8"), ("2606:4700::1111", "::1")])
def test_one_private_address_spoils_the_public_ones(order: tuple[str, ...]) -> None:
    with pytest.raises(Fault, match=r"127\.0\.0\.1|::1"):
        dialable("news.example", order, ())


@pytest.mark.parametrize(
    ("host", "resolved", "allow"),
    [
        ("nas.example", ["10.0.0.5"], ("10.0.0.5",)),
        ("nas.example", ["10.0.0.5", "8.8.8.8"], ("10.0.0.0/24",)),
        ("nas.example", ["::ffff:10.0.0.5"], ("10.0.0.5",)),
        ("nas.example", ["fd00::5"], ("fd00::/8",)),
        ("nas.example", ["10.0.0.5"], ("NAS.example",)),
        ("127.0.0.7", ["127.0.0.7"], ("127.0.0.0/8",)),
    ],
)
def test_the_owner_names_exceptions(host: str, resolved: list[str], allow: tuple[str, ...]) -> None:
    assert dialable(host, resolved, allow) == tuple(resolved)


@pytest.mark.parametrize(
    ("resolved", "allow"),
    [
        (["10.0.0.6"], ("10.0.0.5",)),
        (["10.0.0.5", "127.0.0.1"], ("10.0.0.5",)),
        (["10.0.0.5"], ("other.example",)),
    ],
)
def test_an_exception_covers_only_what_it_names(resolved: list[str], allow: tuple[str, ...]) -> None:
    with pytest.raises(Fault, match="allow_private"):
        dialable("nas.example", resolved, allow)


def test_a_literal_address_is_called_what_it_is() -> None:
    with pytest.raises(Fault, match=r"^10\.0\.0\.1 is not a public address"):
        dialable("10.0.0.1", ["10.0.0.1"], ())


@pytest.mark.parametrize("resolved", [[], ["not an address"]])
def test_a_resolver_that_answers_nonsense_is_a_name_not_resolved(resolved: list[str]) -> None:
    with pytest.raises(Fault) as caught:
        dialable("news.example", resolved, ())
    assert caught.value.problem is FetchProblem.RESOLVE
