"""A day in a file, run through the real code on empty tables of its own. `docs/sandbox.md` says what may stand in the file."""
