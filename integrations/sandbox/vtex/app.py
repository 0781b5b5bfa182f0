"""The Flask application, put together from its parts."""

import logging

from flask import Flask, Response, jsonify

from integrations.sandbox.vtex import backoffice, feeds, login, oms, pages, practice, storefront
from integrations.sandbox.vtex.world import UnknownAccount, World


def make_app(world: World) -> Flask:
    """Return the application that answers for every account of `world`."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for part in (oms, feeds, login, backoffice, storefront, practice, pages):
        app.register_blueprint(part.blueprint(world))

    app.add_url_rule("/_practice/sink/<path:_path>", "sink", practice.sink, methods=["POST"])

    @app.errorhandler(UnknownAccount)
    def unknown_account(error: UnknownAccount) -> tuple[Response, int]:
        return jsonify(error={"code": "404", "message": str(error), "exception": None}), 404

    @app.get("/health")
    def health() -> Response:
        return jsonify(ok=True, accounts=list(world.accounts))

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    return app
