"""What the database does with nothing around it."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from django.db import connection

from config.services.binaries import postgres_programs

SCRIPT = "INSERT INTO bench_row (id, body, received_at) VALUES (gen_random_uuid(), repeat('x', 300), now());\n"


def inserts_a_second(*, clients: int, seconds: int) -> float:
    """Rows of the size of a lead, one commit each, by pgbench."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_row (id uuid PRIMARY KEY, body text, received_at timestamptz)")
    host = connection.settings_dict["HOST"] or connection.get_connection_params().get("host", "")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(SCRIPT)
        command = [postgres_programs() / "pgbench", "-n", "-h", host, "-U", "postgres", "-c", clients, "-j", 2, "-T", seconds, "-f", script]
        done = subprocess.run(
            [str(part) for part in [*command, connection.settings_dict["NAME"]]], capture_output=True, text=True, check=True, env=os.environ
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout)
    return float(found[1])
