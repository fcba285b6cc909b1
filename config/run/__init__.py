"""`python -m config.run`: the whole product on one machine, for trying and for development."""
