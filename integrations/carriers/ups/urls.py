from django.urls import path

from integrations.carriers.ups.webhooks import track_alert

app_name = "ups"
urlpatterns = [path("track-alert/<int:account_id>", track_alert, name="track_alert")]
