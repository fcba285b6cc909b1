"""A person's own account: password, second factor, sessions; and the links by mail that lead to a password."""
