"""The only code that talks to the outside: one small module a transport, with `send` and `check_config`."""
