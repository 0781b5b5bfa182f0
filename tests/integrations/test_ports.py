"""Every adapter has all the methods of each port that its manifest names, with the port's own arguments."""

import inspect
import re
from typing import Any

import pytest

from shipsmart import ports


def _capabilities() -> dict[str, list[type]]:
    """Return the Protocols by the capability that their docstring names."""
    found: dict[str, list[type]] = {}
    for _, value in inspect.getmembers(ports, inspect.isclass):
        for name in re.findall(r'capability "(\w+)"', value.__doc__ or ""):
            found.setdefault(name, []).append(value)
    return found


PORTS = _capabilities()
OFFERED = [(key, name) for key, manifest in ports.manifests().items() for name in manifest.PROVIDES]


@pytest.mark.parametrize(("key", "capability"), OFFERED)
def test_an_adapter_has_every_method_of_its_port(key: str, capability: str) -> None:
    adapter = ports.provider(key, capability)
    assert capability in PORTS, f"no Protocol names the capability {capability!r}"
    for port in PORTS[capability]:
        for name, asked in inspect.getmembers(port, inspect.isfunction):
            if not name.startswith("_"):
                assert _takes(getattr(adapter, name), asked), f"{key}: {name}{inspect.signature(asked)}"


def _takes(method: Any, asked: Any) -> bool:
    """Whether a method can be called with the arguments of the port: by place, and by name where the port says so."""
    wanted = [value for name, value in inspect.signature(asked).parameters.items() if name != "self"]
    by_name = {value.name: None for value in wanted if value.kind is value.KEYWORD_ONLY}
    try:
        inspect.signature(method).bind(*[None for value in wanted if value.name not in by_name], **by_name)
    except TypeError:
        return False
    return True
