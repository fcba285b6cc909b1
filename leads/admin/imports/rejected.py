"""The rows that were rejected as a file: the same columns, and the reasons beside them, to be mended and uploaded again."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from leads.admin.imports.pages import HERE, RIGHT, get_import
from leads.menu import page
from leads.services.rejected_rows import csv_lines


@page(None, address=f"{HERE}<uuid:pk>/rejected.csv", name="import_rejected", permission=RIGHT)
@require_safe
def rejected_rows(request: HttpRequest, pk: UUID) -> Any:
    one = get_import(request, pk)
    name = f"rejected-{slugify(one.name.rpartition('.')[0]) or 'rows'}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(csv_lines(one), content_type="text/csv; charset=utf-8", headers=headers)
