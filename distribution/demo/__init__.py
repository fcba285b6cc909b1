"""The demo world: factories, the samples of `manage.py seed`, a buyer that answers, and a trickle of leads."""
