"""Outside systems chosen by name: one setting names the class that speaks to one of them.

    SMS = Port[Gateway]("sms_gateway", Gateway, {"demo": "sijil…adapters.demo:DemoGateway"})
    SMS.get()                      the adapter of this process, made once

A value is the short name of an adapter that is shipped, or ``package.module:Class`` of any other that the
processes can import. Web and worker look at every choice when they start and refuse with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Generic, TypeVar, cast

from django.conf import settings

Contract = TypeVar("Contract")
_declared: list[Port[Any]] = []


class AdapterUnfit(Exception):
    """A setting names no adapter that can be used. The sentence says setting, value and remedy."""


@dataclass(frozen=True)
class Port(Generic[Contract]):
    """One kind of outside system. ``setting``: field of the environment; ``shipped``: short name -> class.

    ``contract``: a Protocol; what it names without ``_`` the class must have. It may have a static
    ``check()``, which raises AdapterUnfit when another setting that it needs is missing or wrong, and a
    static ``find_silence()``, which returns a sentence while the other side does not answer; it says with
    ``is_twin = True`` that it stands in for an outside system.
    """

    setting: str
    contract: type[Any]
    shipped: Mapping[str, str]

    def __post_init__(self) -> None:
        _declared.append(self)

    def __hash__(self) -> int:
        return hash(self.setting)

    @property
    def variable(self) -> str:
        """The setting as an operator writes it."""
        return f"SIJIL_{self.setting.upper()}"

    def chosen(self) -> str:
        """Return the value of the setting."""
        return str(getattr(settings.ENV, self.setting))

    def get(self) -> Contract:
        """Return the adapter of this process. Raises: AdapterUnfit."""
        return cast(Contract, _made(self, self.chosen()))

    def make(self, value: str, *arguments: Any) -> Contract:
        """Return a new adapter of this name. Raises: AdapterUnfit."""
        return self.find(value)(*arguments)  # type: ignore[no-any-return]

    def find(self, value: str) -> Any:
        """Return the class of this name. Raises: AdapterUnfit."""
        found = self._load(value)
        missing = [name for name in _members(self.contract) if not hasattr(found, name)]
        if missing:
            where = f"{self.contract.__module__}.{self.contract.__name__}"
            raise self._unfit(value, f"it has no {', '.join(missing)}", f"Add what {where} asks for.")
        return found

    def _load(self, value: str) -> Any:
        module, _, name = self.shipped.get(value, value).partition(":")
        names = ", ".join(self.shipped)
        remedy = f"Choose one of {names}; or name a class as package.module:Class."
        if not module or not name:
            raise self._unfit(value, "there is no such adapter", remedy)
        try:
            return getattr(import_module(module), name)
        except ImportError as error:
            raise self._unfit(value, f"{module} cannot be imported ({error})", _PATH) from error
        except AttributeError:
            raise self._unfit(value, f"{module} has no {name}", remedy) from None

    def _unfit(self, value: str, what: str, remedy: str) -> AdapterUnfit:
        return AdapterUnfit(f"{self.variable}={value}: {what}. {remedy}")


_PATH = "Correct the name, or add the folder of the module to PYTHONPATH of web and worker."


def declared() -> tuple[Port[Any], ...]:
    """Return the ports of every room that was loaded."""
    return tuple(_declared)


def list_unfit() -> list[str]:
    """Return a sentence for each setting that names no adapter fit to be used."""
    return [sentence for port in _declared if (sentence := _fault(port))]


def list_silent() -> list[str]:
    """Return a sentence for each outside system, of those that can be asked, that does not answer now."""
    found = [port.find(port.chosen()) for port in _declared]
    return [told for one in found if hasattr(one, "find_silence") and (told := one.find_silence())]


def list_twins() -> list[str]:
    """Return the settings, with their values, behind which a twin stands in for an outside system."""
    chosen = [(port, port.chosen()) for port in _declared]
    return [f"{port.variable}={value}" for port, value in chosen if getattr(port.find(value), "is_twin", 0)]


def _fault(port: Port[Any]) -> str:
    try:
        found = port.find(port.chosen())
        if hasattr(found, "check"):
            found.check()
    except AdapterUnfit as unfit:
        return str(unfit)
    return ""


def _members(contract: type[Any]) -> list[str]:
    bases = [base for base in contract.__mro__[:-1] if base.__module__ != "typing"]
    found = {name for base in bases for name in (*vars(base), *vars(base).get("__annotations__", ()))}
    return sorted(name for name in found if not name.startswith("_"))


@cache
def _made(port: Port[Any], value: str) -> Any:
    return port.make(value)
