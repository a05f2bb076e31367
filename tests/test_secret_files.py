"""Secrets that are not in the environment but in files that it names: how systemd and Docker hand them over."""

from pathlib import Path

import pytest

from council.settings import SettingsError, load_settings


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a secret into a file, and the file's name into a variable."""

    def give(name: str, text: str | bytes) -> Path:
        path = tmp_path / name.lower()
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        monkeypatch.setenv(name, str(path))
        return path

    return give


def test_a_secret_is_read_from_its_file(given):
    """Each secret, those of a group too; the end of the line does not belong to it."""
    given("COUNCIL_SECRET_KEY_FILE", "signs-cookies\n")
    given("COUNCIL_LLM_API_KEY_FILE", "sk-from-a-file\r\n")
    given("COUNCIL_SEARCH__TAVILY_API_KEY_FILE", "tvly-from-a-file")
    given("COUNCIL_METRICS_TOKEN_FILE", "scraper-from-a-file\n")
    settings = load_settings()
    assert settings.secret() == "signs-cookies"
    for key, expected in (
        (settings.llm_api_key, "sk-from-a-file"),
        (settings.search.tavily_api_key, "tvly-from-a-file"),
        (settings.metrics_token, "scraper-from-a-file"),
    ):
        assert key is not None
        assert key.get_secret_value() == expected
    for secret in ("signs-cookies", "sk-from-a-file", "tvly-from-a-file", "scraper-from-a-file"):
        assert secret not in repr(settings)


def test_other_settings_of_the_group_stay(given, monkeypatch):
    """A secret from a file does not hide what the environment says beside it."""
    monkeypatch.setenv("COUNCIL_SEARCH__TIMEOUT_SECONDS", "3")
    given("COUNCIL_SEARCH__TAVILY_API_KEY_FILE", "tvly-key")
    assert load_settings().search.timeout_seconds == 3


def test_an_empty_file_is_no_secret(given, tmp_path, monkeypatch):
    """So that a file can be there before the key is: the secret key is made, the others are absent."""
    monkeypatch.setenv("COUNCIL_DATA_DIR", str(tmp_path / "instance"))
    given("COUNCIL_SECRET_KEY_FILE", "\n")
    given("COUNCIL_LLM_API_KEY_FILE", "")
    given("COUNCIL_METRICS_TOKEN_FILE", "")
    settings = load_settings()
    assert len(settings.secret()) == 64
    assert settings.llm_api_key is settings.metrics_token is None


def test_a_file_that_cannot_be_read_stops_the_start(given):
    """The error names the variable and the file, and what is wrong with it."""
    path = given("COUNCIL_LLM_API_KEY_FILE", "")
    path.unlink()
    with pytest.raises(SettingsError, match=r"COUNCIL_LLM_API_KEY_FILE: .* cannot be read: No such file"):
        load_settings()
    given("COUNCIL_LLM_API_KEY_FILE", b"\xff\xfe")
    with pytest.raises(SettingsError, match="it is not text"):
        load_settings()


def test_a_secret_given_twice_stops_the_start(given, monkeypatch):
    """Nobody has to guess which one holds; neither is told."""
    monkeypatch.setenv("COUNCIL_LLM_API_KEY", "sk-one")
    given("COUNCIL_LLM_API_KEY_FILE", "sk-other")
    with pytest.raises(
        SettingsError, match="Both COUNCIL_LLM_API_KEY and COUNCIL_LLM_API_KEY_FILE"
    ) as refusal:
        load_settings()
    assert "sk-" not in f"{refusal.value.message} {refusal.value.hint}"


def test_a_secret_that_does_not_fit_is_not_told(given):
    """What is wrong is said without saying the secret."""
    path = given("COUNCIL_SEARCH__TAVILY_API_KEY_FILE", "tvly key of two words")
    with pytest.raises(SettingsError, match="characters that no key has") as refusal:
        load_settings()
    assert "two words" not in str(refusal.value)
    path.write_text("")
    given("COUNCIL_METRICS_TOKEN_FILE", "short")
    with pytest.raises(SettingsError, match=r"COUNCIL_METRICS_TOKEN: .* 16") as refusal:
        load_settings()
    assert "short" not in refusal.value.message


def test_the_terminals_token_is_not_the_scrapers(given):
    """COUNCIL_TOKEN_FILE is the command's affair: the server does not read it."""
    given("COUNCIL_TOKEN_FILE", "a token of the terminal").unlink()
    assert load_settings().metrics_token is None
