"""The application for any WSGI server: `gunicorn wsgi:app`."""

from consult.app import create_app

app = create_app()
