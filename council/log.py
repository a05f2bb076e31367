"""What the server says about itself: structured lines, on a console or as JSON, and never a secret."""

import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import structlog
from pydantic import BaseModel, SecretStr

from council.redact import Redactor, without_secrets
from council.settings import Settings

MAX_LINE = 400  # Characters of any one line of a traceback: the message of an error may quote a document.

_SECRET_VARIABLE = re.compile(r"_(?:KEY|TOKEN|SECRET|PASSWORD)$")
_SECRET_FILE = re.compile(r"_(?:KEY|TOKEN|SECRET|PASSWORD)_FILE$")
_OTHERS = {"werkzeug": "WARNING", "gunicorn.error": "WARNING", "gunicorn.access": "ERROR"}


def configure_logging(settings: Settings) -> None:
    """One line per event, those of the libraries included. May be called again."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    lead_in = _lead_in()
    render = _renderer(settings)
    structlog.configure(
        processors=[*lead_in, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_names: _Lines(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = _Handler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=lead_in, processors=[_drop_record, render])
    )
    _take_over_loggers(handler, level)


def _lead_in() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_secrets,
    ]


def _renderer(settings: Settings) -> structlog.typing.Processor:
    """The last step: from fields to a line, from which every secret is taken that this process knows."""
    redactor = Redactor(secrets_of(settings))
    render: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )

    def rendered(logger: Any, name: str, event: structlog.typing.EventDict) -> str:
        return redactor.text(str(render(logger, name, event)))

    return rendered


def secrets_of(settings: Settings) -> Iterator[str]:
    """Every secret this process has: from its settings, its data folder and its environment."""
    yield settings.secret()
    yield from _secret_values(settings)
    for name, value in os.environ.items():
        if _SECRET_VARIABLE.search(name):
            yield value.strip()
        elif _SECRET_FILE.search(name):
            with suppress(OSError, UnicodeDecodeError):  # Whoever needs it says what is wrong with it.
                yield Path(value).read_text("utf-8").strip()


def _secret_values(group: BaseModel) -> Iterator[str]:
    for name in type(group).model_fields:
        match getattr(group, name):
            case SecretStr() as secret:
                yield secret.get_secret_value()
            case BaseModel() as inner:
                yield from _secret_values(inner)


def _take_over_loggers(handler: logging.Handler, level: int) -> None:
    """Ours at the level of the settings, those of the servers and of all other libraries when something is wrong."""
    levels: dict[str, int | str] = {"council": level, **_OTHERS}
    for name, its_level in levels.items():
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        logger.setLevel(its_level)
    root = logging.getLogger()
    root.handlers[:] = [*(each for each in root.handlers if not isinstance(each, _Handler)), handler]


class _Lines(structlog.PrintLogger):
    """Where lines go. One that cannot be written, on a full disk perhaps, is lost: whoever spoke goes on."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to what is the standard error at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


def _without_secrets(_logger: object, _name: str, event: structlog.typing.EventDict) -> dict[str, Any]:
    fields: Mapping[str, Any] = event
    told = without_secrets(fields)
    if isinstance(trace := told.get("exception"), str):
        told["exception"] = "\n".join(line[:MAX_LINE] for line in trace.splitlines())
    return told


def _drop_record(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return structlog.stdlib.ProcessorFormatter.remove_processors_meta(None, "", event)
