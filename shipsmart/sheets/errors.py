from shipsmart.core.errors import ShipSmartError


class BadFile(ShipSmartError):
    """A file that is not what it should be: the message names the row and the column. Nothing was imported."""

    code = "bad_feed"
