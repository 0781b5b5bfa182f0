"""The storefront in the browser: a shelf, and one page with cart and checkout like VTEX's, with the same globals."""

from flask import Blueprint, Response, jsonify, render_template, request

from integrations.sandbox.vtex.guard import body
from integrations.sandbox.vtex.world import World

COUNTRIES = {"DEU": "Germany", "BRA": "Brazil", "USA": "United States", "GBR": "United Kingdom", "CAN": "Canada"}


def blueprint(world: World) -> Blueprint:
    part = Blueprint("pages", __name__)

    @part.get("/<account>/")
    def home(account: str) -> str:
        store = world.account(account)
        return render_template("home.html", account=account, goods=store.goods.values())

    @part.get("/<account>/checkout")
    def checkout(account: str) -> str:
        """`script`: address of a checkout6-custom script in place of the one that the account holds."""
        held = f"/{account}/files/checkout6-custom.js" if world.account(account).checkout_code else ""
        script, bare = request.args.get("script", held), "bare" in request.args
        return render_template("checkout.html", account=account, countries=COUNTRIES, script=script, bare=bare)

    @part.get("/<account>/files/checkout6-custom.js")
    def checkout_code(account: str) -> Response:
        return Response(world.account(account).checkout_code, mimetype="text/javascript")

    @part.post("/<account>/_practice/checkout-code")
    def save_code(account: str) -> Response:
        """Keep the code that the administrator pastes under Admin, Checkout, Code."""
        world.account(account).checkout_code = str(body()["code"])
        return jsonify(ok=True)

    return part
