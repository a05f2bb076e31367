"""Every knob: from the environment, checked, and named when it is wrong."""

from pathlib import Path

import pytest

from council.settings import LiveSettings, Settings, SettingsError, known_names, load_settings


def test_the_defaults() -> None:
    """What the wire's reference promises without any environment."""
    settings = load_settings()
    assert (settings.host, settings.port, settings.max_clients) == ("127.0.0.1", 8000, 200)
    assert settings.live.heartbeat_seconds == 25
    assert settings.live.replay_limit == 20_000
    assert settings.live.gather_characters == 256
    assert settings.live.max_frame_bytes == 1_048_576
    assert settings.rehearsal_tokens_per_second == 40
    assert settings.max_body_bytes == 16 * 1024 * 1024
    assert settings.engine.node_timeout_seconds == 120
    assert settings.engine.pause_hold_seconds == 300
    assert settings.engine.max_steps == 500
    assert settings.engine.max_crashes == 3
    assert settings.database == f"sqlite:///{Path('instance').resolve()}/council.db"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """``COUNCIL_*``; nested by ``__``; lists by commas."""
    monkeypatch.setenv("COUNCIL_PORT", "9000")
    monkeypatch.setenv("COUNCIL_LIVE__HEARTBEAT_SECONDS", "5")
    monkeypatch.setenv("COUNCIL_ALLOWED_ORIGINS", "https://a.example/, https://b.example,")
    settings = load_settings()
    assert settings.port == 9000
    assert settings.live.heartbeat_seconds == 5
    assert settings.live.gather_seconds == LiveSettings().gather_seconds
    assert settings.allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("name", "near"),
    [("COUNCIL_PROT", "COUNCIL_PORT"), ("COUNCIL_LIVE__HEARTBEAT", "COUNCIL_LIVE__HEARTBEAT_SECONDS"),
     ("COUNCIL_ENGINE__MAX_STEP", "COUNCIL_ENGINE__MAX_STEPS")],
)  # fmt: skip
def test_an_unknown_name_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, near: str) -> None:
    """Unknown ``COUNCIL_*`` names stop the start with the nearest match."""
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=name) as refusal:
        load_settings()
    assert near in refusal.value.hint


def test_other_peoples_names_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only ``COUNCIL_`` is ours."""
    monkeypatch.setenv("COUNCILLOR", "1")
    monkeypatch.setenv("MY_COUNCIL_PORT", "1")
    load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("COUNCIL_PORT", "eighty"), ("COUNCIL_PORT", "70000"), ("COUNCIL_MAX_CLIENTS", "0"),
     ("COUNCIL_LIVE__GATHER_SECONDS", "5"), ("COUNCIL_ENGINE__LEASE_SECONDS", "0"), ("COUNCIL_DISPATCH", "celery")],
)  # fmt: skip
def test_a_value_that_does_not_fit(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The error names the variable as it is written in the environment."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_every_setting_has_help() -> None:
    """Each knob says what it is for."""
    for name, (_default, text) in known_names().items():
        assert text.endswith("."), name
        assert name.startswith("COUNCIL_")


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys appear in no representation."""
    monkeypatch.setenv("COUNCIL_SECRET_KEY", "hush-hush")
    monkeypatch.setenv("COUNCIL_LLM_API_KEY", "sk-hush-hush")
    settings = load_settings()
    assert "hush" not in repr(settings) + str(settings)
    assert settings.secret() == "hush-hush"


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    """Without one, a key is made and kept in ``data_dir``, for its owner's eyes only."""
    first = Settings(data_dir=tmp_path / "new").secret()
    assert len(first) == 64
    assert Settings(data_dir=tmp_path / "new").secret() == first
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
