from django.urls import path

from integrations.storefronts.vtex import views, webhooks

app_name = "vtex"
urlpatterns = [
    path("<str:token>/tax", views.tax, name="tax"),
    path("<str:token>/hook", webhooks.hook, name="hook"),
]
