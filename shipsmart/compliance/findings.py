"""What the gate reports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """One finding: a stable code, what is wrong and how to mend it, and the field, as in `lines[2].origin`."""

    code: str
    message: str
    where: str
    warning: bool = False

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "where": self.where}
