"""The Flask application, put together from its parts."""

import logging

from flask import Flask, Response, jsonify

from integrations.sandbox.shopify.admin import bulk, endpoint, uploads
from integrations.sandbox.shopify.config import Config
from integrations.sandbox.shopify.oauth import views as oauth
from integrations.sandbox.shopify.pages import api
from integrations.sandbox.shopify.pages import views as storefront
from integrations.sandbox.shopify.practice import views as practice
from integrations.sandbox.shopify.rates.cache import RateCache
from integrations.sandbox.shopify.world import UnknownShop, World


def make_world(config: Config) -> World:
    return World(config=config, rate_cache=RateCache())


def make_app(world: World) -> Flask:
    """Return the application that answers for every shop of `world`."""
    app = Flask(__name__, template_folder="pages/templates", static_folder="pages/assets", static_url_path="/assets")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for part in (oauth, endpoint, bulk, uploads, api, practice, storefront):
        app.register_blueprint(part.blueprint(world))

    @app.errorhandler(UnknownShop)
    def unknown_shop(error: UnknownShop) -> tuple[Response, int]:
        return jsonify(errors=str(error)), 404

    @app.get("/health")
    def health() -> Response:
        return jsonify(ok=True, shops=list(world.rooms))

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    return app
