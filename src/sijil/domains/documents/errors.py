"""What documents refuse."""

from sijil.kernel.errors import Category, ErrorCode

KIND_UNKNOWN = ErrorCode(
    "documents.kind_unknown",
    Category.INVALID,
    "This kind of document is not known.",
    "Choose a kind from the list.",
)
FILE_EMPTY = ErrorCode(
    "documents.file_empty",
    Category.INVALID,
    "This file is empty.",
    "Choose the file again; wait until it is complete on your phone or computer.",
)
FILE_TOO_LARGE = ErrorCode(
    "documents.file_too_large",
    Category.INVALID,
    "This file is too large: {megabytes} MB at most.",
    "Take the photo again with a lower quality, or scan in black and white.",
)
TYPE_REFUSED = ErrorCode(
    "documents.type_refused",
    Category.INVALID,
    "This file is neither a PDF nor a JPEG, PNG or HEIC picture.",
    "Take a photo of the paper, or save it as a PDF.",
)
IMAGE_BROKEN = ErrorCode(
    "documents.image_broken",
    Category.INVALID,
    "This picture cannot be opened.",
    "Take the photo again.",
)
IMAGE_TOO_SMALL = ErrorCode(
    "documents.image_too_small",
    Category.INVALID,
    "This picture is too small to be read.",
    "Take the photo again from nearer, with the whole paper in the frame.",
)
IMAGE_TOO_BIG = ErrorCode(
    "documents.image_too_big",
    Category.INVALID,
    "This picture has too many pixels.",
    "Take the photo again with a lower resolution.",
)
PDF_BROKEN = ErrorCode(
    "documents.pdf_broken",
    Category.INVALID,
    "This PDF is incomplete or damaged.",
    "Save it again, or take a photo of the paper.",
)
PDF_LOCKED = ErrorCode(
    "documents.pdf_locked",
    Category.INVALID,
    "This PDF is locked by a password.",
    "Save it without a password, or take a photo of the paper.",
)
PDF_TOO_LONG = ErrorCode(
    "documents.pdf_too_long",
    Category.INVALID,
    "This PDF has too many pages: 12 at most.",
    "Send only the pages that show what is asked.",
)
FILE_TOO_HARD = ErrorCode(
    "documents.file_too_hard",
    Category.INVALID,
    "This file could not be opened within the time and memory that a paper may take.",
    "Save it again, or take a photo of the paper.",
)
TOO_MANY_FILES = ErrorCode(
    "documents.too_many_files",
    Category.CONFLICT,
    "This file already holds {most} documents.",
    "Give only the papers that were asked for.",
)
FILE_INFECTED = ErrorCode(
    "documents.file_infected",
    Category.INVALID,
    "A virus was found in this file; it was not kept.",
    "Take a photo of the paper with another phone or camera.",
)
SCAN_UNAVAILABLE = ErrorCode(
    "documents.scan_unavailable",
    Category.CONFLICT,
    "Files cannot be checked for viruses at this moment, so none is taken.",
    "Try again in a few minutes.",
)
PAPER_UNSCANNED = ErrorCode(
    "documents.paper_unscanned",
    Category.CONFLICT,
    "A paper of this file was not checked for viruses yet.",
    "Wait some minutes; it is checked by itself as soon as that can be done.",
)
PAPER_INFECTED = ErrorCode(
    "documents.paper_infected",
    Category.CONFLICT,
    "A virus was found in a paper of this file; nobody can open it.",
    "Give the paper again, as a photo taken with another phone or camera.",
)
DOCUMENT_MISSING = ErrorCode(
    "documents.document_missing",
    Category.MISSING,
    "There is no such document.",
    "Reload the page and open it from the list.",
)
