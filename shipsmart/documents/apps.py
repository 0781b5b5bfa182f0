from django.apps import AppConfig
from reportlab import rl_config


class DocumentsConfig(AppConfig):
    name = "shipsmart.documents"

    def ready(self) -> None:
        from shipsmart.inbox import preloading  # noqa: PLC0415 - apps come before models

        set_up_reportlab()
        preloading.register(load_fonts)


def load_fonts() -> None:
    """Load the paper engine and the faces that nearly every paper is set in, with the widths of their letters."""
    from shipsmart.documents import html_engine, typesetting  # noqa: F401, PLC0415 - a second of imports, for workers only

    for bold in (False, True):
        typesetting.latin_widths(bold=bold)


def set_up_reportlab() -> None:
    """Make every PDF of this process the same for the same input, whoever draws it and whatever was drawn before."""
    # Without this every PDF carries the moment of its making and a random id.
    rl_config.invariant = 1
    # Base 85 is for mail of the nineties: it makes files a quarter larger and costs 3 ms a paper, 15 ms a picture.
    rl_config.useA85 = 0
