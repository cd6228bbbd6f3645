"""How what sources send is proved, chosen by ``SIJIL_SOURCE_MESSAGES``; and the access tokens of partners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from sijil.kernel.adapters import Port

if TYPE_CHECKING:
    from sijil.domains.partners.adapters.signed_messages import SignedMessage


class SourceMessages(Protocol):
    """What opens the messages of sources. The keys are registered with the partner, by their names."""

    def read_public_key(self, jwk: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
        """Return the name of a public key and the key as kept. Raises: Refused(KEY_INVALID)."""
        ...

    def open_message(
        self, message: bytes, *, key_of: Callable[[str], Mapping[str, str] | None]
    ) -> SignedMessage:
        """Return a message whose proof is right. Raises: Refused(MESSAGE_REFUSED), whatever is wrong."""
        ...


SOURCES = Port[SourceMessages](
    "source_messages",
    SourceMessages,
    {"jws": "sijil.domains.partners.adapters.signed_messages:JwsMessages"},
)
