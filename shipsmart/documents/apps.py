from django.apps import AppConfig
from reportlab import rl_config


class DocumentsConfig(AppConfig):
    name = "shipsmart.documents"

    def ready(self) -> None:
        set_up_reportlab()


def set_up_reportlab() -> None:
    """Make every PDF of this process the same for the same input, whoever draws it and whatever was drawn before."""
    # Without this every PDF carries the moment of its making and a random id.
    rl_config.invariant = 1
    # Base 85 is for mail of the nineties: it makes files a quarter larger and costs 3 ms a paper, 15 ms a picture.
    rl_config.useA85 = 0
