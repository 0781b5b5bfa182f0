"""The Flask application that carries all practice carriers and their handles."""

from __future__ import annotations

from flask import Flask

from .calls import note_status
from .control import control
from .correios import correios
from .dhl_express import dhl_express
from .fedex import fedex
from .royal_mail import royal_mail
from .ups import ups
from .usps import usps
from .world import World

LARGEST_BODY = 20 * 1024 * 1024


def create_app(world: World) -> Flask:
    """Return the application over that world."""
    app = Flask("practice_carriers")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.after_request(note_status)
    app.register_blueprint(dhl_express(world))
    app.register_blueprint(ups(world))
    app.register_blueprint(fedex(world))
    app.register_blueprint(usps(world))
    app.register_blueprint(correios(world))
    app.register_blueprint(royal_mail(world))
    app.register_blueprint(control(world))
    return app
