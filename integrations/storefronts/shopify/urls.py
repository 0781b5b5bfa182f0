from django.urls import path, re_path

from integrations.storefronts.shopify import (
    app_home,
    extension_api,
    extras_views,
    proxy,
    return_api,
    service_views,
    views,
)
from integrations.storefronts.shopify.rates import rates
from integrations.storefronts.shopify.webhooks import webhooks

app_name = "shopify"
urlpatterns = [
    path("install", views.install, name="install"),
    path("callback", views.callback, name="callback"),
    path("app", app_home.app_home, name="app"),
    path("app/orders", app_home.app_orders, name="app_orders"),
    path("app/extras", extras_views.app_extras, name="app_extras"),
    path("app/extras/act", extras_views.app_extras_act, name="app_extras_act"),
    path("store/<int:pk>/", extras_views.store_extras, name="extras"),
    path("auth/patch-id-token", app_home.patch_id_token, name="patch_id_token"),
    re_path(r"^webhooks(?:/compliance)?/?$", webhooks, name="webhooks"),
    path("rates/<str:token>", rates, name="rates"),
    # Shopify has called these with and without ".json" over the years.
    re_path(r"^service/(?P<token>[^/]+)/fulfillment_order_notification(?:\.json)?$", service_views.notification),
    re_path(r"^service/(?P<token>[^/]+)/fetch_tracking_numbers(?:\.json)?$", service_views.tracking_numbers),
    re_path(r"^service/(?P<token>[^/]+)/fetch_stock(?:\.json)?$", service_views.stock),
    path("proxy/estimate", proxy.estimate, name="proxy_estimate"),
    path("ext/quote", extension_api.quote_view, name="extension_quote"),
    path("ext/track", extension_api.track_view, name="extension_track"),
    path("ext/returnable", return_api.returnable_view, name="extension_returnable"),
    path("ext/return", return_api.return_view, name="extension_return"),
]
