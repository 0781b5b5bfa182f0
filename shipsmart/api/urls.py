from django.urls import path, re_path

from shipsmart.api.errors import not_found
from shipsmart.api.views.description import Description
from shipsmart.api.views.landed_cost import Explanation, Quotes, Replay, Revision, StoredQuote, Verification
from shipsmart.api.views.orders import OneOrder, Orders
from shipsmart.api.views.papers import Papers

app_name = "api"
urlpatterns = [
    path("landed-cost/quotes", Quotes.as_view(), name="quotes"),
    path("landed-cost/quotes/<slug:quote_id>", StoredQuote.as_view(), name="quote"),
    path("landed-cost/quotes/<slug:quote_id>/explain", Explanation.as_view(), name="explain"),
    path("landed-cost/verify", Verification.as_view(), name="verify"),
    path("landed-cost/replay/<slug:quote_id>", Replay.as_view(), name="replay"),
    path("landed-cost/revise", Revision.as_view(), name="revise"),
    path("papers", Papers.as_view(), name="papers"),
    path("orders", Orders.as_view(), name="orders"),
    path("orders/<str:reference>", OneOrder.as_view(), name="order"),
    path("schema", Description.as_view(), name="schema"),
    re_path(r"^.*$", not_found),
]
