"""A cursor for one process that runs the same statements ten thousand times: the server keeps them prepared."""

from typing import Any, Self

from psycopg import ClientCursor, Cursor


class PreparedCursor(Cursor[Any]):
    """Sends parameters apart from their statement. Several statements in one message go as text: no server prepares those."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        if params and isinstance(query, str) and ";" in query:
            query, params = ClientCursor(self.connection).mogrify(query, params), None
            options["prepare"] = False
        super().execute(query, params, **options)
        return self


OPTIONS: dict[str, Any] = {"cursor_factory": PreparedCursor, "server_side_binding": True, "prepare_threshold": 2}
