"""No table is forgotten: what it says is proven, or never changes, or a sentence says why it need not be."""

import re

import pytest
from django.apps import apps
from django.db import connection

from sijil.kernel import steps
from sijil.kernel.casework import files
from tests.journeys.test_state_as_decided import INSERTS, TAMPERINGS

NOT_PROVEN = {
    "accounts_link": "opens one password page once, for an hour or two; what was done with it is in the log",
    "accounts_session": "ends what is open in a browser and opens nothing: the session itself is signed",
    "accounts_token": "stands for an account for hours; each act with it is in the log under that account",
    "accounts_trial": "counts trials; the tries themselves are in the log",
    "appointments_centre": "loaded anew from a file; where an appointment is, the log says",
    "appointments_closure": "a day closed or opened again is an entry of the log, with centre and actor",
    "audit_read_tally": "how often the same was read within the hour; that it was read is an entry",
    "auth_group": "Django's own, empty",
    "auth_group_permissions": "Django's own, empty",
    "auth_permission": "Django's own, asked by nothing",
    "biometrics_capture": "sealed, tied to its row; what a decision saw is frozen apart",
    "biometrics_embedded_reference": "made anew from the sealed pictures",
    "biometrics_exception": "an officer's note; what a decision saw is frozen apart",
    "django_content_type": "Django's own",
    "django_session": "signed; who is signed in, no decision",
    "documents_content": "sealed, tied to its row; what a decision saw is frozen apart",
    "documents_document": "what a file of paper is called; what a decision saw is frozen apart",
    "documents_unscanned": "closes a paper until it is scanned; of what a decision saw nothing changes",
    "geography_unit": "loaded anew from a file; a household keeps region and milieu in its declaration",
    "matching_ask": "what was asked and whether it came; that it was asked or answered is a step of the case",
    "matching_key": "made anew of the identity; sijil check-copies compares it",
    "notifications_demo_delivery": "the phones of the demonstration",
    "notifications_receipt": "what a gateway tells of a message; decides nothing",
    "pages_answer": "sealed; an answer that is given again for a day",
    "pages_bucket": "counts what anybody asks",
    "population_register_draft": "sealed; nothing was sent yet",
    "procrastinate_events": "the queue's own; what a job did is in the log",
    "procrastinate_jobs": "the queue's own; what a job did is in the log",
    "procrastinate_periodic_defers": "the queue's own",
    "procrastinate_workers": "the queue's own",
    "programmes_deciding": "how far a run has come; each decision has its proof",
    "scoring_rescoring": "how far a run has come; each score has its proof",
    "scoring_rescoring_refusal": "what a run left out, until the next one",
    "social_register_draft": "nothing was declared yet",
}  # fmt: skip
"""Tables that may change and that nothing proves: why."""
ELSEWHERE = {"law_version", "partner", "partner_key"}
"""Falsified in tests of their own, beside ``TAMPERINGS``."""


def falsified() -> set[str]:
    """Give the tables of which a test falsifies a row, and sees it named."""
    said = " ".join(statement for _, statement in TAMPERINGS.values())
    return set(re.findall(r"(?:UPDATE|DELETE FROM|INSERT INTO) (\w+)", said)) | {
        t for _, t, _ in INSERTS.values()
    }


def states_proven() -> set[str]:
    """Give the tables whose states are compared with their steps, whatever the kind."""
    bound = [*files.registered().values(), *steps.registered()]
    return {one.model._meta.db_table for one in bound}


@pytest.mark.django_db
def test_each_table_is_proven_or_never_changes_or_says_why_not():
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'immutable%'")
        guarded = {name for (name,) in cursor.fetchall()}
    proven = falsified() | ELSEWHERE | states_proven() | guarded
    assert tables - proven - NOT_PROVEN.keys() == set(), "say how it is proven, or why it need not be"
    assert NOT_PROVEN.keys() & proven == set(), "is proven after all"
    assert NOT_PROVEN.keys() - tables == set(), "is no table"
