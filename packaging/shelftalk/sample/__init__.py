"""A believable small brand to try the product with. Pure: reads its own data files only; no store, HTTP or clock."""
