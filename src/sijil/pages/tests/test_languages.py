"""Where Tamazight has gaps, Arabic or French is read, as the person chooses; the page says so."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext, ngettext

from sijil.kernel.texts import Text4
from sijil.pages.languages import reading, said, second, spoken
from sijil.pages.middleware import LanguageMiddleware

FILES = "2 dossiers reçus"
IN_ALL, IN_TWO = "My file", "Decisions"
SAID = Text4("نعم", "Oui", "Yes")


@pytest.mark.parametrize(
    ("language", "other", "sentence", "text"),
    [
        ("zgh", "ar", "القرارات", "نعم"), ("zgh", "fr", "Décisions", "Oui"), ("zgh", "xx", "القرارات", "نعم"),
        ("fr", "ar", "Décisions", "Oui"), ("en", "fr", "Decisions", "Yes"),
    ],
)  # fmt: skip
def test_gaps_are_read_in_the_second_language(language, other, sentence, text):
    with reading(language, other):
        assert (gettext(IN_TWO), said(SAID)) == (sentence, text)


def test_plurals_too_and_what_is_written_stays():
    with reading("zgh", "fr"):
        assert ngettext("%(n)s file received", "%(n)s files received", 2) % {"n": 2} == FILES
        assert "\u2d30" <= gettext(IN_ALL)[0] <= "\u2d7f"


def test_the_second_language_ends_with_the_page():
    with reading("zgh", "fr"):
        assert (spoken(), second()) == ("zgh-fr", "fr")
    with translation.override("zgh"):
        assert (spoken(), second()) == ("zgh-ar", "ar")
    with translation.override("fr"):
        assert (spoken(), second()) == ("fr", "")


def asked(path, **cookies):
    request = RequestFactory().get(path)
    request.COOKIES |= cookies
    return LanguageMiddleware(lambda r: HttpResponse(spoken(), "text/plain"))(request)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("lang=fr", {"language": "fr", "second_language": "fr"}), ("lang=zgh", {"language": "zgh"}),
        ("second=fr", {"second_language": "fr"}),
        ("lang=zgh&second=fr", {"language": "zgh", "second_language": "fr"}),
    ],
)  # fmt: skip
def test_what_is_chosen_stays(query, kept):
    answer = asked(f"/track/?number=K7&{query}")
    assert (answer.status_code, answer["Location"]) == (302, "/track/?number=K7")
    assert {name: cookie.value for name, cookie in answer.cookies.items()} == kept


def test_what_was_chosen_is_read():
    assert asked("/", language="zgh", second_language="fr").content == b"zgh-fr"
    assert asked("/?second=en", language="zgh").content == b"zgh-ar"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("other", "sentence", "link"),
    [("ar", "ما لم يكتب بعد بالأمازيغية", "?second=fr"), ("fr", "Ce qui n’est pas encore", "?second=ar")],
)
def test_the_page_says_so(client, other, sentence, link):
    client.cookies.load({"language": "zgh", "second_language": other})
    page = client.get("/accessibility/").content.decode()
    assert f'lang="{other}"' in page
    assert sentence in page
    assert link in page


@pytest.mark.django_db
def test_a_page_without_gaps_says_nothing(client):
    client.cookies.load({"language": "fr", "second_language": "ar"})
    assert "second=" not in client.get("/accessibility/").content.decode()
