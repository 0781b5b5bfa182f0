"""The storefront's pages."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request

from integrations.sandbox.shopify.pages import cart, show
from integrations.sandbox.shopify.pages.ordering import complete_checkout, open_checkout, show_offer
from integrations.sandbox.shopify.store.addresses import COUNTRIES, PROVINCES, TAX_ID_KEYS, AddressError
from integrations.sandbox.shopify.store.checkouts import DISCOUNT_CODES
from integrations.sandbox.shopify.store.money import MoneyBag, MoneyV2
from integrations.sandbox.shopify.world import Room, World

_ADDRESS = (
    "first_name", "last_name", "company", "address1", "address2", "zip", "city", "country", "province", "phone",
    "tax_id",
)  # fmt: skip


def _to(target: str) -> Response:
    return redirect(target, 303)  # type: ignore[return-value]


class Pages:
    """The pages of every shop; each method is one page."""

    def __init__(self, world: World) -> None:
        self._world = world

    def _render(self, template: str, room: Room, **values: Any) -> str:
        market = cart.market_of(request)
        lines = cart.cart_lines(room.shop, request, market.currency)
        zero = MoneyBag.zero(shop=room.shop.currency_code, presentment=market.currency)
        shared = {
            "shop": room.shop,
            "base": f"/{room.shop.domain}",
            "app_url": self._world.config.app_url,
            "market": market,
            "countries": sorted(COUNTRIES.items(), key=lambda pair: pair[1]),
            "cart_count": sum(line.quantity for line in lines),
            "lines": lines,
            "subtotal": sum((line.total for line in lines), zero),
            "shown": lambda amount: MoneyBag.of(amount, shop=room.shop.currency_code, presentment=market.currency),
            "price": show.price,
            "show": show,
        }
        return render_template(template, **{**shared, **values})

    def home(self, domain: str) -> str:
        return self._render("home.html", self._world.room(domain))

    def product(self, domain: str, handle: str) -> str:
        room = self._world.room(domain)
        product = room.shop.product_by_handle(handle) or abort(404)
        wanted = request.args.get("variant", "")
        chosen = next((v for v in product.variants if str(v.serial) == wanted), product.variants[0])
        items = cart.widget_items([(chosen, 1)])
        return self._render("product.html", room, product=product, chosen=chosen, items=items)

    def choose_destination(self, domain: str) -> Response:
        self._world.room(domain)
        country, back = request.form.get("country", ""), request.form.get("next", "")
        safe = back.startswith(f"/{domain}/") and not back.startswith("//")
        response = _to(back if safe else f"/{domain}/")
        if country in COUNTRIES:
            cart.set_cookie(response, "destination", country, path=f"/{domain}")
        return response

    def add(self, domain: str) -> Response:
        self._world.room(domain)
        response = _to(f"/{domain}/cart")
        quantity = request.form.get("quantity", "1")
        changes = {request.form.get("variant_id", ""): int(quantity) if quantity.isdecimal() else 1}
        cart.put_in_cart(request, response, path=f"/{domain}", changes=changes, add=True)
        return response

    def change(self, domain: str) -> Response:
        self._world.room(domain)
        response = _to(f"/{domain}/cart")
        changes = {k: int(v) for k, v in request.form.items() if k.isdecimal() and v.isdecimal()}
        cart.put_in_cart(request, response, path=f"/{domain}", changes=changes, add=False)
        return response

    def cart(self, domain: str) -> str:
        return self._render("cart.html", self._world.room(domain))

    def _form(self, room: Room, *, error: AddressError | None = None) -> str:
        given = request.form if request.method == "POST" else {}
        market = cart.market_of(request)
        lines = cart.cart_lines(room.shop, request, market.currency)
        return self._render(
            "checkout.html",
            room,
            given=given,
            error=error,
            provinces=PROVINCES,
            tax_id_countries=sorted(TAX_ID_KEYS),
            codes=sorted(DISCOUNT_CODES),
            items=cart.widget_items([(line.variant, line.quantity) for line in lines]),
        )

    def checkout(self, domain: str) -> str | Response:
        room = self._world.room(domain)
        if not cart.cart_lines(room.shop, request, "EUR"):
            return _to(f"/{domain}/cart")
        return self._form(room)

    def address(self, domain: str) -> str | Response | tuple[str, int]:
        """Take the address and go on to the shipping options, or show the form again with what is wrong."""
        room, market = self._world.room(domain), cart.market_of(request)
        lines = cart.cart_lines(room.shop, request, market.currency)
        data = {
            "items": cart.widget_items([(line.variant, line.quantity) for line in lines]),
            "address": {name: request.form.get(name, "") for name in _ADDRESS},
            "email": request.form.get("email", ""),
            "discount": request.form.get("discount", ""),
            "currency": market.currency,
            "locale": market.locale,
        }
        try:
            made = open_checkout(self._world, room, data)
        except AddressError as error:
            return self._form(room, error=error), 422
        return _to(f"/{domain}/checkout/{made.token}")

    def options(self, domain: str, token: str, error: AddressError | None = None) -> str | Response:
        room = self._world.room(domain)
        checkout = room.shop.checkouts.get(token) or abort(404)
        if checkout.order is not None:
            return _to(f"/{domain}/orders/{token}")
        offer = show_offer(checkout, room.shop.currency_code)
        goods = (checkout.subtotal - checkout.discount_total).presentment_money
        for rate in offer["rates"]:
            rate["money"] = MoneyV2(Decimal(rate["price"]), rate["currency"])
            rate["total"] = MoneyV2(goods.amount + rate["money"].amount, rate["currency"])
            rate["breakdown"] = show.breakdown_of(rate["metafields"])
        return self._render("shipping.html", room, checkout=checkout, offer=offer, error=error)

    def pay(self, domain: str, token: str) -> str | Response:
        room = self._world.room(domain)
        try:
            complete_checkout(self._world, room, token=token, service_code=request.form.get("service_code"))
        except KeyError:
            abort(404)
        except AddressError as error:
            return self.options(domain, token, error)
        response = _to(f"/{domain}/orders/{token}")
        response.delete_cookie("cart", path=f"/{domain}")
        return response

    def thanks(self, domain: str, token: str) -> str:
        room = self._world.room(domain)
        with room.shop.lock:
            order = room.shop.order_by_token(token) or abort(404)
            return self._render("thanks.html", room, order=order)


def blueprint(world: World) -> Blueprint:
    site, pages = Blueprint("storefront", __name__), Pages(world)
    for rule, view, method in (
        ("/", pages.home, "GET"),
        ("/products/<handle>", pages.product, "GET"),
        ("/destination", pages.choose_destination, "POST"),
        ("/cart", pages.cart, "GET"),
        ("/cart/add", pages.add, "POST"),
        ("/cart/change", pages.change, "POST"),
        ("/checkout", pages.checkout, "GET"),
        ("/checkout", pages.address, "POST"),
        ("/checkout/<token>", pages.options, "GET"),
        ("/checkout/<token>", pages.pay, "POST"),
        ("/orders/<token>", pages.thanks, "GET"),
    ):
        site.add_url_rule(f"/<domain>{rule}", endpoint=view.__name__, view_func=view, methods=[method])
    return site
