"""Where an app is authorised, gets its tokens, and is shown inside the admin."""

import secrets
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request

from integrations.sandbox.shopify.config import Config
from integrations.sandbox.shopify.faults import apply_pause
from integrations.sandbox.shopify.oauth.grants import answer_grant
from integrations.sandbox.shopify.oauth.id_tokens import host_parameter, make_id_token
from integrations.sandbox.shopify.oauth.tokens import GrantError
from integrations.sandbox.shopify.signing import query_signature
from integrations.sandbox.shopify.world import Room, World


def _same_origin(url: str, other: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(other)[:2]


def _body() -> dict[str, Any]:
    if request.is_json:
        data = request.get_json(silent=True)
        return data if isinstance(data, dict) else {}
    return request.form.to_dict()


def _signed(config: Config, query: dict[str, str]) -> str:
    return urlencode({**query, "hmac": query_signature(secret=config.client_secret, query=query)})


def _authorize(world: World, room: Room) -> Response:
    config, query = world.config, request.args
    if query.get("client_id") != config.client_id:
        abort(400, "Oauth error application_cannot_be_found: Could not find Shopify API application with this api_key")
    target = query.get("redirect_uri", "")
    if not _same_origin(target, config.app_url):
        abort(400, "Oauth error invalid_request: The redirect_uri is not whitelisted")
    scopes = tuple(s.strip() for s in query.get("scope", "").split(",") if s.strip()) or config.scopes
    answer = {
        "code": room.tokens.issue_code(scopes),
        "host": host_parameter(room.shop.domain),
        "shop": room.shop.domain,
        "state": query.get("state", ""),
        "timestamp": str(int(time.time())),
    }
    room.shop.record("authorized", scopes=scopes)
    return redirect(f"{target}{'&' if urlsplit(target).query else '?'}{_signed(config, answer)}", 302)  # type: ignore[return-value]


def _access_token(world: World, room: Room) -> tuple[Response, int]:
    fault = room.faults.take("oauth")
    apply_pause(fault)
    if fault == "http_500":
        return jsonify(error="internal_server_error"), 500
    if fault == "garbage":
        return Response("<html>not a token</html>"), 200
    try:
        answer = answer_grant(world.config, room, _body())
    except GrantError as error:
        room.shop.record("grant_refused", error=error.error, why=str(error))
        return jsonify(error=error.error, error_description=str(error)), error.status
    room.shop.record("grant", expiring="refresh_token" in answer)
    return jsonify(answer), 200


def _app_home(world: World, room: Room, client_id: str) -> str:
    if client_id != world.config.client_id:
        abort(404)
    query = {
        "embedded": "1",
        "host": host_parameter(room.shop.domain),
        "id_token": make_id_token(world.config, domain=room.shop.domain),
        "locale": "en",
        "session": secrets.token_hex(32),
        "shop": room.shop.domain,
        "timestamp": str(int(time.time())),
    }
    path = request.args.get("path", "/shopify/app")
    if not path.startswith("/") or path.startswith("//"):
        abort(400)
    src = f"{world.config.app_url}{path}?{_signed(world.config, query)}"
    return render_template("admin_app.html", shop=room.shop, src=src)


def blueprint(world: World) -> Blueprint:
    pages = Blueprint("oauth", __name__)

    @pages.get("/<domain>/admin/oauth/authorize")
    def authorize(domain: str) -> Response:
        return _authorize(world, world.room(domain))

    @pages.post("/<domain>/admin/oauth/access_token")
    def access_token(domain: str) -> tuple[Response, int]:
        return _access_token(world, world.room(domain))

    @pages.post("/<domain>/admin/_practice/id_token")
    def id_token(domain: str) -> Response:
        overrides = request.get_json(silent=True) or {}
        return jsonify(id_token=make_id_token(world.config, domain=world.room(domain).shop.domain, overrides=overrides))

    @pages.get("/<domain>/admin/apps/<client_id>")
    def app_home(domain: str, client_id: str) -> str:
        return _app_home(world, world.room(domain), client_id)

    return pages
