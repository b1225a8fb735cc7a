"""The hosts whose name a request may bear, and the socket that listens for them."""

from __future__ import annotations

import errno
import ipaddress
import socket

from sitegen.errors import GuardError, Problem
from sitegen.model import Value

PORTS_TRIED = 50
"""How many ports, from the one asked for on, are tried before giving up."""

_LOOPBACK_NAMES = ("127.0.0.1", "[::1]", "localhost")


class Hosts(Value, frozen=True):
    """The authorities under which the preview is reached: exact names, so that no other name can be bound to it."""

    host: str
    """As `--host` says: a name or an address."""
    port: int
    names: tuple[str, ...]
    """In lower case, addresses of version 6 in brackets."""
    is_any_address: bool = False
    """It listens on every address of the machine, so all addresses are answered. No attacker can rebind those."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return not self.is_any_address and "localhost" in self.names

    @property
    def url(self) -> str:
        """The root of the host, where a browser on this machine finds it."""
        name = "127.0.0.1" if self.is_any_address else self.names[0]
        return f"http://{name}" if self.port == 80 else f"http://{name}:{self.port}"

    def include(self, authority: str) -> bool:
        """Whether a `Host` header names the preview."""
        name, port = _split(authority.lower())
        if port != self.port:
            return False
        return name in self.names or (self.is_any_address and _is_address(name))


def listening(host: str, port: int, machine: str = "") -> tuple[socket.socket, Hosts]:
    """A socket that listens on `port` or the next free one, and the hosts it is for; `machine` is this one's name.

    Raises `GuardError` when there is no such host, or no port to be had.
    """
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        raise _refused(f'there is no host "{host}" on this machine') from None
    address = str(place[0])
    for candidate in range(port, min(port + PORTS_TRIED, 65536)) if port else (0,):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, candidate))
            listener.listen(1024)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise _refused(f"cannot listen on {host}, port {candidate}: {error.strerror}") from None
            continue
        listener.setblocking(False)
        return listener, hosts_of(host, address, listener.getsockname()[1], machine)
    raise _refused(f"all ports from {port} to {candidate} are taken. Choose another with --port")


def hosts_of(host: str, address: str, port: int, machine: str) -> Hosts:
    """The hosts that reach a socket on an address of this machine, for which `host` was said."""
    found = ipaddress.ip_address(address)
    own = f"[{address}]" if found.version == 6 else address
    names = dict.fromkeys((own,) if host == address else (own, host.lower()))
    if found.is_loopback or found.is_unspecified:
        names.update(dict.fromkeys(_LOOPBACK_NAMES))
    if not found.is_loopback and machine:
        names.update(dict.fromkeys((machine.lower(), f"{machine.lower().split('.')[0]}.local")))
    return Hosts(host=host, port=port, names=tuple(names), is_any_address=found.is_unspecified)


def _split(authority: str) -> tuple[str, int]:
    """Name and port of an authority, port -1 where it is none."""
    name, colon, port = authority.rpartition(":")
    if not colon or name.count("[") != name.count("]"):
        return authority, 80
    return name, int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else -1


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _refused(message: str) -> GuardError:
    return GuardError(Problem(code="address", message=message))
