"""The production entry: ``gunicorn -c gunicorn.conf.py wsgi:app``. The parts start after the fork."""

from council.application import create_app

app = create_app()
