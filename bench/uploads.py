"""What a paper costs: processor seconds of the child that draws it, beside the same drawing in this process.

ours    ``documents.drawing.draw``: a child is started, limited, given the file, and ends
floor   the drawing alone, in a process that has everything loaded

A PDF of 5 MB (six A4 pages scanned at 300 dots) and a photo of 12 million pixels. Goal: the PDF ≤ 1 s.
Run: ./run bench uploads. Prints one JSON object per figure.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

ROUNDS = 5


def scanned(width: int, height: int, blur: float) -> Image.Image:
    """Return something as hard to compress as a photographed paper, always the same."""
    dots = np.random.default_rng(9).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(dots).filter(ImageFilter.GaussianBlur(blur))


def papers() -> dict[str, bytes]:
    pdf, photo, page = BytesIO(), BytesIO(), scanned(2480, 3508, 2.0)
    page.save(pdf, "PDF", save_all=True, append_images=[page] * 5, quality=70, resolution=300)
    scanned(4000, 3000, 1.0).save(photo, "JPEG", quality=80)
    return {"PDF of six scanned pages": pdf.getvalue(), "photo of 12 megapixels": photo.getvalue()}


def cost(who: int, work: Callable[[bytes], Any], content: bytes) -> float:
    """Return the median of the processor seconds of ``who`` (this process, or its children)."""
    found = []
    for _ in range(ROUNDS):
        before = resource.getrusage(who)
        work(content)
        after = resource.getrusage(who)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(found)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sijil.config.settings")
    from sijil.domains.documents import drawing
    from sijil.domains.documents.drawing import child

    for name, content in papers().items():
        child.draw(content)  # warm
        ours = cost(resource.RUSAGE_CHILDREN, drawing.draw, content)
        floor = cost(resource.RUSAGE_SELF, child.draw, content)
        figure = {
            "name": f"a {name} judged and drawn anew",
            "unit": "processor seconds",
            "ours": round(ours, 2),
            "floor": round(floor, 2),
            "ratio": round(ours / floor, 2),
            "detail": f"{len(content) / 1e6:.1f} MB; median of {ROUNDS}; floor: the same drawing in-process",
        }
        print(json.dumps(figure, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
