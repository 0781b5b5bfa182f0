"""What the demo must remember between runs: its log-in and API key, in a file of this installation."""

import json
import secrets
from dataclasses import asdict, dataclass

from django.conf import settings


@dataclass
class DemoSecrets:
    password: str
    api_keys: dict[str, str]


def load() -> DemoSecrets:
    """Return the demo's secrets, made on the first call."""
    path = settings.VAR_DIR / "demo.json"
    if path.exists():
        return DemoSecrets(**json.loads(path.read_text()))
    made = DemoSecrets(password=secrets.token_urlsafe(9), api_keys={})
    save(made)
    return made


def save(values: DemoSecrets) -> None:
    path = settings.VAR_DIR / "demo.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(values)))
