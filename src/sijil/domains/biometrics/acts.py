"""What is done with the images of a person's face and eyes."""

from __future__ import annotations

from sijil.kernel.acts import declare
from sijil.kernel.texts import Text4

_BASIS = "Law 72.18, article 6 (image of the face and of both irises)"

CAPTURED = declare(
    "enrolment.captured",
    Text4(
        "أخذ صورة وجهكم أو عينيكم.",
        "A pris l’image de votre visage ou de vos yeux.",
        "Took the image of your face or of your eyes.",
    ),
    purpose="enrolment",
    basis=_BASIS,
)
CAPTURE_EXCUSED = declare(
    "enrolment.capture_excused",
    Text4(
        "دوّن سبب تعذر أخذ صورة.",
        "A noté pourquoi une image n’a pas pu être prise.",
        "Noted why an image could not be taken.",
    ),
    purpose="enrolment",
    basis=_BASIS,
)
IMAGE_READ = declare(
    "adjudication.image_read",
    Text4(
        "شاهد صورة من ملفكم ليقارنها بصورة ملف يشبهه.",
        "A regardé une image de votre dossier pour la comparer à celle d’un dossier semblable.",
        "Looked at an image of your file to compare it with that of a file that resembles it.",
    ),
    purpose="adjudication",
    basis="Law 72.18 (one person, one number)",
    reads=True,
)
ENGINE_REVIVED = declare(
    "enrolment.engine_revived",
    Text4(
        "أعاد طلب مقارنة صوركم بعد أن تعذرت.",
        "A redemandé la comparaison de vos images, qui avait échoué.",
        "Asked again for the comparison of your images, which had failed.",
    ),
    purpose="enrolment",
    basis=_BASIS,
)
