"""The GS1 standard's rules. Pure: no HTTP, no SQL, no files, no clock."""
