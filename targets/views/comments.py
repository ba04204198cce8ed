"""The talk about one figure or text."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.permissions import Permission
from accounts.views import next_page
from targets.errors import Refused
from targets.forms import CommentForm
from targets.selectors.comments import comments_about, may_read_comments
from targets.selectors.neighbours import rounds_of
from targets.selectors.rights import may_comment
from targets.selectors.sight import sight
from targets.services.commenting import write_comment
from targets.views.items import reported_item


@require_http_methods(["GET", "POST"])
def comments(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Everything said and decided about an item, and a form to say more."""
    item, unit = reported_item(kind, pk)
    user = require(request, Permission.VIEW_PLAN, unit.bureau)
    if not may_read_comments(sight(user, unit.bureau, unit), item):
        raise PermissionDenied
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            write_comment(item=item, unit=unit, text=form.cleaned_data["text"], by=user)
        except Refused as refusal:
            raise PermissionDenied from refusal
        messages.success(request, _("Your comment was kept."))
        return HttpResponseRedirect(next_page(request) if "next" in request.POST else request.path)
    about = (type(item), item.pk)
    context = {
        "item": item,
        "unit": unit,
        "comments": comments_about([item]).get(about, ()),
        "rounds": rounds_of([item]).get(about, ()),
        "form": form if may_comment(user, unit) else None,
    }
    return render(request, "targets/comments.html", context)
