"""The files of a run's labels: where each is kept, how long it takes to make, and the making. Knows no request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path

from shelftalk.labels.file_cost import estimate_seconds
from shelftalk.labels.label_files import LabelFile
from shelftalk.labels.proof import Progress
from shelftalk.store.runs import PrintRun
from shelftalk.web.derived_files import find_file, keep_file
from shelftalk.web.files import write_whole
from shelftalk.web.label_orders import MIMETYPES, Order, Source, find_shift, make_file, name_file, read_source
from shelftalk.web.run_files import get_files_folder
from shelftalk.web.state import State

MOST_SECONDS = 6.0  # of one core, in a request; what takes longer is made by a process of its own


@dataclass(frozen=True)
class RunFile:
    """One file of a run's labels, made or not."""

    run: PrintRun
    order: Order
    source: Source
    folder: Path
    shift: tuple[int, int] = (0, 0)  # in dots, for the printer it is made for

    @property
    def name(self) -> str:
        """What it is called when it is handed out."""
        return name_file(self.source, self.order)

    @property
    def _kept(self) -> str:
        """What it is called where it is kept; a printer that is measured anew gets another file."""
        if self.order.kind != "zpl":
            return self.name
        across, down = self.shift
        moved = f"{across},{down}" if self.order.printer else ""
        return f"{self.order.packing}-{moved}-{self.name}"

    @property
    def _mimetype(self) -> str:
        return MIMETYPES[self.name.rpartition(".")[2]]

    @property
    def labels(self) -> int:
        """How many different labels are in it."""
        return len(self.source.items)

    @property
    def seconds(self) -> float:
        """About how long it takes to make."""
        return estimate_seconds(self.order.kind, self.labels, self.source.recipe.stock, self.order.dpi)

    @property
    def minutes(self) -> int:
        """The same in whole minutes."""
        return ceil(self.seconds / 60)

    @property
    def is_big(self) -> bool:
        """Whether it takes too long for a request."""
        return self.seconds > MOST_SECONDS

    def find(self) -> LabelFile | None:
        """The file as it was made; None when it never was, or is gone."""
        return find_file(self.folder, self._kept, self._mimetype, of=self.run.sha256)

    def keep(self, progress: Progress | None = None) -> LabelFile:
        """The file, made when it is not kept; raises Invalid, Unproven and Conflict."""
        make = partial(make_file, self.source, self.order, self.shift, progress)
        made = keep_file(self.folder, self._kept, self._mimetype, make, of=self.run.sha256)
        self.marked.unlink(missing_ok=True)
        return made

    @property
    def marked(self) -> Path:
        """Where the marked picture is kept when the file failed its proof; another run may get this one's number."""
        return self.folder / f"{self._kept}.{self.run.sha256[:12]}.unproven.pdf"

    def keep_marked(self, pdf: bytes) -> None:
        """Keep the marked picture of a file that failed its proof."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.marked, pdf)


def find_run_file(state: State, run: PrintRun, order: Order) -> RunFile:
    """The file of a run that is ordered; raises Invalid for what there is not."""
    with state.store.read() as db:
        source = read_source(db, run).take_part(order.part)
    folder = get_files_folder(state.settings.instance / "runs", run.id)
    return RunFile(run, order, source, folder, find_shift(order))
