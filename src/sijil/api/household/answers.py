"""The two calls that keep answers, about the household and about a member: below a draft, and below what is
asked after the declaration.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ninja import Router

from sijil.api.auth import citizen_auth
from sijil.api.household.schemas import AnswersIn, SavedOut
from sijil.api.household.shapes import raw_answers, seen_at, show_saved
from sijil.api.problems import PROBLEMS
from sijil.domains.social_register import errors
from sijil.domains.social_register.types import Saved
from sijil.kernel.errors import Refused
from sijil.pages import clock


def serve_answers(
    router: Router, at: str, name: str, find: Callable[[Any, int], Callable[..., list[Saved]]]
) -> None:
    """Add both calls below an address. ``name``: what they answer, in the names of the calls.

    ``find``: what keeps the answers of a request about who has a place; 0: the household.
    """
    options: dict[str, Any] = {"response": {200: list[SavedOut], **PROBLEMS}, "auth": citizen_auth}

    @router.put(f"{at}/answers", operation_id=f"put_{name}_answers", **options)
    def put_answers(request: Any, body: AnswersIn) -> list[dict[str, Any]]:
        """Keep answers about the household, each as typed; what is wrong with one is told, not refused."""
        return _keep(find(request, 0), request, body)

    @router.put(f"{at}/members/{{int:place}}/answers", operation_id=f"put_{name}_member_answers", **options)
    def put_member_answers(request: Any, place: int, body: AnswersIn) -> list[dict[str, Any]]:
        """Keep answers about one member, by the place that the reading told."""
        if not place:
            raise Refused(errors.MEMBER_UNKNOWN)
        return _keep(find(request, place), request, body)


def _keep(save: Callable[..., list[Saved]], request: Any, body: AnswersIn) -> list[dict[str, Any]]:
    saved = save(
        answers=raw_answers(body.answers),
        seen_at=seen_at(body.seen_at),
        actor=request.actor,
        now=clock.now(),
    )
    return [show_saved(one) for one in saved]
