"""The peers' own virtual environment: made once, again when its requirements change."""

import json
import subprocess
import sys

from benchmarks.measure import HERE, PEERS_PYTHON

REQUIREMENTS = HERE / "peers" / "requirements.txt"
INSTALLED = HERE / ".peers" / "installed.txt"

_LIST_VERSIONS = """
import importlib.metadata, json, sys
print(json.dumps({name: importlib.metadata.version(name) for name in sys.argv[1:]}))
"""


def prepare() -> None:
    """Installs what is missing. Needs the package index the first time only."""
    if INSTALLED.exists() and INSTALLED.read_text() == REQUIREMENTS.read_text():
        return
    print("Installing the peers into benchmarks/.peers (once) …", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", HERE / ".peers"], check=True)
    subprocess.run([PEERS_PYTHON, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
    subprocess.run([PEERS_PYTHON, "-m", "compileall", "-q", HERE / ".peers" / "lib"], check=False)
    INSTALLED.write_text(REQUIREMENTS.read_text())


def versions() -> dict[str, str]:
    """Each peer's version, as it is installed."""
    command = [PEERS_PYTHON, "-c", _LIST_VERSIONS, *names()]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def names() -> list[str]:
    lines = REQUIREMENTS.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]
