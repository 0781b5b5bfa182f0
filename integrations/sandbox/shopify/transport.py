"""The shop's own way out to the app: no proxies, and only to where the app may live."""

import ipaddress
from urllib.parse import urlsplit

import requests


def post(url: str, *, body: bytes, headers: dict[str, str], timeout: tuple[float, float]) -> requests.Response:
    """Return the streamed answer; redirects are the caller's business. Raises requests.RequestException."""
    session = requests.Session()
    session.trust_env = False  # A proxy of the machine has no place between two processes on it.
    return session.post(url, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True)


def may_be_called(url: str, *, app_url: str) -> bool:
    """Return whether a practice shop posts to `url`: to loopback and the app's own host, never out."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    if parts.hostname in {"localhost", urlsplit(app_url).hostname}:
        return True
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False
