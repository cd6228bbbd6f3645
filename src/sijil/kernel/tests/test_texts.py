import pytest

from sijil.kernel.texts import Text4, choose

SAID = Text4("نعم", "Oui", "Yes")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ar", "نعم"), ("fr", "Oui"), ("fr-ma", "Oui"), ("en", "Yes"), ("zgh", "نعم"), ("zgh-fr", "Oui"),
        ("zgh-ar", "نعم"), ("de", "نعم"), ("", "نعم"),
    ],
)  # fmt: skip
def test_what_is_not_written_is_read_in_the_second_language_or_in_arabic(language, said):
    assert SAID.text(language) == said
    assert choose({"ar": SAID.ar, "fr": SAID.fr, "en": SAID.en}, language) == said


def test_what_is_written_is_read_in_its_language():
    assert Text4("نعم", "Oui", "Yes", "ⵢⴰⵀ").text("zgh-fr") == "ⵢⴰⵀ"


@pytest.mark.parametrize("words", [("", "Oui", "Yes"), ("نعم", "", "Yes"), ("نعم", "Oui", "")])
def test_arabic_french_and_english_are_always_written(words):
    with pytest.raises(ValueError, match="lacks"):
        Text4(*words)
