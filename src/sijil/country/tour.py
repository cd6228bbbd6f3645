"""``/demo/tour/``: the story of one family in ten minutes, and who can sign in. Only in the demo."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from sijil.country import accounts
from sijil.country.stories import read_story, story_persons
from sijil.portal.home import verify_address

ASKED_ABOUT = "rachida"


@never_cache
def tour(request: HttpRequest) -> HttpResponse:
    """Show the steps in the order of the story, with a call that can be copied."""
    if not settings.ENV.demo:
        raise Http404
    rows = accounts.ready_accounts(settings.HOME, language=get_language() or "ar")
    context = {"accounts": rows, "call": ready_call(verify_address(request))}
    return render(request, "portal/tour.html", context)


def ready_call(verify: str) -> str:
    """Return one line of a shell: the partner gets a token and asks about the head of a household."""
    partner, kept = read_story("accounts")["partners"][0], accounts.read_secrets(settings.HOME)
    person = story_persons()[ASKED_ABOUT]
    identity = person.identity
    question = {
        "idcs": person.idcs,
        "birth_date": str(identity.birth),
        "sex": identity.sex.value,
        "purpose": partner["purposes"][0]["code"],
    }
    client, secret = (kept.get(name, "?") for name in (f"{partner['code']} client", partner["code"]))
    token = (
        f"curl -s -u '{client}:{secret}' -d grant_type=client_credentials {verify}/oauth2/token"
        """ | sed 's/.*"access_token" *: *"\\([^"]*\\)".*/\\1/'"""
    )
    return (
        f'curl -s -H "Authorization: Bearer $({token})" -H "Content-Type: application/json" '
        f"-d '{json.dumps(question)}' {verify}/v1/verifications"
    )


urlpatterns = [path("demo/tour/", tour, name="demo-tour")]
