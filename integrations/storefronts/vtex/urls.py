from django.urls import path

from integrations.storefronts.vtex import views

app_name = "vtex"
urlpatterns = [path("<str:token>/tax", views.tax, name="tax")]
