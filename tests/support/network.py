"""The network of a test run ends at the loopback interface."""

import ipaddress
import socket
from typing import Any

_connect, _connect_ex, _sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
_getaddrinfo = socket.getaddrinfo


class OutsideLoopback(RuntimeError):
    """A test tried to reach something that is not on this machine."""


def close() -> None:
    """Refuse every connection, datagram and name that leaves the loopback interface, for this process."""
    socket.socket.connect = _guarded(_connect)  # type: ignore[method-assign]  # the point of this module
    socket.socket.connect_ex = _guarded(_connect_ex)  # type: ignore[method-assign]  # the same
    socket.socket.sendto = _guarded(_sendto)  # type: ignore[method-assign]  # the same
    socket.getaddrinfo = _resolve


def _guarded(original: Any) -> Any:  # three methods of different shapes
    def call(self: socket.socket, *arguments: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _check(arguments[-1][0])
        return original(self, *arguments)

    return call


def _resolve(host: Any, *arguments: Any, **options: Any) -> Any:
    if host is not None:
        _check(host.decode() if isinstance(host, bytes) else host)
    return _getaddrinfo(host, *arguments, **options)


def _check(host: str) -> None:
    if host in ("localhost", ""):
        return
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise OutsideLoopback(f"{host}: a test may reach the loopback interface only")
