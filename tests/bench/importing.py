"""A CSV of leads taken in by the real service, against the server's own COPY of as many rows into the same table with its indexes."""

import io
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection
from django.test import override_settings

from distribution.demo.factories import AdministratorFactory, CampaignFactory
from leads.clock import database_now
from leads.models import Import, Lead
from leads.services.file_work import drain_files
from leads.services.imports import choose, guesses, start_run, start_trial
from leads.services.uploads import keep_upload
from tests.bench.figures import Figure

MILLION = 1_000_000
MEMORY_MB = 300


def measure(*, quick: bool) -> Iterator[Figure]:
    rows = 10_000 if quick else 100_000
    with tempfile.TemporaryDirectory() as folder, override_settings(FILES_ROOT=Path(folder)):
        one = _upload(rows)
        tried, _ = _timed(one, start_trial)
        wall, own = _timed(Import.objects.get(pk=one.pk), start_run)
    if Lead.objects.filter(from_import=one, status="accepted").count() != rows:
        raise RuntimeError("not every row was accepted")
    floor = _copied_a_second(one, rows)
    minutes = wall / rows * MILLION / 60
    yield Figure("import, rows a second", rows / wall, floor, "/s", at_least=0.15)
    yield Figure("import of 1,000,000 rows, minutes", minutes, 5, "min", at_most=1)
    yield Figure("  the same by its own processor alone", own / rows * MILLION / 60, 5, "min", at_most=1)
    yield Figure("dry run, rows a second", rows / tried, rows / wall, "/s", at_least=1)
    yield Figure("import, memory of the process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, MEMORY_MB, "MB", at_most=1)


def _upload(rows: int) -> Import:
    by, campaign, now = AdministratorFactory.create(), CampaignFactory.create(), database_now()
    upload = TemporaryUploadedFile("leads.csv", "text/csv", 0, "utf-8")
    text = io.TextIOWrapper(upload.file, encoding="utf-8", write_through=True)
    text.write("First Name,Last Name,Email,Phone,Address,City,State,Zip,DOB,IP,Landing Page,Notes\n")
    for n in range(rows):
        text.write(
            f"Ada{n % 997},Love lace,ada{n}@mail.example,312{n % 8 + 2}{n // 8 % MILLION:06d},{n % 9999} Main Street,Chicago,IL,60601,"
            f"1984-02-{n % 28 + 1:02d},203.0.113.{n % 255},https://offers.example/solar?c={n % 50},row {n}\n"
        )
    upload.size = upload.file.tell()
    upload.file.seek(0)
    one = keep_upload(upload=upload, by=by, now=now)
    text.detach()
    if wrong := choose(one=one, campaign=campaign, mapping=guesses(one, campaign)):
        raise RuntimeError(str(wrong))
    return Import.objects.get(pk=one.pk)


def _timed(one: Import, start: object) -> tuple[float, float]:
    """Wall and own processor seconds of a dry run or of taking in."""
    start(one=one, by=one.by, now=database_now())  # type: ignore[operator]
    began, worked = time.perf_counter(), time.process_time()
    while drain_files(seconds=600):
        pass
    return time.perf_counter() - began, time.process_time() - worked


def _copied_a_second(one: Import, rows: int) -> float:
    """What COPY alone does with the same leads and the same indexes, by the server from a file of its own."""
    with tempfile.TemporaryDirectory() as folder, connection.cursor() as cursor:
        Path(folder).chmod(0o777)
        file = Path(folder) / "leads.copy"
        cursor.execute("CREATE TABLE bench_lead (LIKE leads_lead INCLUDING ALL)")
        with cursor.copy("COPY (SELECT * FROM leads_lead WHERE from_import_id = %s) TO STDOUT", [one.pk]) as read, file.open("wb") as kept:
            for block in read:
                kept.write(block)
        began = time.perf_counter()
        with cursor.copy("COPY bench_lead FROM STDIN") as into, file.open("rb") as kept:
            while block := kept.read(1024**2):
                into.write(block)
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE bench_lead")
    return rows / seconds
