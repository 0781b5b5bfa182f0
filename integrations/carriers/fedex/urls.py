from django.urls import path

from integrations.carriers.fedex.webhooks import visibility

app_name = "fedex"
urlpatterns = [path("visibility/<int:account_id>", visibility, name="visibility")]
