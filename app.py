"""The development server: ``python app.py``. For everything else there is gunicorn (``make run``)."""

import sys

from council.application import create_app
from council.errors import CouncilError
from council.settings import load_settings


def main() -> None:
    try:
        settings = load_settings()
        app = create_app(settings)
    except CouncilError as problem:
        sys.exit(f"Council does not start. {problem.message} {problem.hint}")
    parts = app.extensions["council"]
    parts.start()
    try:
        app.run(settings.host, settings.port, threaded=True)
    finally:
        parts.close()


if __name__ == "__main__":
    main()
