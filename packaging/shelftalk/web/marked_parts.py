"""The part of a big print that failed its proof, made once more to be shown to somebody: marked, never handed out."""

from __future__ import annotations

import json
from itertools import chain, repeat

from shelftalk.errors import NotFound
from shelftalk.labels.label_files import Recipe
from shelftalk.labels.look import parse_look
from shelftalk.labels.placing import share_copies
from shelftalk.web.marked_sheets import Marked, mark_sheets
from shelftalk.web.print_jobs import PrintJob, Superseded, find_material, place_part, plan_part
from shelftalk.web.state import State


def make_marked_part(state: State, job: PrintJob | None) -> Marked:
    """The sheets of the part that the job stopped at; raises NotFound where it stopped for no failed proof."""
    if job is None or not job.unproven:
        raise NotFound("No big print has failed its proof.")
    try:
        with state.store.read() as db:
            plan = plan_part(db, job, begin=False)  # numbers for show: none is given out
        items, stock, design, images = find_material(state, job, plan)
    except Superseded:
        raise NotFound("No big print has failed its proof.") from None
    start, placing = 1 if job.runs else job.start, place_part(job)
    shares = share_copies(len(items), job.copies, stock, start, placing)
    labels = chain.from_iterable(map(repeat, items, shares))
    recipe = Recipe(stock, design.design if design else None, images, parse_look(job.look))
    return mark_sheets(labels, recipe, start, placing, json.loads(job.fault_values).get("sheet"))
