from django.urls import path

from integrations.storefronts.vtex import abroad_views, views, webhooks

app_name = "vtex"
urlpatterns = [
    path("terms/<str:account>/<str:country>", views.terms, name="terms"),
    path("<str:token>/tax", views.tax, name="tax"),
    path("<str:token>/hook", webhooks.hook, name="hook"),
    path("<str:token>/stock/<str:word>/pvt/orderForms/simulation", abroad_views.simulation, name="simulation"),
    path("<str:token>/stock/<str:word>/pvt/orders", abroad_views.orders, name="orders"),
    path("<str:token>/stock/<str:word>/pvt/orders/<str:number>/fulfill", abroad_views.fulfil, name="fulfil"),
    path("<str:token>/stock/<str:word>/pvt/orders/<str:number>/cancel", abroad_views.cancel, name="cancel"),
]
