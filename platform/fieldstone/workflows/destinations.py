"""Where the site may connect to: checked on the resolved address, and connected to that very address.

So neither an odd spelling (`http://2130706433/`), nor a name that points inside, nor a name server that
changes its answer between check and use reaches what only this machine can see.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection

from fieldstone.jobs.errors import PermanentJobError
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError

declare("workflow.E110", "The host {host} cannot be found: {reason}")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_INSIDE = (
    ipaddress.ip_network("168.63.129.16/32"),  # a cloud's metadata service on a public address
    ipaddress.ip_network("64:ff9b::/96"),  # NAT64 and 6to4 carry IPv4 addresses, private ones too
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("2001::/32"),
)
_PUBLIC = ipaddress.ip_network("2000::/3")
"""All public IPv6 addresses are in here; what is outside are old and odd ways to write others (::127.0.0.1)."""


class HostNotFoundError(FieldstoneError):
    """The name has no address now; it may have one later."""


def normal_host(host: str) -> str:
    return host.strip().lower().rstrip(".").strip("[]")


def connect(host: str, port: int, *, allowed: Collection[str], timeout: float) -> socket.socket:
    """A connection to a public address of `host`, or to any when the host is in `allowed`.

    Raises PermanentJobError for an address inside, HostNotFoundError, OSError when nobody answers.
    """
    try:
        found = socket.getaddrinfo(normal_host(host), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HostNotFoundError("workflow.E110", host=host, reason=str(error)) from error
    if normal_host(host) not in {normal_host(item) for item in allowed}:
        for *_, target in found:
            if is_inside(ipaddress.ip_address(str(target[0]).partition("%")[0])):
                raise PermanentJobError(
                    f"The host {host} has the address {target[0]}, which is not public. "
                    "Whoever runs this site may allow the host in its settings."
                )
    last: OSError | None = None
    for family, kind, protocol, _, target in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(timeout)
            sock.connect(target)
        except OSError as error:
            sock.close()
            last = error
        else:
            return sock
    raise last or OSError(f"{host} has no address")


def is_inside(address: _Address) -> bool:
    """Whether an address is loopback, private, link-local, metadata, multicast or otherwise not public."""
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return is_inside(mapped)
    if address.version == 6 and address not in _PUBLIC:
        return True
    return not address.is_global or address.is_multicast or any(address in network for network in _INSIDE)
