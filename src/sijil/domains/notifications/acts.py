"""Acts about messages. A message that goes by itself is told by its steps; what a person does is an act."""

from __future__ import annotations

from sijil.kernel.acts import declare
from sijil.kernel.texts import Text4

REVIVED = declare(
    "message.revived",
    Text4(
        "أعاد إرسال رسالة لم تصل.",
        "A fait repartir un message qui n’était pas arrivé.",
        "Sent a message again that had not arrived.",
    ),
    purpose="register_keeping",
    basis="Law 55-19 (a decision is told to the person)",
)
RECIPIENT_READ = declare(
    "message.recipient_read",
    Text4(
        "اطلع على رقم الهاتف أو العنوان الذي أُرسلت إليه رسالة.",
        "A lu le numéro ou l’adresse où un message est parti.",
        "Read the telephone or the address to which a message went.",
    ),
    purpose="register_keeping",
    basis="Law 55-19 (a decision is told to the person)",
    reads=True,
)
