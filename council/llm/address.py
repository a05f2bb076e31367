"""Where a model server is: on this machine or network, or out there."""

import ipaddress
from urllib.parse import urlsplit

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
