"""Files of leads: what they are, how they are read row by row, and what their columns mean. Nothing here asks the database."""
