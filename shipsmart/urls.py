from django.contrib import admin
from django.urls import include, path

from shipsmart.health import healthz

urlpatterns = [
    path("healthz", healthz),
    path("staff/", admin.site.urls),
    path("api/v1/", include("shipsmart.api.urls")),
    path("checkout/", include("checkout.urls")),
    path("carriers/fedex/", include("integrations.carriers.fedex.urls")),
    path("carriers/ups/", include("integrations.carriers.ups.urls")),
    path("shopify/", include("integrations.storefronts.shopify.urls")),
    path("vtex/", include("integrations.storefronts.vtex.urls")),
    path("connect/vtex/", include("integrations.storefronts.vtex.connect_urls")),
    path("", include("shipsmart.dashboard.urls")),
]
