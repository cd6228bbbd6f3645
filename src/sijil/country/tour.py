"""``/demo/tour/``: the story of one family in ten minutes, who can sign in, and pictures for the counter.

Only in the demo: an installation answers that there is no such page.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from sijil.country import accounts
from sijil.country.cards import draw_card
from sijil.country.stories import read_story, story_persons
from sijil.domains.biometrics.samples import draw
from sijil.domains.biometrics.types import Modality
from sijil.pages.pictures import picture_response
from sijil.portal.home import verify_address

ASKED_ABOUT = "rachida"
CARD = "card"
PERSONS = 3  # whose pictures the page offers
View = Callable[..., HttpResponse]


def only_in_the_demo(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not settings.ENV.demo:
            raise Http404
        return view(request, **arguments)

    return guarded


@never_cache
@only_in_the_demo
def tour(request: HttpRequest) -> HttpResponse:
    """Show the steps in the order of the story, with a call that can be copied.

    The pictures are of persons drawn anew each time: the register finds a picture that was used before.
    """
    rows = accounts.ready_accounts(settings.HOME, language=get_language() or "ar")
    context = {
        "accounts": rows,
        "call": ready_call(verify_address(request)),
        "seeds": [secrets.randbelow(2**31) for _ in range(PERSONS)],
        "modalities": list(Modality),
    }
    return render(request, "portal/tour.html", context)


@only_in_the_demo
def picture(request: HttpRequest, seed: int, what: str) -> HttpResponse:
    """A drawn face, eye or card to download and to send at the counter: nobody's likeness."""
    if what not in (*Modality, CARD):
        raise Http404
    content = draw_card(None, seed) if what == CARD else draw(seed, what)
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    answer = picture_response(content, f"image/{kind}")
    answer["Content-Disposition"] = f'attachment; filename="{what}-{seed}.{kind}"'
    return answer


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


urlpatterns = [
    path("demo/tour/", tour, name="demo-tour"),
    path("demo/tour/pictures/<int:seed>/<slug:what>/", picture, name="demo-picture"),
]
