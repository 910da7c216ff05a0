"""What the running application holds, in one typed place instead of globals."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from flask import Flask, current_app

from shelftalk.config import Settings
from shelftalk.scans.actions import Actions
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.reader import ShelfReader
from shelftalk.scans.spool import Spool
from shelftalk.scans.timing import Timing
from shelftalk.store import Store
from shelftalk.web.attempts import Attempts
from shelftalk.web.i18n import Translator
from shelftalk.web.link_check import Network
from shelftalk.web.once import DoneForms
from shelftalk.web.scan_path import ShelfKeeper
from shelftalk.web.shopper import PageRenderer


@dataclass
class State:
    """Settings, store and the parts the views share."""

    settings: Settings
    store: Store
    translator: Translator
    by_address: Attempts  # failed sign-ins of an address
    network: Network  # the world outside, as links are asked
    by_account: Attempts  # failed sign-ins to an account
    by_sender: Attempts  # forms sent from shopper pages, by block and address
    by_reader: Attempts  # questions and answers opened on shopper pages, by address
    done_forms: DoneForms
    renderer: PageRenderer
    keeper: ShelfKeeper
    shelf: ShelfReader
    spool: Spool
    ingester: Ingester
    timing: Timing
    actions: Actions = field(init=False)  # the door's

    @property
    def media_folder(self) -> Path:
        """Where the pictures lie."""
        return self.settings.instance / "media"

    @property
    def files_folder(self) -> Path:
        """Where documents, videos and captions lie."""
        return self.settings.instance / "files"

    def refresh_shelf(self, *, full: bool = False) -> None:
        """Bring what was just changed to the shelf; shoppers see it with their next scan."""
        self.keeper.refresh(full=full)
        self.shelf.refresh(now=True)


def state() -> State:
    """The state of the application that handles this request or command."""
    return get_state(current_app)


def get_state(app: Flask) -> State:
    """The state of `app`."""
    return cast(State, app.extensions["shelftalk"])
