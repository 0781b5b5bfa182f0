"""VTEX's OAuth provider and the part of License Manager that says which roles a person has.

One administrator is logged in at every account; `?as=` of the practice chooses another, or nobody.

Source: https://developers.vtex.com/docs/apps/vtex.oauth-provider-admin
"""

import hmac
import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, request

from integrations.sandbox.vtex import account as rights
from integrations.sandbox.vtex.account import Account
from integrations.sandbox.vtex.guard import body, guarded, refused
from integrations.sandbox.vtex.world import World


def blueprint(world: World) -> Blueprint:
    part = Blueprint("login", __name__)

    def route(path: str, method: str, view: Any) -> None:
        def called(account: str) -> Any:
            return view(world.account(account))

        part.add_url_rule(f"/<account>/_v/oauth2/{path}", view.__name__, called, methods=[method])

    route("auth", "GET", authorise)
    route("token", "POST", token)
    route("userinfo", "GET", who)
    part.add_url_rule(
        "/<account>/api/license-manager/users/<user>/roles",
        "roles",
        guarded(world, rights.USERS)(roles),
        methods=["GET"],
    )

    @part.post("/<account>/_practice/oauth")
    def register(account: str) -> Response:
        """Register a client, as Account settings, OAuth does; `person` is who is logged in (None: nobody agrees)."""
        world.account(account).oauth.update(body())
        return jsonify(world.account(account).oauth)

    return part


def authorise(store: Account) -> Any:
    known, asked = store.oauth, request.args
    if asked.get("client_id") != known.get("client_id") or asked.get("redirect_uri") not in known.get("allowed", ()):
        return refused(400, "oauth", "unknown client, or an address that is not allowed")
    if asked.get("response_type") != "code":
        return refused(400, "oauth", "response_type must be code")
    told = {"state": asked.get("state", "")}
    if not known.get("person"):
        return redirect(f"{asked['redirect_uri']}?{urlencode(told | {'error': 'access_denied'})}")
    code = secrets.token_urlsafe(24)
    store.codes[code] = (dict(known["person"]), asked["redirect_uri"])
    return redirect(f"{asked['redirect_uri']}?{urlencode(told | {'code': code})}")


def token(store: Account) -> Any:
    """Give an access token for a code, once, to the client with the secret."""
    given = request.form
    secret = str(store.oauth.get("client_secret", ""))
    if given.get("grant_type") != "authorization_code" or given.get("client_id") != store.oauth.get("client_id"):
        return jsonify(error="invalid_request"), 400
    if not secret or not hmac.compare_digest(secret.encode(), given.get("client_secret", "").encode()):
        return jsonify(error="invalid_client"), 401
    person, address = store.codes.pop(given.get("code", ""), (None, ""))
    if person is None or address != given.get("redirect_uri"):
        return jsonify(error="invalid_grant"), 400
    access = secrets.token_urlsafe(24)
    store.logged_in[access] = person
    return jsonify(access_token=access, token_type="Bearer", expires_in=3600)  # noqa: S106 - a kind of token


def who(store: Account) -> Any:
    person = store.logged_in.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if person is None:
        return jsonify(error="invalid_token"), 401
    return jsonify(userId=person["id"], email=person["email"], username=person["email"])


def roles(store: Account, user: str) -> Any:
    """Return the roles of a person: the administrator owns the account, others have those they were given."""
    person = store.oauth.get("person") or {}
    named = person.get("roles", []) if person.get("id") == user else []
    if user == rights.ADMINISTRATOR["id"]:
        named = ["Owner (Admin Super)"]
    return jsonify([{"id": number, "name": name} for number, name in enumerate(named, 1)])
