"""The development server: ``python app.py``. For everything else there is gunicorn (``make run``)."""

from council import create_app
from council.settings import load_settings


def main() -> None:
    settings = load_settings()
    app = create_app(settings)
    parts = app.extensions["council"]
    parts.start()
    try:
        app.run(settings.host, settings.port, threaded=True)
    finally:
        parts.close()


if __name__ == "__main__":
    main()
