"""The nouns and their rules. Pure: no HTTP, no SQL, no files, no clock."""
