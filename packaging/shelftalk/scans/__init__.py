"""Both flows' hot ends: the door, the shelf, the spool and the ingester. No Flask, no store: handed what they need."""
