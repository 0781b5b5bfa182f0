"""All accounts of the process."""

from dataclasses import dataclass, field

from integrations.sandbox.vtex import hooks
from integrations.sandbox.vtex.account import Account, Key

SEEDED = {"nordiclights": ("vtexappkey-nordiclights-PRACTICE", "practice-token-of-nordiclights")}


class UnknownAccount(LookupError):
    """No account of this name was opened here."""


@dataclass
class World:
    accounts: dict[str, Account] = field(default_factory=dict)
    patience_s: float = 5.0

    def __post_init__(self) -> None:
        for name, (key, token) in SEEDED.items():
            self.open(name, key, token)

    def open(self, name: str, key: str, token: str) -> Account:
        made = Account(name, keys={key: Key(token)}, notify=hooks.notify, patience_s=self.patience_s)
        self.accounts[name] = made
        return made

    def account(self, name: str) -> Account:
        """Raises UnknownAccount."""
        if name not in self.accounts:
            raise UnknownAccount(f"no account {name!r} here; there are: {', '.join(self.accounts)}")
        return self.accounts[name]
