"""What the running application holds, in one typed place instead of globals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from shelftalk.config import Settings
from shelftalk.store import Store
from shelftalk.web.attempts import Attempts
from shelftalk.web.i18n import Translator
from shelftalk.web.once import DoneForms


@dataclass
class State:
    """Settings, store and the parts the views share."""

    settings: Settings
    store: Store
    translator: Translator
    by_address: Attempts  # failed sign-ins of an address
    by_account: Attempts  # failed sign-ins to an account
    done_forms: DoneForms


def state() -> State:
    """The state of the application that handles this request or command."""
    return get_state(current_app)


def get_state(app: Flask) -> State:
    """The state of `app`."""
    return cast(State, app.extensions["shelftalk"])
