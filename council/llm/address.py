"""Where a model server is: on this machine or network, or out there."""

import ipaddress
import socket
from urllib.parse import urlsplit

from council.errors import Invalid

LOCAL_ENDINGS = (".local", ".internal", ".lan", ".localhost", ".home.arpa")


def is_local(url: str) -> bool:
    """Loopback and private addresses, names of a local network, and names without a dot (``ollama``)."""
    host = _host(url)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(LOCAL_ENDINGS)
    return address.is_private or address.is_loopback or address.is_link_local


def is_at(url: str, host: str) -> bool:
    """Whether ``url`` leads to that host."""
    return _host(url) == host


def checked_address(url: str) -> str:
    """An address that somebody entered, as it is kept. Raises Invalid for what no model server has.

    Private networks are allowed: that is where model servers are. Link-local addresses are not: there clouds tell a
    machine its own secrets. What a name leads to is looked at once more when it is connected to.
    """
    url = url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or not url.isprintable() or " " in url:
        raise Invalid("base_url: an address like https://models.example.org/v1.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Invalid("base_url: no names, passwords, ? or # in it.", hint="The key has a field of its own.")
    if any(is_link_local(address) for address in _addresses(host)):
        raise Invalid(
            "base_url: link-local addresses are not used.", hint="Give the server's address on its network."
        )
    return url


def is_link_local(address: str) -> bool:
    """169.254.0.0/16 and fe80::/10, also where they are written as IPv6."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_link_local


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a key was given for."""
    parts = urlsplit(url)
    return parts.scheme, _host(url), parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _addresses(host: str) -> set[str]:
    """What a name leads to now; nothing when nobody knows it."""
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return set()


def shown(url: str) -> str:
    """The address as people may see it: without a name, a password or a query in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the address given"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
