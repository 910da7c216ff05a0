"""The command that makes a file of a run's labels, for the server in the background and for people on a terminal."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from shelftalk.errors import Invalid
from shelftalk.store import runs as run_store
from shelftalk.web.cli import command, show_progress
from shelftalk.web.files import check_folder, write_whole
from shelftalk.web.label_file_jobs import work
from shelftalk.web.label_orders import KINDS, read_order
from shelftalk.web.run_label_files import find_run_file
from shelftalk.web.state import state


@command("label-file")
@click.option("--run", "run_id", type=int, default=0, help="The run's number.")
@click.option("--kind", type=click.Choice(KINDS), default="zpl", show_default=True, help="PNG and SVG come in a ZIP.")
@click.option("--dpi", default=300, show_default=True, help="Dots an inch.")
@click.option("--packing", default="z64", show_default=True, help="Of ZPL: ascii for old printers and other makes.")
@click.option("--part", default=1, show_default=True, help="Which of the run's parts, of 500 labels each.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write.")
@click.option("--worker", default="", hidden=True)  # the job that the server has noted
def label_file(run_id: int, kind: str, dpi: int, packing: str, part: int, out: Path | None, worker: str) -> None:
    """Write the labels of a run for a thermal printer or as pictures, each read back."""
    if worker:
        work(state(), worker)
        return
    if not run_id or out is None:
        raise Invalid("run", "Name a run and a file: --run 12 --out labels.zpl")
    check_folder(out)
    order = read_order({"kind": kind, "dpi": str(dpi), "packing": packing, "part": str(part)})
    with state().store.read() as db:
        run = run_store.get_run(db, run_id)
    with show_progress("Labels made and read back") as moved:
        made = find_run_file(state(), run, order).keep(moved)
    write_whole(out, made.content)
    click.echo(f"{out}: labels {made.proof.labels}, each read back.")


def init(app: Flask) -> None:
    """Give the application its command."""
    app.cli.add_command(label_file)
