"""Refusals of biometrics: what is wrong with an image, and what to do at the counter."""

from __future__ import annotations

from sijil.kernel.errors import Category, ErrorCode

MODALITY_UNKNOWN = ErrorCode(
    "biometrics.modality_unknown",
    Category.INVALID,
    "There is no such capture.",
    "Choose face, left iris or right iris.",
)
IMAGE_EMPTY = ErrorCode(
    "biometrics.image_empty", Category.INVALID, "The image is empty.", "Take the image again, then send it."
)
IMAGE_TOO_HEAVY = ErrorCode(
    "biometrics.image_too_heavy",
    Category.INVALID,
    "The file is heavier than {limit} MB.",
    "Set the camera to a smaller image, or save it as JPEG.",
)
IMAGE_UNREADABLE = ErrorCode(
    "biometrics.image_unreadable",
    Category.INVALID,
    "This file is not a complete PNG or JPEG image.",
    "Take the image again and send the file of the camera unchanged.",
)
IMAGE_TOO_LARGE = ErrorCode(
    "biometrics.image_too_large",
    Category.INVALID,
    "The image has more than {limit} million pixels.",
    "Set the camera to a smaller image.",
)
IMAGE_TOO_HARD = ErrorCode(
    "biometrics.image_too_hard",
    Category.INVALID,
    "This image could not be opened within the time and memory that an image may take.",
    "Set the camera to a smaller image and take it again.",
)
IMAGE_TOO_SMALL = ErrorCode(
    "biometrics.image_too_small",
    Category.INVALID,
    "The image is {width} × {height} pixels; {least_width} × {least_height} at least are needed.",
    "Come closer to the camera, or set it to a larger image.",
)
IMAGE_TOO_NARROW = ErrorCode(
    "biometrics.image_too_narrow",
    Category.INVALID,
    "The image is a strip: {width} × {height} pixels.",
    "Send the whole image of the camera, not cut.",
)
IMAGE_BLANK = ErrorCode(
    "biometrics.image_blank",
    Category.INVALID,
    "The image shows a single colour.",
    "Take the cap off the camera and check that the person is in front of it.",
)
IMAGE_TOO_DARK = ErrorCode(
    "biometrics.image_too_dark",
    Category.INVALID,
    "The image is too dark.",
    "Add light in front of the person, then take the image again.",
)
IMAGE_TOO_BRIGHT = ErrorCode(
    "biometrics.image_too_bright",
    Category.INVALID,
    "The image is too bright.",
    "Turn away from the window or the lamp, then take the image again.",
)
IMAGE_FLAT = ErrorCode(
    "biometrics.image_flat",
    Category.INVALID,
    "The image has too little contrast.",
    "Clean the lens and light the person evenly from the front.",
)
IMAGE_BLURRED = ErrorCode(
    "biometrics.image_blurred",
    Category.INVALID,
    "The image is blurred.",
    "Ask the person to keep still, wait until the camera is sharp, then take the image again.",
)
PUPIL_NOT_SEEN = ErrorCode(
    "biometrics.pupil_not_seen",
    Category.INVALID,
    "The pupil is not seen clearly.",
    "Come closer, lift the eyelid, and look straight into the camera.",
)
DEVICE_MISSING = ErrorCode(
    "biometrics.device_missing",
    Category.CONFLICT,
    "No device for this capture answers on this machine.",
    "Connect it and switch it on, then try again; or choose the file of another camera.",
)
DEVICE_BUSY = ErrorCode(
    "biometrics.device_busy",
    Category.CONFLICT,
    "The device for this capture is not ready.",
    "Wait until it is, then try again; or choose the file of another camera.",
)
DEVICE_SAW_NOTHING = ErrorCode(
    "biometrics.device_saw_nothing",
    Category.INVALID,
    "The device saw no face or eye.",
    "Ask the person to look straight into it and to keep still, then take the image again.",
)
DEVICE_FAILED = ErrorCode(
    "biometrics.device_failed",
    Category.CONFLICT,
    "The device gave no image ({code}).",
    "Try again; if that does not help, switch it off and on, or choose the file of another camera.",
)
DEVICE_UNTRUSTED = ErrorCode(
    "biometrics.device_untrusted",
    Category.CONFLICT,
    "The image does not come from a device that is trusted; it was not kept.",
    "Tell your administrator which device it was, and choose the file of another camera.",
)
SAME_IMAGE_TWICE = ErrorCode(
    "biometrics.same_image_twice",
    Category.INVALID,
    "This very image was already given for another capture of this file.",
    "Take an image of each eye.",
)
EXCEPTION_NOT_ALLOWED = ErrorCode(
    "biometrics.exception_not_allowed",
    Category.INVALID,
    "Only an iris can be declared impossible to capture.",
    "Take the image of the face.",
)
EXCEPTION_REASON_UNKNOWN = ErrorCode(
    "biometrics.exception_reason_unknown",
    Category.INVALID,
    "Choose why this eye cannot be captured.",
    "Choose one of the reasons of the list.",
)
ALREADY_CAPTURED = ErrorCode(
    "biometrics.already_captured",
    Category.CONFLICT,
    "This eye was captured already.",
    "Take the image again if it is not the right one.",
)
CAPTURES_MISSING = ErrorCode(
    "biometrics.captures_missing",
    Category.CONFLICT,
    "Images of the person are missing.",
    "Take each image that is asked, or declare why the eye cannot be captured.",
)
CAPTURE_UNKNOWN = ErrorCode(
    "biometrics.capture_unknown",
    Category.MISSING,
    "There is no such image.",
    "Open the file again and take the image from there.",
)
ANSWER_UNREADABLE = ErrorCode(
    "biometrics.answer_unreadable",
    Category.INVALID,
    "This is no answer of the recognition engine in use.",
    "Send answers in the form that the adapter named in SIJIL_ABIS reads.",
)
