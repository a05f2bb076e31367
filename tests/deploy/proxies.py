"""Real proxies with the configuration that we ship; only ports, certificates and what is behind are the test's."""

import getpass
import os
import shutil
import socket
import ssl
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from tests.support.server import ROOT, _free_port
from tests.support.waiting import wait_until

NGINX_CONF = ROOT / "deploy" / "nginx" / "council.conf"
CADDYFILE = ROOT / "deploy" / "caddy" / "Caddyfile"
SITE = "localhost"  # Under any other name Council answers nobody before there is a user.


class Front:
    """A proxy in a process of its own: ``port`` speaks TLS, ``plain_port`` does not. A context manager."""

    program = ""

    def __init__(self, folder: Path, upstream_port: int, certificate: "Certificate", **changes: str) -> None:
        self.port, self.plain_port, self.redirect_port = (_free_port() for _ in range(3))
        self.url = f"http://127.0.0.1:{self.plain_port}"
        self.certificate = certificate
        self._folder = folder
        self._upstream_port = upstream_port
        self._changes = changes
        self._log = folder / f"{self.program}.log"

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(), cwd=self._folder, stdout=log, stderr=log,
                env=os.environ | {"HOME": str(self._folder), "XDG_DATA_HOME": str(self._folder)},
            )  # fmt: skip
        try:
            for port in (self.port, self.plain_port):
                wait_until(lambda port=port: self._listens(port), what=f"{self.program} to listen")  # type: ignore[misc]
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def client(self) -> httpx2.Client:
        """A browser that asks for the site by its name, with TLS."""
        return httpx2.Client(
            base_url=f"https://127.0.0.1:{self.port}",
            headers={"Host": SITE},
            verify=self.certificate.context(),
            trust_env=False,
            timeout=15,
        )

    def connect(self, *, protocol: str = "http/1.1") -> ssl.SSLSocket:
        """A connection with TLS."""
        context = self.certificate.context()
        context.set_alpn_protocols([protocol])
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        return context.wrap_socket(plain, server_hostname=SITE)

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    def _listens(self, port: int) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"{self.program} ended: {self._log.read_text(errors='replace')[-3000:]}")
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return True
        return False


class Nginx(Front):
    program = "nginx"

    def _command(self) -> list[str]:
        (self._folder / "nginx.conf").write_text(self._whole())
        return ["nginx", "-p", f"{self._folder}/", "-c", "nginx.conf", "-e", "stderr"]

    def _whole(self) -> str:
        """The http block that a distribution brings, as small as it can be, around our file."""
        temporary = "\n".join(
            f"{kind}_temp_path {self._folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return (
            f"daemon off;\nworker_processes 1;\nuser {getpass.getuser()};\npid {self._folder}/nginx.pid;\n"
            "events { worker_connections 1024; }\n"
            f"http {{\naccess_log off;\n{temporary}\n{self._site()}\n}}\n"
        )

    def _site(self) -> str:
        listen = f"listen 127.0.0.1:{self.port} ssl http2;\n    listen 127.0.0.1:{self.plain_port};"
        return _replaced(
            NGINX_CONF.read_text("utf-8"),
            {
                "server_name council.example.org;": f"server_name {SITE};",
                "listen 80;": f"listen 127.0.0.1:{self.redirect_port};",
                "    listen [::]:80;\n": "",
                "listen 443 ssl http2;": listen,
                "    listen [::]:443 ssl http2;\n": "",
                "/etc/ssl/council/fullchain.pem": str(self.certificate.certificate),
                "/etc/ssl/council/privkey.pem": str(self.certificate.key),
                "http://127.0.0.1:8000;": f"http://127.0.0.1:{self._upstream_port};",
            }
            | self._changes,
        )


class Caddy(Front):
    program = "caddy"

    def _command(self) -> list[str]:
        path = self._folder / "Caddyfile"
        path.write_text(self._whole())
        return ["caddy", "run", "--adapter", "caddyfile", "--config", str(path)]

    def _whole(self) -> str:
        """Our file with its site twice: with our certificate, and without TLS."""
        text = _replaced(CADDYFILE.read_text("utf-8"), {"127.0.0.1:8000": f"127.0.0.1:{self._upstream_port}"})
        start = text.index("{$SITE_ADDRESS")
        own = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\thttp_port {self.redirect_port}"
        options = text[:start].replace("\n{", f"\n{own}", 1)
        _, _, site = text[start:].partition(" {\n")
        tls = f"https://{SITE}:{self.port} {{\n\ttls {self.certificate.certificate} {self.certificate.key}\n"
        return f"{options}\n{tls}{site}\nhttp://127.0.0.1:{self.plain_port} {{\n{site}"


class Certificate:
    """A certificate for the site and for this machine, signed by itself."""

    def __init__(self, folder: Path) -> None:
        self.certificate, self.key = folder / "fullchain.pem", folder / "privkey.pem"
        names = f"subjectAltName=DNS:{SITE},IP:127.0.0.1"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", f"/CN={SITE}", "-addext", names, "-keyout", str(self.key),
             "-out", str(self.certificate)],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


def missing(program: str) -> str | None:
    """Why a proxy cannot be tried here; ``None`` when it can."""
    wanted = [name for name in (program, "openssl") if shutil.which(name) is None]
    return f"not installed: {', '.join(wanted)} (Debian: nginx-light, caddy, openssl)" if wanted else None


def _replaced(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in the configuration"
        text = text.replace(old, new)
    return text
