"""The same question through Django's ORM, for comparison: one view, the same checks, a commit each."""
# ruff: noqa: E402  (Django is set up before its users are imported)

from __future__ import annotations

import datetime as dt
import json
import os
from functools import lru_cache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sijil.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

settings.ROOT_URLCONF = "bench.verify_orm"
settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
application = get_wsgi_application()

from sijil.domains.audit.services import record
from sijil.domains.partners.adapters.access_tokens import AccessTokens
from sijil.domains.verification.queries import is_match
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.dates import PartialDate

TOKENS = AccessTokens(settings.HOME / "keys" / "access-tokens")


@lru_cache
def reader(authorization: str) -> Actor:
    token = TOKENS.read(authorization.removeprefix("Bearer "), now=dt.datetime.now(dt.UTC))
    return Actor(ActorKind.PARTNER, token.client_id)


@csrf_exempt
def verify(request: HttpRequest) -> JsonResponse:
    actor, now = reader(request.headers["Authorization"]), dt.datetime.now(dt.UTC)
    body = json.loads(request.body)
    result = is_match(body["idcs"], PartialDate.parse(body["birth_date"]), body["sex"])
    facts = {"result": "match" if result else "no_match"}
    entry = record(
        actor=actor,
        action="verification.asked",
        subject=body["idcs"],
        purpose=body["purpose"],
        facts=facts,
        now=now,
    )
    return JsonResponse({**facts, "id": str(entry), "at": now.isoformat()})


urlpatterns = [path("v1/verifications", verify)]
