"""``council doctor``: what a deployer gets wrong, looked for."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict

import click

from council.cli.checks import machine, models, network, people, storage
from council.cli.checks.finding import FAULT, Finding, fault, ok
from council.cli.clean import one_line
from council.errors import CouncilError
from council.settings import PREFIX, Settings, load_settings

_COLOURS = {"ok": "green", "warning": "yellow", "fault": "red"}


@click.command(short_help="Look for what is set up wrong.")
@click.option("--json", "as_json", is_flag=True, help="All findings as one JSON list.")
def doctor(*, as_json: bool) -> None:
    """Check this machine, the settings, the data, the people and the models, and say what to do.

    It changes nothing, and may be run beside a running server, with the same settings. The exit
    code is 1 when there is a fault; warnings are no faults. No key is ever shown.

    \b
    Example:
      council doctor --json
    """
    findings = []
    for finding in _findings():
        findings.append(finding)
        if not as_json:
            _tell(finding)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    if any(finding.level == FAULT for finding in findings):
        raise SystemExit(1)


def _findings() -> Iterator[Finding]:
    yield machine.python()
    yield machine.time()
    try:
        settings = load_settings()
    except CouncilError as problem:
        yield fault("settings", problem.message, problem.hint)
        return
    yield _settings()
    yield from _of(settings)


def _settings() -> Finding:
    given = sorted(name for name in os.environ if name.startswith(PREFIX))
    if not given:
        return ok("settings", "All have their defaults.")
    return ok("settings", f"{', '.join(given)} set; the others have their defaults.")


def _of(settings: Settings) -> Iterator[Finding]:
    yield from storage.folder(settings)
    yield from storage.database(settings)
    yield storage.key(settings)
    yield network.port(settings)
    yield network.proxy(settings)
    yield people.door(settings)
    yield people.cookie(settings)
    yield people.openid(settings)
    yield machine.descriptors(settings)
    yield from models.providers(settings)
    yield models.prices(settings)
    yield network.tracing(settings)
    yield machine.extras()


def _tell(finding: Finding) -> None:
    label = click.style(f"{finding.level:8}", fg=_COLOURS[finding.level])
    click.echo(f"{label} {finding.what}: {one_line(finding.text)}")
    if finding.todo:
        click.echo(f"         {one_line(finding.todo)}")
