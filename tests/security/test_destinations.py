"""Where the site may connect to, however the address is spelled."""

from __future__ import annotations

import ipaddress

import pytest

from fieldstone.workflows.destinations import is_inside


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.0.0.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "255.255.255.255", "::1",
        "::", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "::a9fe:a9fe", "64:ff9b::7f00:1", "2002:7f00:1::",
        "fe80::1", "fec0::1", "fd00:ec2::254", "ff02::1", "5f00::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_inside(address: str) -> None:
    assert is_inside(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_what_is_public_is_not(address: str) -> None:
    assert not is_inside(ipaddress.ip_address(address))
