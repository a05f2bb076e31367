"""Looks for secrets that were written into the repository, and for packages with known faults: ``make audit``.

What stands in ``.secrets.baseline`` was looked at: made-up keys of tests and examples. To take up what is new,
once it was looked at: ``python -m tests.audit --accept``.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
BASELINE = ".secrets.baseline"
PIP_AUDIT_SECONDS = 300.0
_NOT_OURS = (BASELINE, "package-lock.json")
_BINARY = (".png", ".ico", ".woff2", ".mo")


def main(arguments: Sequence[str]) -> int:
    files = _files()
    if "--accept" in arguments:
        return accept(files)
    return int(not all([secrets_are_known(files), packages_are_sound()]))


def accept(files: Sequence[str], root: Path = ROOT) -> int:
    """Write the baseline anew."""
    found = subprocess.run(
        _tool("detect_secrets", "scan", *files), cwd=root, capture_output=True, text=True, check=True
    )
    baseline = json.loads(found.stdout)
    del baseline["generated_at"]
    (root / BASELINE).write_text(json.dumps(baseline, indent=1) + "\n", "utf-8")
    print(
        f"{BASELINE}: {sum(map(len, baseline['results'].values()))} places, in {len(baseline['results'])} files."
    )
    return 0


def secrets_are_known(files: Sequence[str], root: Path = ROOT) -> bool:
    """Whether nothing in these files looks like a secret, but what the baseline has."""
    baseline = json.loads((root / BASELINE).read_text("utf-8"))
    known = {(name, each["hashed_secret"]) for name, listed in baseline["results"].items() for each in listed}
    scanned = subprocess.run(
        _tool("detect_secrets", "scan", *files), cwd=root, capture_output=True, text=True, check=True
    )
    new = [
        f"{name}:{each['line_number']}: {each['type']}"
        for name, listed in json.loads(scanned.stdout)["results"].items()
        for each in listed
        if (name, each["hashed_secret"]) not in known
    ]
    print(
        "\n".join(["These look like secrets:", *new]) if new else "No secret but those of tests and examples."
    )
    return not new


def packages_are_sound(*options: str) -> bool:
    """Whether no installed package has a known fault. Where nobody can be asked, that is said, and is no fault."""
    asked = ["--progress-spinner", "off", "--format", "json", "--desc", "off", *options]
    try:
        done = subprocess.run(
            _tool("pip_audit", *asked), cwd=ROOT, capture_output=True, text=True, timeout=PIP_AUDIT_SECONDS
        )
        found = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        print("The packages were not checked: the list of known faults could not be asked.")
        return True
    faults = [
        f"{each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for each in found
        for fault in each.get("vulns", ())
    ]
    skipped = [each["name"] for each in found if "skip_reason" in each]
    print("\n".join(["These packages have known faults:", *faults]) if faults else _told(len(found), skipped))
    return not faults


def _told(count: int, skipped: Sequence[str]) -> str:
    """How many were looked at, so that nobody takes one that was not for a sound one."""
    left_out = f" Nothing is known of {len(skipped)}: {', '.join(skipped)}." if skipped else ""
    return f"{count - len(skipped)} packages were checked, and have no known fault.{left_out}"


def _files() -> list[str]:
    """What is kept in the repository, and what would be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [
        name
        for name in listed
        if name not in _NOT_OURS and not name.endswith(_BINARY) and (ROOT / name).is_file()
    ]


def _tool(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
