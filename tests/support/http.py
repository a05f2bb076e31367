"""HTTP as a test asks it: past every proxy, and with one TLS context for all, since making one costs 30 ms."""

from functools import partial

import httpx2

TLS = httpx2.create_ssl_context()
PATIENCE_SECONDS = 30.0

client = partial(httpx2.Client, verify=TLS, trust_env=False, timeout=PATIENCE_SECONDS)
delete = partial(httpx2.delete, verify=TLS, trust_env=False, timeout=PATIENCE_SECONDS)
get = partial(httpx2.get, verify=TLS, trust_env=False, timeout=PATIENCE_SECONDS)
post = partial(httpx2.post, verify=TLS, trust_env=False, timeout=PATIENCE_SECONDS)
request = partial(httpx2.request, verify=TLS, trust_env=False, timeout=PATIENCE_SECONDS)
stream = partial(httpx2.stream, verify=TLS, trust_env=False, timeout=PATIENCE_SECONDS)
