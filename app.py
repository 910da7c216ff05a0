"""The WSGI application: `app:app` for granian, gunicorn and `flask run`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "packaging"))

from shelftalk.web.app import create_app  # noqa: E402  (the source root has to be on the path first)

app = create_app(ROOT)
