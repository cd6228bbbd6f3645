"""The household's pages of the citizen's space: my file, the form step by step, sending, the score.

Addresses: ``/my-file/`` and what is below it, for a person signed in by IDCS.
"""

from django.urls import path

from sijil.portal.household import completion, composition, questions, score, space, summary

urlpatterns = [
    path("my-file/", space.home, name="household-home"),
    path("my-file/household/start/", space.start, name="household-start"),
    path("my-file/household/", space.tasks, name="household-tasks"),
    path("my-file/household/delete/", space.delete, name="household-delete"),
    path("my-file/household/place/", composition.place, name="household-place"),
    path("my-file/household/members/", composition.members, name="household-members"),
    path("my-file/household/members/add/", composition.add, name="household-add"),
    path("my-file/household/members/<int:place>/remove/", composition.remove, name="household-remove"),
    path("my-file/household/members/<int:place>/<slug:block>/", questions.member, name="household-member"),
    path("my-file/household/questions/<slug:block>/", questions.household, name="household-questions"),
    path("my-file/household/check/", summary.check, name="household-check"),
    path("my-file/household/sent/", summary.sent, name="household-sent"),
    path("my-file/household/declared/", summary.declared, name="household-declared"),
    path("my-file/household/complete/", completion.check, name="household-complete"),
    path(
        "my-file/household/complete/home/<slug:block>/",
        completion.household,
        name="household-complete-household",
    ),
    path(
        "my-file/household/complete/<int:place>/<slug:block>/",
        completion.member,
        name="household-complete-member",
    ),
    path("my-file/household/receipt.pdf", summary.receipt_pdf, name="household-receipt"),
    path("my-file/score/", score.show, name="household-score"),
    path("my-file/score.pdf", summary.score_pdf, name="household-score-pdf"),
    path("my-file/score/<int:number>.pdf", summary.score_pdf, name="household-score-paper"),
    path("my-file/score/terms/", score.terms, name="household-terms"),
]
