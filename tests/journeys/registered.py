"""The family, registered in the browser on a day, by the law that is shipped: many stories begin so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from unittest import mock

from django.test import Client
from tests.journeys.household import NOW, Family, again, fill, send, settle, sign_in

from sijil.kernel import law


@dataclass
class Registered:
    """``browser``: that of the head, who sent the household."""

    family: Family
    browser: Client

    def __deepcopy__(self, _: object) -> Registered:
        family = Family(self.family.head, self.family.wife, [*self.family.children])
        return Registered(family, again(self.browser))


def begun(now: dt.datetime = NOW, language: str = "en", **corrected: dict[str, str]) -> Registered:
    """Fill in the draft of the family. ``corrected``: answers to a block, given after all others."""
    with mock.patch("sijil.pages.clock.now", return_value=now), law.use_shelf(law.Shelf()):
        family = settle()
        client = sign_in(family.head)
        client.post("/my-file/household/start/")
        fill(client, family)
        for block, answers in corrected.items():
            client.post(f"/my-file/household/questions/{block}/", answers)
        client.cookies["language"] = language
    return Registered(family, client)


def registered(now: dt.datetime = NOW, language: str = "en", **corrected: dict[str, str]) -> Registered:
    """Register the family. ``corrected``: answers to a block of the household, given after all others."""
    made = begun(now, language, **corrected)
    with mock.patch("sijil.pages.clock.now", return_value=now), law.use_shelf(law.Shelf()):
        send(made.browser)
    return made
