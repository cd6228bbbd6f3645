"""Engines that misbehave as real ones do, each by a plan; what they know is the embedded twin's."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import connection

from sijil.domains.biometrics.adapters.abis import LATER, AbisFailed, Answer, AnswerUnreadable
from sijil.domains.biometrics.adapters.embedded import EmbeddedTwin
from sijil.domains.biometrics.types import Hit, Modality


class Trial(EmbeddedTwin):
    """Works, and keeps what it was asked. ``in_transaction``: whether one was open at any call."""

    name = "trial"

    def __init__(self):
        self.asked, self.in_transaction = [], False

    def insert(self, *, request, reference, samples):
        self.note("insert", request)
        return super().insert(request=request, reference=reference, samples=samples)

    def identify(self, *, request, reference, limit=20):
        self.note("identify", request)
        return super().identify(request=request, reference=reference, limit=limit)

    def delete(self, *, request, reference):
        self.note("delete", request)
        return super().delete(request=request, reference=reference)

    def note(self, what, request):
        self.asked.append((what, request))
        self.in_transaction |= connection.in_atomic_block


class Failing(Trial):
    """Fails as often as told, then works."""

    failures, permanent, error = 3, False, None

    def note(self, what, request):
        super().note(what, request)
        if len(self.asked) <= self.failures:
            raise self.error or AbisFailed("the engine is down", permanent=self.permanent)


class Posting(Trial):
    """Takes every request and answers it later, by a message as MOSIP writes them."""

    def __init__(self):
        super().__init__()
        self.references, self.samples = {}, {}

    def insert(self, *, request, reference, samples):
        self.note("insert", request)
        self.references[request], self.samples[request] = reference, samples
        return LATER

    def identify(self, *, request, reference, limit=20):
        self.note("identify", request)
        self.references[request] = reference
        return LATER

    def post(self, request, **changes):
        """Do the work of a request now, and return what the engine sends."""
        reference, found = self.references[request], []
        if request in self.samples:
            EmbeddedTwin.insert(self, request=request, reference=reference, samples=self.samples[request])
        else:
            found = EmbeddedTwin.identify(self, request=request, reference=reference)
        candidates = [
            {"referenceId": str(h.reference), "modalities": [{"biometricType": m} for m in h.modalities]}
            for h in found
        ]
        told = {"requestId": str(request), "returnValue": "1", "candidateList": {"candidates": candidates}}
        return json.dumps(told | changes).encode()

    def read_answers(self, body, media_type):
        try:
            told = json.loads(body)
            found = told.get("candidateList", {}).get("candidates", [])
            hits = [
                Hit(UUID(c["referenceId"]), tuple(Modality(m["biometricType"]) for m in c["modalities"]))
                for c in found
            ]
            failure = "" if told["returnValue"] == "1" else f"failure {told.get('failureReason')}"
            return [Answer(UUID(told["requestId"]), tuple(hits), failure)]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise AnswerUnreadable from error
