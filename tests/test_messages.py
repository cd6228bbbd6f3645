"""Every sentence is translated, and the tool that says so sees every kind of sentence."""

import os

import polib
import pytest

from sijil.pages.languages import AWAIT_NATIVE_READER
from sijil.processes import messages
from sijil.processes.messages import Sentence, code_sentences, template_sentences


def test_every_sentence_is_translated():
    assert messages.problems() == []


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ('{% translate "Hello" %}', Sentence("Hello", None, "t:1")),
        ("{% translate 'It is 5%' as x %}", Sentence("It is 5%%", None, "t:1")),
        ('{% trans ":" context "label" %}', Sentence(":", "label", "t:1")),
        ('\n{% include "x.html" with title=_("A title") %}', Sentence("A title", None, "t:2")),
        ("{{ flag|yesno:_('yes,no') }}", Sentence("yes,no", None, "t:1")),
        (
            "{% blocktranslate trimmed %}\n  One\n  {{ n }} 5%\n{% endblocktranslate %}",
            Sentence("One %(n)s 5%%", None, "t:1"),
        ),
        (
            "{% blocktranslate count n=n %}{{ n }} file{% plural %}{{ n }} files{% endblocktranslate %}",
            Sentence("%(n)s file", None, "t:1", "%(n)s files"),
        ),
    ],
)  # fmt: skip
def test_templates_are_read(source, sentence):
    assert list(template_sentences(source, "t")) == [sentence]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('gettext("A")', ["A"]), ('x = _("A" "B")  # gettext', ["AB"]),
        ('translation.gettext_noop("A")', ["A"]),
        ('pgettext("c", "A")', ["A"]), ('ngettext("A", "B", 2)', ["A"]), ("gettext(variable)", []),
        ('ErrorCode("a.b", C.X, "Title.", "Remedy.")', ["Title.", "Remedy."]),
        ('ErrorCode("a.b", C.X, title="Title.", remedy="")', ["Title."]),
    ],
)  # fmt: skip
def test_code_is_read(source, texts):
    assert [s.text for s in code_sentences(source, "t")] == texts


@pytest.fixture
def package(tmp_path):
    """A package with one template and an Arabic part that holds the given translation."""

    def made(msgid, msgstr):
        (tmp_path / "x" / "templates").mkdir(parents=True)
        (tmp_path / "x" / "templates" / "a.html").write_text('{% translate "Hello {name}" %}')
        for language in ("ar", "fr"):
            folder = tmp_path / "x" / "locale" / language / "LC_MESSAGES" / "parts"
            folder.mkdir(parents=True)
            part = polib.POFile()
            part.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
            part.save(str(folder / "p.po"))
        return tmp_path

    return made


@pytest.mark.parametrize(
    ("msgid", "msgstr", "complaints"),
    [
        ("Hello {name}", "X {name}", 0), ("Hello {name}", "X", 2), ("Hello {name}", "X {other}", 2),
        ("Other", "X", 4), ("Hello {name}", "", 2),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_told(package, msgid, msgstr, complaints):
    assert len(messages.problems(package(msgid, msgstr))) == complaints


@pytest.mark.parametrize("language", sorted(set(messages.PLURALS) - set(messages.COMPLETE)))
def test_a_part_says_whether_a_native_reader_has_read_it(language):
    parts = [part for folder in messages.folders(language) for part in messages.parts(folder)]
    awaited = {polib.pofile(str(part)).metadata["X-Native-Reader"] == "awaited" for part in parts}
    assert awaited == {language in AWAIT_NATIVE_READER}


def test_only_stale_catalogues_are_compiled(package):
    source = package("Hello {name}", "X {name}")
    assert len(messages.compile_stale(source)) == 2
    assert messages.compile_stale(source) == []
    target = source / "x/locale/ar/LC_MESSAGES/django.mo"
    os.utime(target, (0, 0))
    assert messages.compile_stale(source) == [target]


def more(source, package, msgid, msgstr, **more):
    """Write one more Arabic part into a package."""
    folder = source / package / "locale" / "ar" / "LC_MESSAGES" / "parts"
    folder.mkdir(parents=True, exist_ok=True)
    part = polib.POFile()
    part.append(polib.POEntry(msgid=msgid, msgstr=msgstr, **more))
    part.save(str(folder / "q.po"))


SAME = ("Hello {name}", "X {name}")


@pytest.mark.parametrize(
    ("package_of_second", "said", "complaint"),
    [
        ("x", ("Hello {name}", "Y {name}"), "in more than one place: 'Hello {name}' (x/p.po, x/q.po)"),
        ("pages", SAME, "in more than one place: 'Hello {name}' (pages/q.po, x/p.po)"),
        ("pages", ("Gone", "X"), "no longer used: 'Gone' (pages/q.po)"),
        ("pages", ("This field is required.", "X"), None),
    ],
)  # fmt: skip
def test_a_sentence_stands_once_and_is_used(package, package_of_second, said, complaint):
    source = package("Hello {name}", "X {name}")
    more(source, package_of_second, *said)
    assert messages.problems(source) == [f"ar: {complaint}"] * (complaint is not None)


def test_what_two_rooms_say_belongs_to_their_shared_room(package):
    source = package("Hello {name}", "X {name}")
    (source / "y" / "templates").mkdir(parents=True)
    (source / "y" / "templates" / "a.html").write_text('{% translate "Hello {name}" %}')
    assert [p.partition(":")[2] for p in messages.problems(source)] == [
        " not said by x alone, so it belongs to pages: 'Hello {name}' (p.po)"
    ] * 2


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ('Text4("X {name}", "X {name}", "Hello {name}")', 0), ('Text4("Y", "X {name}", "Hello {name}")', 1),
        ('Text4("Y", "Z", "Hello {name}")', 2), ('Text4("Y", "Z", "Hello {name}", context="file")', 0),
        ('Text4("Y", "Z", "Other"), Text4("W", "Z", "Other")', 1), ("Text4(a, b, c)", 0),
    ],
)  # fmt: skip
def test_an_english_text_is_translated_in_one_way(package, text, complaints):
    source = package("Hello {name}", "X {name}")
    (source / "x" / "states.py").write_text(f"says = {text}")
    found = messages.problems(source)
    assert len(found) == complaints
    assert all("two translations" in line for line in found)


def test_the_first_part_wins(package):
    source = package("Hello {name}", "X {name}")
    folder = messages.folders("ar", source)[0]
    second = polib.POFile()
    second.append(polib.POEntry(msgid="Hello {name}", msgstr="Y {name}"))
    second.save(str(folder / "parts" / "q.po"))
    assert [e.msgstr for e in messages.merge(folder, "ar")] == ["X {name}"]
