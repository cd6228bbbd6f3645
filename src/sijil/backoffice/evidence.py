"""What speaks for and against, in words: one sentence for each level of each comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sijil.domains.matching.types import Spoken
from sijil.kernel.texts import Text4
from sijil.pages.languages import said


def _of(name: Text4, **levels: tuple[str, str, str]) -> dict[str, Text4]:
    """Return a sentence for each level, of the name of what is compared and what the level says of it."""
    return {
        level: Text4(f"{name.ar}: {ar}", f"{name.fr} : {fr}", f"{name.en}: {en}")
        for level, (ar, fr, en) in levels.items()
    }


_NAMES = {
    "exact": ("متطابق", "identique", "the same"),
    "phonetic": ("كتابة أخرى للاسم نفسه", "autre graphie du même nom", "another spelling of the same name"),
    "part": ("جزء من الآخر", "une partie de l’autre", "a part of the other"),
    "near": ("يختلف في حرف أو حرفين", "une ou deux lettres diffèrent", "one or two letters differ"),
    "swapped": (
        "الاسم الشخصي والعائلي مقلوبان",
        "prénom et nom sont intervertis",
        "first and last name are swapped",
    ),
    "crossed": (
        "يوجد في خانة الاسم الآخر",
        "se trouve à la place de l’autre nom",
        "stands in the place of the other name",
    ),
    "different": ("مختلف", "différent", "different"),
    "missing": ("غير مذكور في أحد الملفين", "absent d’un des dossiers", "not given in one of the files"),
    "family": (
        "متطابق كما في الأسرة الواحدة",
        "identique, comme dans une famille",
        "the same, as within a family",
    ),
}
_MISSING = _NAMES["missing"]
SENTENCES: Mapping[str, Mapping[str, Text4]] = {
    "last_name": _of(Text4("الاسم العائلي", "Nom de famille", "Last name"), **_NAMES),
    "first_name": _of(Text4("الاسم الشخصي", "Prénom", "First name"), **_NAMES),
    "birth": _of(
        Text4("تاريخ الازدياد", "Date de naissance", "Date of birth"),
        exact=("اليوم نفسه", "le même jour", "the same day"),
        swapped=("اليوم والشهر مقلوبان", "jour et mois intervertis", "day and month are swapped"),
        one_digit=("يختلف في رقم واحد", "un seul chiffre diffère", "one digit differs"),
        year=("السنة نفسها، واليوم غير معروف", "la même année, jour inconnu", "the same year, day unknown"),
        same_year=("السنة نفسها ويوم آخر", "la même année, un autre jour", "the same year, another day"),
        near_year=("سنتان متجاورتان", "deux années voisines", "neighbouring years"),
        different=("مختلف", "différente", "different"),
        missing=_MISSING,
        family=(
            "اليوم نفسه، كما عند التوائم",
            "le même jour, comme des jumeaux",
            "the same day, as with twins",
        ),
    ),
    "sex": _of(
        Text4("الجنس", "Sexe", "Sex"),
        equal=("نفسه", "le même", "the same"),
        different=("مختلف", "différent", "different"),
        missing=_MISSING,
    ),
    "commune": _of(
        Text4("الجماعة", "Commune", "Commune"),
        equal=("نفسها", "la même", "the same"),
        province=(
            "أخرى في العمالة أو الإقليم نفسه",
            "autre, dans la même province",
            "another of the same province",
        ),
        different=("أخرى", "autre", "another"),
        missing=_MISSING,
        family=(
            "نفسها، كما في الأسرة الواحدة",
            "la même, comme dans une famille",
            "the same, as within a family",
        ),
    ),
    "phone": _of(
        Text4("الهاتف", "Téléphone", "Telephone"),
        equal=("نفسه", "le même", "the same"),
        different=("مختلف", "différent", "different"),
        missing=_MISSING,
        family=(
            "نفسه، كما في الأسرة الواحدة",
            "le même, comme dans une famille",
            "the same, as within a family",
        ),
    ),
    "document": _of(
        Text4("رقم الوثيقة", "Numéro de papier", "Paper number"),
        strong=(
            "الرقم نفسه، ولا يحمله إلا شخص واحد",
            "le même, et une seule personne le porte",
            "the same, and one person alone bears it",
        ),
        equal=(
            "الرقم نفسه، وقد تتقاسمه أسرة",
            "le même, qu’une famille partage",
            "the same, which a family may share",
        ),
        apart=(
            "لكل ملف بطاقة برقم آخر",
            "chacun sa propre carte",
            "each has a card of their own",
        ),
        different=("مختلف", "différent", "different"),
        missing=_MISSING,
    ),
    "family": _of(
        Text4("القرابة", "Parenté", "Kinship"),
        twin=(
            "قد يكونان توأمين: الاسم الشخصي وحده مختلف",
            "peut-être des jumeaux : seul le prénom diffère",
            "perhaps twins: the first name alone differs",
        ),
        relative=(
            "قد يكونان من الأسرة نفسها",
            "peut-être de la même famille",
            "perhaps of one family",
        ),
    ),
    "image": _of(
        Text4("الصورة", "Image", "Picture"),
        reused=(
            "الصورة نفسها في الملفين",
            "la même image dans les deux dossiers",
            "the very same picture in both files",
        ),
        matched=(
            "تعرف محرك المقارنة على الشخص نفسه",
            "le moteur reconnaît la même personne",
            "the engine recognises the same person",
        ),
    ),
}
SAYS: Mapping[tuple[str, int], Text4] = {
    ("nothing", 0): Text4("لا تدل على شيء", "ne dit rien", "says nothing"),
    ("for", 1): Text4("تقرب قليلا", "rapproche faiblement", "speaks weakly for"),
    ("for", 2): Text4("تقرب بوضوح", "rapproche nettement", "speaks clearly for"),
    ("for", 3): Text4("تقرب بقوة", "rapproche fortement", "speaks strongly for"),
    ("for", 4): Text4("تقرب بقوة كبيرة", "rapproche très fortement", "speaks very strongly for"),
    ("against", 1): Text4("تباعد قليلا", "éloigne faiblement", "speaks weakly against"),
    ("against", 2): Text4("تباعد بوضوح", "éloigne nettement", "speaks clearly against"),
    ("against", 3): Text4("تباعد بقوة", "éloigne fortement", "speaks strongly against"),
    ("against", 4): Text4("تباعد بقوة كبيرة", "éloigne très fortement", "speaks very strongly against"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of evidence. ``cells``: of four, how many are filled; never colour alone."""

    text: str
    says: str
    side: str
    cells: str


def lines_of(spoken: Sequence[Spoken]) -> list[Line]:
    """Return the evidence in the language of the page."""
    return [
        Line(_sentence(one), said(SAYS[one.side, one.strength]), one.side.value, _cells(one.strength))
        for one in spoken
    ]


def _sentence(one: Spoken) -> str:
    text = SENTENCES.get(one.field, {}).get(one.level)
    return said(text) if text else f"{one.field} {one.level}".replace("_", " ")


def _cells(strength: int) -> str:
    return "■" * strength + "□" * (4 - strength)
