"""Which hosts are this computer, and which stand where the public cannot reach them."""

import pytest

from assistant.system.hosts import is_inside, is_loopback, numbers_of

NAMES = {"out.example": ["93.184.215.14"], "in.example": ["10.0.0.7"], "both.example": ["8.8.8.8", "fe80::1%eth0"]}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "[::1]", "::1", "localhost", "LOCALHOST", "a.localhost"])
def test_this_computer(host):
    assert is_loopback(host) and is_inside(host, lambda _: [])


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "192.168.0.1", "172.16.5.5", "169.254.169.254", "[fd00::1]", "0.0.0.0", "::ffff:10.0.0.1", "in.example", "both.example"]
)  # fmt: skip
def test_private_networks(host):
    assert not is_loopback(host) and is_inside(host, lambda name: NAMES.get(name, []))


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "[2606:2800:220:1::1]", "::ffff:8.8.8.8", "out.example", "unknown.example"]
)
def test_the_world_outside(host):
    assert not is_inside(host, lambda name: NAMES.get(name, []))


def test_names_are_looked_up_and_what_is_none_has_no_numbers():
    assert set(numbers_of("localhost")) <= {"127.0.0.1", "::1"} and numbers_of("localhost")
    assert numbers_of("." * 70) == [] and numbers_of("a" * 300) == []
