"""Values out to a spreadsheet and back in."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from distribution.domain.settings import Settings
from tests.distribution.settings.conftest import newest

pytestmark = pytest.mark.django_db

type Form = Callable[..., dict[str, Any]]
type Save = Callable[[dict[str, Any]], Any]


def upload(form: Form, save: Save, text: str | bytes) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    return save(form(do="import", csv=SimpleUploadedFile("values.csv", content, "text/csv")))


def test_the_file_holds_every_active_client_and_no_formula(weighted: Settings, clients: dict[str, Client], onlooker: Browser) -> None:
    Client.objects.filter(name="Ironwood").update(name="=HYPERLINK(1)")
    Client.objects.filter(name="Copperleaf").update(status="paused")
    answer = onlooker.get(reverse("admin:distribution_settings_values"))

    assert answer["Content-Disposition"] == 'attachment; filename="distribution-values-version-2.csv"'
    assert list(csv.reader(io.StringIO(answer.content.decode()))) == [
        ["client_id", "client", "priority", "weight", "percentage"],
        [str(clients["Ironwood"].pk), "'=HYPERLINK(1)", "", "", ""],
        [str(clients["Acme"].pk), "Acme", "", "300", ""],
        [str(clients["Bluewater"].pk), "Bluewater", "", "500", ""],
    ]


def test_what_was_downloaded_changes_nothing(weighted: Settings, onlooker: Browser, form: Form, save: Save) -> None:
    Client.objects.filter(name="Ironwood").update(name="-Ironwood")
    content = onlooker.get(reverse("admin:distribution_settings_values")).content
    answer = upload(form, save, content)

    assert (answer.status_code, answer.context["imported"], answer.context["draft_changes"]) == (200, 0, ())


def test_a_file_goes_into_the_draft_first(weighted: Settings, clients: dict[str, Client], form: Form, save: Save) -> None:
    answer = upload(form, save, f"client_id,client,weight,priority\n{clients['Acme'].pk},,350,-1\n,bluewater,,2\n")

    assert answer.status_code == 200
    assert answer.context["draft_changes"] == (
        "Acme, priority: none to -1",
        "Acme, weight: 300 to 350",
        "Bluewater, priority: none to 2",
        "Bluewater, weight: 500 to none",
    )
    assert (answer.context["imported"], newest().number) == (2, 2)


def test_semicolons_and_a_byte_order_mark_are_read_too(weighted: Settings, form: Form, save: Save) -> None:
    answer = upload(form, save, "\ufeffClient;Weight\r\nAcme;1,250.5\r\n".encode())

    assert answer.context["draft_changes"] == ("Acme, weight: 300 to 1250.5",)


def test_every_bad_line_is_named_and_nothing_is_taken(weighted: Settings, clients: dict[str, Client], form: Form, save: Save) -> None:
    acme = clients["Acme"].pk
    lines = ["client_id,client,priority,weight", "999999999,,1,1", ",Nobody,1,1", f"{acme},,1.5,1", f"{acme},,1,lots", ",Bluewater,1,-4"]
    lines += [",Ironwood,1,1", ",Ironwood,2,2", ",,3,3"]
    answer = upload(form, save, "\n".join(lines))

    assert answer.status_code == 422
    assert answer.context["import_errors"] == (
        "Line 2: No client has the id 999999999. Take the ids from the exported file.",
        "Line 3: No client is called “Nobody”.",
        "Line 4: priority is “1.5”. Use a whole number, such as 0 or 10.",
        "Line 5: This client stands in line 4 already.",
        "Line 6: weight is -4. Use 0 or more, or leave it empty.",
        "Line 8: This client stands in line 7 already.",
        "Line 9: There is neither a client_id nor a client.",
    )
    assert answer.context["draft_changes"] == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The first line must name the columns. Known are: client_id, client, priority, weight, percentage."),
        (
            b"client,wait\nAcme,1\n",
            "The first line must name the columns. Not known: wait. Known are: client_id, client, priority, weight, percentage.",
        ),
        (b"client,weight\n\xff\xfe,1\n", "The file is not UTF-8 text. Save it as CSV (UTF-8)."),
        (b"client,weight\n" + b"x" * (2 * 1024 * 1024), "The file is larger than 2 MB. It needs one line a client."),
        (b'client,weight\n"Acme,1\n', "The file cannot be read as CSV: unexpected end of data."),
    ],
)
def test_a_file_that_cannot_be_read_says_what_it_needs(weighted: Settings, form: Form, save: Save, content: bytes, said: str) -> None:
    assert upload(form, save, content).context["import_errors"] == (said,)


def test_importing_without_a_file(weighted: Settings, form: Form, save: Save) -> None:
    assert save(form(do="import")).context["import_errors"] == ("Choose a CSV file first.",)
