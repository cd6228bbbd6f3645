"""The same question through Django's ORM, for comparison: one view, the same checks, a commit each."""
# ruff: noqa: E402  (Django is set up before its users are imported)

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import replace
from functools import lru_cache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sijil.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

settings.ROOT_URLCONF = "bench.verify.orm"
settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
application = get_wsgi_application()

from sijil.domains.partners.adapters.access_tokens import AccessTokens
from sijil.domains.verification.acts import ASKED
from sijil.domains.verification.queries import is_match
from sijil.kernel.actors import Actor, partner
from sijil.kernel.acts import record
from sijil.kernel.dates import PartialDate

TOKENS = AccessTokens(settings.HOME / "keys" / "access-tokens")


@lru_cache
def reader(authorization: str) -> Actor:
    token = TOKENS.read(authorization.removeprefix("Bearer "), now=dt.datetime.now(dt.UTC))
    return partner(token.client_id)


@csrf_exempt
def verify(request: HttpRequest) -> JsonResponse:
    actor, now = reader(request.headers["Authorization"]), dt.datetime.now(dt.UTC)
    body = json.loads(request.body)
    result = is_match(body["idcs"], PartialDate.parse(body["birth_date"]), body["sex"])
    facts = {"result": "match" if result else "no_match"}
    act = replace(ASKED, purpose=body["purpose"])
    record(act, actor=actor, subject=body["idcs"], facts=facts, now=now)
    return JsonResponse({**facts, "at": now.isoformat()})


urlpatterns = [path("v1/verifications", verify)]
