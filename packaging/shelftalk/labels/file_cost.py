"""How long a file of single labels takes to make and to prove, before it is made. Makes nothing itself."""

from __future__ import annotations

from shelftalk.labels.proof import DPI
from shelftalk.labels.stock import Stock

# Seconds of one processor core for a label and for a million of its dots, as measured (docs/performance.md).
COSTS = {"zpl": (0.004, 0.015), "png": (0.02, 0.075), "svg": (0.012, 0.03)}


def estimate_seconds(kind: str, labels: int, stock: Stock, dpi: int) -> float:
    """About how long so many labels take; what an SVG costs is the picture it is proven by."""
    each, million = COSTS[kind]
    per_mm = (DPI if kind == "svg" else dpi) / 25.4
    dots = stock.label_width_mm * stock.label_height_mm * per_mm**2
    return labels * (each + million * dots / 1e6)
