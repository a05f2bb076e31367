"""What the lobby shows: templates, providers, and the newest meetings."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from council.parts import Parts


def lobby_reader(parts: Parts) -> Callable[[], dict[str, Any]]:
    """Reads it all anew at each call."""

    def read() -> dict[str, Any]:
        return {
            "templates": [template.model_dump(mode="json") for template in parts.library.all_templates()],
            "providers": [asdict(provider) for provider in parts.catalogue.providers()],
            "sessions": parts.archive.sessions(limit=50),
        }

    return read
