"""What HTTPS is checked with: the certificates this machine trusts."""

import functools
import ssl

import httpx2


@functools.cache
def tls_context() -> ssl.SSLContext:
    """One for all, since reading the certificates takes 30 to 60 ms. Thread-safe."""
    return httpx2.create_ssl_context()
