"""The household journey: from an open account to a registered household with an explained score.

    start         the declarant, known to the population register, opens or resumes a draft
    move          says in which commune the household lives, and in which part of it where the census has
                  both areas (urban or rural: which questions are asked)
    add_member    each person by IDCS and birth date, confirmed without telling who exists
    save_answers  every answer kept as typed, from any device
    submit        two ticks; answers frozen, household and members registered; then at once:
    decide        scored by the official formula; active, or set aside when the score is out of range
    review        what was set aside, now or later: an officer of the area confirms the score, or refuses
    complete      what fell due by age, or a newer form asks, answered: a new declaration, and its score
    rescore       the same household, or everybody, under the law and the ages of a day

``decide`` is also a job written with the submission: if the process dies in between, a worker ends it.

``drafting``  start to withdraw     ``sending``  submit, decide, receipt      ``review``   the officer's part
``reading``   the person's space    ``score``    what programmes say of it   ``papers``   what is printed
``rescoring`` from declarations to scores, one or all        ``completion``  what is asked later
``people``    identities opened, and written down                             ``notices``  what goes out
"""

from sijil.journeys.household_registration.completion import (
    complete,
    find_completion,
    get_completion,
    get_declared_person,
    is_by_age,
    list_completion_problems,
    read_completion,
    save_completion,
)
from sijil.journeys.household_registration.drafting import (
    add_member,
    find_file,
    find_place_question,
    get_file,
    list_problems,
    milieu_reading,
    move,
    remove_member,
    save_answers,
    start,
    withdraw,
)
from sijil.journeys.household_registration.reading import get_declared, get_my_file, get_score_page
from sijil.journeys.household_registration.rescoring import (
    NIGHTLY,
    preview_all,
    preview_one,
    rescore,
    rescore_all,
    rescore_due,
    score_households,
)
from sijil.journeys.household_registration.review import get_review, list_to_review, settle
from sijil.journeys.household_registration.score import eligibilities
from sijil.journeys.household_registration.sending import decide, get_receipt, submit, sweep
from sijil.journeys.household_registration.types import (
    CompletionFile,
    Eligibility,
    File,
    MyFile,
    PlaceQuestion,
    Receipt,
    Review,
    ScorePage,
    ToReview,
    Waiting,
)

__all__ = [
    "NIGHTLY",
    "CompletionFile",
    "Eligibility",
    "File",
    "MyFile",
    "PlaceQuestion",
    "Receipt",
    "Review",
    "ScorePage",
    "ToReview",
    "Waiting",
    "add_member",
    "complete",
    "decide",
    "eligibilities",
    "find_completion",
    "find_file",
    "find_place_question",
    "get_completion",
    "get_declared",
    "get_declared_person",
    "get_file",
    "get_my_file",
    "get_receipt",
    "get_review",
    "get_score_page",
    "is_by_age",
    "list_completion_problems",
    "list_problems",
    "list_to_review",
    "milieu_reading",
    "move",
    "remove_member",
    "preview_all",
    "preview_one",
    "read_completion",
    "rescore",
    "rescore_all",
    "rescore_due",
    "save_answers",
    "save_completion",
    "score_households",
    "settle",
    "start",
    "submit",
    "sweep",
    "withdraw",
]
