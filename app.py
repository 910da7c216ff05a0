"""The WSGI application: `app:app` for granian, gunicorn and `flask run`."""

import multiprocessing
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "packaging"))

from shelftalk.web.app import create_app  # noqa: E402  (the source root has to be on the path first)

if multiprocessing.parent_process():
    # Ctrl+C reaches a server's workers and their parent, which stops them too: told twice at once, a worker can hang.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

app = create_app(ROOT)
