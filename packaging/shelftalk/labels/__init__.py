"""Labels: millimetres and words in, proven PDF, SVG and PNG out. No HTTP, no SQL, no clock."""
