"""Forms on paper: every question of the law in both languages, blank and with somebody's answers."""

import dataclasses
import datetime as dt
import re

import pypdfium2 as pdfium
import pytest

from sijil.domains.documents.paper.form import Filled, Form, Option, Part, Question, draw_form, write_form
from sijil.domains.documents.receipts import Both
from sijil.domains.documents.tests.papers import read
from sijil.domains.population_register.rules import form_on
from sijil.domains.social_register.rules.law import FORM as HOUSEHOLD
from sijil.journeys import person_papers
from sijil.journeys.person_papers.forms import form_on_paper
from sijil.kernel import law

DAY = dt.date(2026, 11, 3)
NOW = dt.datetime(2026, 11, 3, 9, 14, tzinfo=dt.UTC)
FILLED = Filled("K7QD-4M2X-9T", NOW, NOW)
PUNCTUATION = "«».,;:?()!،؟·"


def is_found(pdf, word):
    with pdfium.PdfDocument(pdf) as paper:
        return any(page.get_textpage().search(word).get_next() for page in paper)


def words(text):
    """Return what is searched for: beside Arabic PDFium turns apostrophes and brackets round."""
    return {word.strip(PUNCTUATION) for word in re.split(r"[\s'’()]+", text)} - {""}


def household_on_paper():
    """The household form by the same generator: its law has blocks, lists and flags."""
    found = law.on(HOUSEHOLD, DAY)
    yes_no = (Option(law.Text("نعم", "oui")), Option(law.Text("لا", "non")))

    def question(field):
        options = tuple(Option(law.Text(o.ar, o.fr)) for o in found.body.lists.get(field.options, ()))
        return Question(field.label, field.hint, yes_no if field.kind == "flag" else options)

    parts = [
        Part(block.label, tuple(question(f) for f in found.body.fields if f.block == block.id))
        for block in found.body.blocks
    ]
    return Form("household", found.version, found.starts_on, tuple(parts))


@pytest.fixture(scope="module")
def blank():
    return person_papers.render_blank(on=DAY)


def test_every_word_of_the_law_is_found_on_the_blank_form(blank):
    form = form_on(DAY).body
    asked = [field.label for field in form.fields] + [field.hint for field in form.fields if field.hint]
    asked += [page.name for page in form.pages] + [page.note for page in form.pages if page.note]
    asked += [o for f in form.fields if f.options in form.lists for o in form.options(f)]
    wanted = {word for text in asked for word in words(text.ar) | words(text.fr)}
    with pdfium.PdfDocument(blank) as paper:
        pages = [page.get_textpage() for page in paper]
        assert sorted(w for w in wanted if not any(p.search(w).get_next() for p in pages)) == []


def test_a_blank_form_is_three_pages_for_the_archive_and_names_its_law(blank):
    with pdfium.PdfDocument(blank) as paper:
        assert len(paper) <= 3
    assert b"<pdfaid:part>2<" in blank
    assert b"<pdfuaid:part>1<" in blank
    assert is_found(blank, form_on(DAY).version)


def test_a_blank_form_is_drawn_once_and_is_the_same_bytes(blank):
    assert person_papers.render_blank(on=DAY + dt.timedelta(1)) is blank
    assert draw_form(form_on_paper(form_on(DAY))) == blank


def test_each_answer_of_a_short_list_has_its_box_and_a_long_list_a_line():
    said = write_form(form_on_paper(form_on(DAY)))
    rooms = {q["fr"]: (q["room"], len(q["options"])) for part in said["parts"] for q in part["questions"]}
    assert rooms["Sexe"] == ("boxes", 2)
    assert rooms["Pays de naissance"][0] == "line"
    assert rooms["Date de naissance"][0] == "squares"
    assert not any(o["chosen"] for part in said["parts"] for q in part["questions"] for o in q["options"])


def test_a_condition_is_told_in_the_words_of_the_question():
    said = write_form(form_on_paper(form_on(DAY)))
    [until] = [
        q for part in said["parts"] for q in part["questions"] if q["fr"].startswith("Titre de séjour")
    ]
    assert any("« Nationalité » : Étrangère" in hint["fr"] for hint in until["hints"])


def test_the_household_form_is_drawn_by_the_same_hand():
    pdf = draw_form(household_on_paper())
    fields = law.on(HOUSEHOLD, DAY).body.fields
    assert b"<pdfaid:part>2<" in pdf
    missing = [w for f in fields for w in words(f.label.fr) | words(f.label.ar) if not is_found(pdf, w)]
    assert missing == []


def test_what_was_answered_is_ticked_and_written_and_nothing_else():
    form = Form(
        "person", "V", DAY,
        (Part(law.Text("جزء", "Partie"), (
            Question(law.Text("لون", "Couleur"), options=(
                Option(law.Text("أحمر", "rouge")), Option(law.Text("أزرق", "bleu"), is_chosen=True))),
            Question(law.Text("اسم", "Nom"), answer=Both("عائشة", "Aïcha"), hint=law.Text("تلميح", "Indice")),
            Question(law.Text("لقب", "Surnom"), may_be_none=True, is_none=True),
        )),),
    )  # fmt: skip
    [part] = write_form(form, FILLED)["parts"]
    colour, name, nick = part["questions"]
    assert [o["chosen"] for o in colour["options"]] == [False, True]
    assert (name["room"], name["answer"]["fr"], name["hints"]) == ("answer", "Aïcha", [])
    assert (nick["none"], nick["answer"]) == (True, None)
    text = read(draw_form(form, FILLED))
    assert text.count("X") == 1 + 1 + FILLED.number.count("X") * text.count(FILLED.number)


def test_the_square_says_the_number_as_the_search_reads_it(monkeypatch):
    drawn = []
    monkeypatch.setattr("sijil.domains.documents.paper.form.draw_qr", lambda text: drawn.append(text) or "")
    write_form(form_on_paper(form_on(DAY)), FILLED)
    assert drawn == ["K7QD4M2X9T"]


def test_a_form_not_sent_says_so():
    unsent = dataclasses.replace(FILLED, sent_at=None)
    said = [write_form(form_on_paper(form_on(DAY)), filled)["todo"][0] for filled in (FILLED, unsent)]
    assert "a été envoyé le 3 novembre 2026" in said[0]["fr"]
    assert "avant l’envoi" in said[1]["fr"]
    assert "قبل إرسال" in said[1]["ar"]
