"""How large a file of leads may be."""

MOST_BYTES = 1024**3
MOST_ROWS = 1_000_000
MOST_SHEET_ROWS = 200_000
MOST_UNPACKED = 200 * 1024**2
"""Bytes of a workbook when unpacked."""
MOST_RATIO = 100
"""How many times larger a workbook may become by unpacking; honest ones become ten times as large."""
MOST_MEMBERS = 5_000
MOST_COLUMNS = 200
MOST_CELLS = 5_000_000
"""In the rectangle that a sheet fills, empty ones too: the reader keeps a place for each."""
LONGEST_CELL = 131_072
"""Characters."""
LONGEST_LINE = 64 * 1024
"""Bytes of one line of JSON, as of one lead at the API."""
PREVIEWED = 20
