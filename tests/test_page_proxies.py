"""Where a request really comes from."""

import pytest

from assistant.page.http.proxies import Proxies, network_of


@pytest.mark.parametrize(("peer", "said", "client"), [
    ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
    ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),
    ("127.0.0.1", "nonsense", "127.0.0.1"),
    ("127.0.0.1", "", "127.0.0.1"),
    ("127.0.0.1", "10.1.1.1, 10.1.1.2", "10.1.1.1"),
    ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
])  # fmt: skip
def test_the_address_is_the_nearest_that_is_no_proxy(peer, said, client):
    proxies = Proxies("127.0.0.1, 10.1.0.0/16")
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", said.encode())]}
    assert proxies.client_of(scope) == client


def test_a_network_of_one_household_is_one_address():
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2::ffff") != network_of("2001:db8:1:3::4")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
