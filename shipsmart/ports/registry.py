"""Which integrations are installed and what each can do."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from shipsmart.ports.errors import Unsupported


@cache
def manifests() -> Mapping[str, ModuleType]:
    """Return every integration's manifest module by key, in the order of settings.INTEGRATIONS."""
    modules = [import_module(f"{path}.manifest") for path in settings.INTEGRATIONS]
    return {module.KEY: module for module in modules}


def title_of(key: str) -> str:
    """Return the name of a store or carrier as people know it; the key itself for one that is not installed."""
    return str(manifests()[key].TITLE) if key in manifests() else key


def page_of(key: str, name: str) -> str:
    """Return the URL name of an integration's own page ("returns"), which takes the connection; "" when it has none."""
    return str(getattr(manifests().get(key), "PAGES", {}).get(name, ""))


def provides(key: str, capability: str) -> bool:
    return key in manifests() and capability in manifests()[key].PROVIDES


def provider(key: str, capability: str) -> Any:
    """Return the object that offers `capability` ("quotes", "labels", "orders", ...). Raises Unsupported."""
    if not provides(key, capability):
        raise Unsupported(f"{key!r} offers no {capability!r}; see its manifest.py", key=key, capability=capability)
    return import_string(manifests()[key].PROVIDES[capability])
