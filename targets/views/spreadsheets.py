"""The columns of a bureau's own spreadsheet, corrected by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import signed_in
from targets import tasks
from targets.errors import Refused
from targets.services.spreadsheets import choose_columns
from targets.upload_forms import ColumnsForm
from targets.views.uploads import upload_of


@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the file read again with the columns chosen on its page."""
    found = upload_of(request, pk)
    form = ColumnsForm(request.POST)
    if not form.is_valid():
        for message in form.non_field_errors():
            messages.error(request, str(message))
        return redirect(found)
    try:
        choose_columns(
            upload=found,
            sheet=form.cleaned_data["sheet"],
            columns=form.cleaned_data["columns"],
            remember=form.cleaned_data["remember"],
            leaves_out=form.cleaned_data["leaves_out"],
            by=signed_in(request),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        tasks.read_upload.delay_on_commit(found.pk)
    return redirect(found)
