"""The storefront in the browser: a shelf, and one page with cart and checkout like VTEX's, with the same globals."""

from flask import Blueprint, render_template, request

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
        """`script`: address of a checkout6-custom script, as Admin, Checkout, Code would hold it."""
        world.account(account)
        script, bare = request.args.get("script", ""), "bare" in request.args
        return render_template("checkout.html", account=account, countries=COUNTRIES, script=script, bare=bare)

    return part
