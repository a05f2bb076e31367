"""The audit of the repository finds what it should, and does not fail where nobody can be asked."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import audit

FOUND = '{"dependencies": [{"name": "left", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}]}'


def test_a_new_secret_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its file and line; once it was accepted it is known."""
    (tmp_path / "settings.py").write_text('\nAPI_KEY = "AKIA' + 'IOSFODNN7ABCDEFG"\n')
    (tmp_path / audit.BASELINE).write_text('{"results": {}}')
    assert not audit.secrets_are_known(["settings.py"], tmp_path)
    assert "settings.py:2: AWS Access Key" in capsys.readouterr().out
    audit.accept(["settings.py"], tmp_path)
    assert audit.secrets_are_known(["settings.py"], tmp_path)


def answering(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """pip-audit says this, whatever it is asked."""

    def run(*_args: Any, **_more: Any) -> Any:
        return subprocess.CompletedProcess([], 1, text, "")

    monkeypatch.setattr(audit.subprocess, "run", run)


def test_a_faulty_package_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the version that mends it."""
    answering(monkeypatch, FOUND)
    assert not audit.packages_are_sound()
    assert "left 1.0: PYSEC-1, mended in 1.1" in capsys.readouterr().out


def test_what_was_not_checked_is_not_called_sound(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mirror that does not know a package has said nothing of it."""
    answering(monkeypatch, '{"dependencies": [{"name": "left", "skip_reason": "not found"}]}')
    assert audit.packages_are_sound()
    assert "0 packages were checked" in (said := capsys.readouterr().out)
    assert "Nothing is known of 1: left" in said


@pytest.mark.parametrize("text", ["", "Traceback", "[]", "{}"])
def test_without_a_network_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """It is no fault of the repository."""
    answering(monkeypatch, text)
    assert audit.packages_are_sound()
    assert "were not checked" in capsys.readouterr().out
