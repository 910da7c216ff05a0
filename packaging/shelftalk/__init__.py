"""Shelftalk: connected packaging. Pages for products, codes for places, scans that count."""

__version__ = "0.1.0"
