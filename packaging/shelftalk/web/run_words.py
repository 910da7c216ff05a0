"""A print run's choices and events in words; knows no request and no store."""

from __future__ import annotations

from shelftalk.errors import mark
from shelftalk.labels.look import parse_look
from shelftalk.labels.placing import Placing, parse_placing
from shelftalk.labels.proof import Proof
from shelftalk.store import run_events
from shelftalk.store.runs import PrintRun
from shelftalk.web.placing_form import format_cells
from shelftalk.web.texts import _

EVENTS = {
    run_events.SENT: mark("Sent to the printer"),
    run_events.SHIPPED: mark("Shipped"),
    run_events.RECEIVED: mark("Received"),
    run_events.SPOILED: mark("Spoiled"),
    run_events.NOTE: mark("Note"),
    run_events.TAKEN_BACK: mark("Taken back"),
}
EVENT_ICONS = {
    run_events.SENT: "upload",
    run_events.SHIPPED: "route",
    run_events.RECEIVED: "circle-check",
    run_events.SPOILED: "circle-alert",
    run_events.NOTE: "pencil",
    run_events.TAKEN_BACK: "undo",
}


def describe_placing(run: PrintRun) -> list[str]:
    """How the labels lie where that is out of the ordinary: gaps, fill, a printer's correction, marks, bleed."""
    placing = parse_placing(run.placed)
    words = []
    if placing.skip:
        cells = format_cells(placing.skip)
        one = len(placing.skip) == 1
        words.append(
            _("without label {number} of the first sheet", number=cells)
            if one
            else _("without labels {cells} of the first sheet", cells=cells)
        )
    if placing.fill:
        words.append(_("last sheet filled"))
    if placing.crop_marks:
        words.append(_("crop marks"))
    if placing.bleed_mm:
        words.append(_("{size} mm bleed", size=placing.bleed_mm))
    return [*words, *_describe_offset(placing)]


def _describe_offset(placing: Placing) -> list[str]:
    offset, words = placing.offset, []
    if offset.x_mm or offset.y_mm:
        words.append(
            _("moved {x} mm right, {y} mm down for the printer", x=round(offset.x_mm, 2), y=round(offset.y_mm, 2))
        )
    if (offset.scale_x, offset.scale_y) != (1, 1):
        words.append(
            _(
                "scaled to {x} % across, {y} % down for the printer",
                x=round(offset.scale_x * 100, 2),
                y=round(offset.scale_y * 100, 2),
            )
        )
    return words


def describe_proof(proof: Proof) -> list[str]:
    """The worst that was measured of a run's symbols; nothing for older runs, which were not measured."""
    if not proof.dots:
        return []
    return [
        _("at least {dots} dots a module", dots=proof.dots),
        _("quiet zone whole"),
        _("contrast {share} %", share=round(proof.contrast * 100)),
    ]


def describe_look(run: PrintRun) -> list[str]:
    """How the symbols are made: error correction and case."""
    look = parse_look(run.look)
    words = [_("error correction {level}", level=look.level)]
    if look.upper:
        words.append(_("address in upper case"))
    if look.till:
        words.append(_("sizes for the till"))
    if look.anyway:
        words.append(_("printed anyway: some are read from less than half as far as they are meant to"))
    return [*words, _("style “{name}”", name=look.style.name)] if look.style else words
