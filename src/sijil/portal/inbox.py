"""The phones and mailboxes of the demonstration: what was sent, newest first. It exists only there."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from sijil.journeys import messages
from sijil.kernel import clean
from sijil.pages.forms import Form


class FilterForm(Form):
    """One phone or mailbox only."""

    to = forms.CharField(
        label=_("Phone number or e-mail"), required=False, max_length=254,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip


@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the last messages, of everybody or of one phone or mailbox."""
    if not settings.ENV.demo:
        raise Http404
    form = FilterForm(request.GET)
    form.full_clean()
    to = read_recipient(form.cleaned_data.get("to", ""))
    context = {"form": form, "to": to, "mail": messages.list_demo_inbox(to=to, limit=50)}
    return render(request, "portal/inbox.html", context)


def read_recipient(text: str) -> str:
    """Return a typed number as messages keep it (``+212612345678``), or an address."""
    return clean.read_phone(text) or clean.read_email(text) or text.strip()


urlpatterns = [path("demo/inbox/", inbox, name="portal-inbox")]
