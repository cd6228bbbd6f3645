"""What is late: who sees which files, the figures, the list, its filters and pages, and what is not shown."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import translation

from sijil.backoffice import late
from sijil.kernel.casework.files import registered
from sijil.kernel.casework.watch import pass_marks
from sijil.kernel.dates import day_begins
from sijil.kernel.tests.trial import ME, S, TrialFile, make_submitted
from sijil.pages import clock, labels
from sijil.pages.tests.html import flat

TODAY = dt.date(2027, 3, 31)
ADDRESS = "/backoffice/late/"
GET_USER = "django.contrib.auth.middleware.get_user"


def account(kind, roles, centre=""):
    known = {"pk": 1, "login": "x", "area": "", "is_authenticated": True, "is_active": True}
    return SimpleNamespace(kind=kind, roles=list(roles), centre_code=centre, **known)


@pytest.fixture
def browse(client, trial, monkeypatch):
    """Open the page as somebody; return its words."""
    monkeypatch.setattr(clock, "now", lambda: day_begins(TODAY))

    def browse(query="", *, roles=("administrator",), centre="", language="fr", status=200):
        monkeypatch.setattr(GET_USER, lambda request: account("staff", roles, centre))
        client.cookies["language"] = language
        answer = client.get(f"{ADDRESS}{query}")
        assert answer.status_code == status
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

    return browse


@pytest.fixture
def files(trial):
    """Ten files of one centre (4 late), three of another (all late)."""
    made = [
        *make_submitted(10, first=dt.date(2027, 1, 26)),
        *make_submitted(3, first=dt.date(2027, 1, 1), centre="C2"),
    ]
    pass_marks(now=day_begins(TODAY))
    return made


def test_the_figures_then_on_whom_then_the_latest_first(browse, files):
    words = browse()
    assert re.search(r"Dossier d’essai 13 0 6 7 02/03/2027", words)
    assert re.search(r"L’agent 13 6 7 29 jours de retard", words)
    assert words.index("29 jours ") < words.index("02/03/2027 29 jours") < words.index("30/03/2027 1 jour ")


def test_an_officer_sees_the_files_of_the_own_centre(browse, files):
    words = browse(roles=["csc_officer"], centre="C1")
    assert re.search(r"Dossier d’essai 10 0 6 4 27/03/2027", words)
    assert "02/03/2027" not in words
    assert "dossiers de votre centre : C1" in words


@pytest.mark.parametrize(
    ("roles", "centre"),
    [(["csc_officer"], ""), (["adjudicator"], "C1"), (["programme_manager"], ""), ([], "C1")],
)
def test_others_see_nothing(browse, files, roles, centre):
    browse(roles=roles, centre=centre, status=403)


def test_a_citizen_and_a_stranger_see_nothing(client, db, monkeypatch):
    assert client.get(ADDRESS).status_code == 302
    monkeypatch.setattr(GET_USER, lambda request: account("citizen", ["administrator"]))
    assert client.get(ADDRESS).status_code == 403


def test_the_list_is_chosen_by_kind_and_turn(browse, files):
    TrialFile.objects.filter(pk=files[0].pk).update(state=S.DRAFTED, due_on=None, mark_on=None)
    assert "Dossiers en retard, le plus ancien d’abord 6" in browse("?turn=officer&kind=trial")
    assert "Aucun dossier n’est en retard." in browse("?turn=declarant")
    assert "Dossiers en retard, le plus ancien d’abord 6" in browse("?kind=nonsense&turn=<script>")


def test_the_list_goes_on_page_by_page_and_keeps_what_was_chosen(browse, files, client, monkeypatch):
    monkeypatch.setattr(late, "PAGE", 4)
    first = browse("?kind=trial")
    assert first.count("jours de retard") == 1
    [link] = re.findall(
        r'rel="next" href="\?([^"]+)"', flat(client.get(f"{ADDRESS}?kind=trial").content.decode())
    )
    assert link.startswith("kind=trial&amp;after=")
    second = browse("?" + link.replace("&amp;", "&"))
    dates = [re.findall(r"(\d\d/03/2027) \d+ jours?", words) for words in (first, second)]
    assert dates == [
        ["02/03/2027", "03/03/2027", "04/03/2027", "27/03/2027"], ["28/03/2027", "29/03/2027", "30/03/2027"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", ("الملفات المتأخرة، ومن عليه الدور", "ملف تجريبي", "الموظف", "أرسل")),
        ("fr", ("Ce qui est en retard, et qui l’on attend", "Dossier d’essai", "L’agent", "Envoyé")),
        ("en", ("What is late, and on whom it waits", "Trial file", "The officer", "Sent")),
        ("zgh", ("ⵉⴼⴰⵢⵍⵓⵜⵏ ⵉⵎⴰⵟⵍⵏ", "ملف تجريبي", "الموظف")),
    ],
)
def test_kinds_states_and_turns_are_said_in_the_language_of_the_page(browse, files, language, words):
    page = browse(language=language)
    assert [said for said in words if said not in page] == []


def test_nobody_is_shown(browse, files):
    assert TrialFile.objects.filter(owner=ME.id).exists()
    assert ME.id not in browse()
    assert late._number(ME.id) == ""


def test_an_empty_country_says_so(browse):
    assert "Aucun dossier n’attend." in browse()


@pytest.mark.parametrize(("name", "argument", "role"), late.PAGES.values(), ids=late.PAGES)
def test_a_link_leads_to_a_page_for_whoever_may_open_it(name, argument, role, rf, db):
    file = "K7QD4M2X9T" if argument == "number" else "01890a5d-ac96-774b-bcce-b302099a8057"
    assert reverse(name, kwargs={argument: file})
    request = rf.get("/")
    kind = next(kind for kind, page in late.PAGES.items() if page[0] == name)
    found = late.Late(kind, file, file, "x", "officer", TODAY, 1, "")
    for roles, leads in ((["administrator"], False), ([role], True)):
        request.user = SimpleNamespace(roles=roles, kind="staff", is_authenticated=True)
        assert bool(late._url(request, found)) is leads


def test_the_links_name_kinds_that_there_are():
    assert late.PAGES.keys() <= registered().keys()


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_every_kind_with_a_delay_and_each_state_it_waits_in_is_said_in_words(language):
    kinds = [files.kind for files in registered().values() if files.kind.delays]
    assert {kind.name for kind in kinds} >= {"enrolment", "adjudication", "registration"}
    with translation.override(language):
        assert [kind.name for kind in kinds if not kind.title] == []
        codes = [(kind, state) for kind in kinds for state in kind.waits_on]
        said = {f"{kind.name} {state}": labels.file_state_words(kind, state) for kind, state in codes}
    assert [code for code, words in said.items() if words == code.split()[1].replace("_", " ")] == []


@pytest.mark.parametrize(
    ("roles", "address"),
    [
        (["administrator"], ADDRESS),
        (["adjudicator", "administrator"], "/backoffice/adjudication/"),
        (["programme_manager"], "/backoffice/programmes/"),
    ],
)
def test_the_door_of_the_back_office_leads_each_to_the_own_page(client, db, monkeypatch, roles, address):
    monkeypatch.setattr(GET_USER, lambda request: account("staff", roles))
    assert client.get("/backoffice/").headers["Location"] == address
