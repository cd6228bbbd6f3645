"""The papers of the person journey, PDF in Arabic and French: forms, appointment slip, deposit receipt, the
temporary slip with a photograph.
"""

from sijil.journeys.person_papers.forms import render_blank, render_draft, render_own
from sijil.journeys.person_papers.receipts import render_appointment, render_deposit, render_temporary

__all__ = [
    "render_appointment",
    "render_blank",
    "render_deposit",
    "render_draft",
    "render_own",
    "render_temporary",
]
