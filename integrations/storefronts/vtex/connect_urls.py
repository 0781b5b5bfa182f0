from django.urls import path

from integrations.storefronts.vtex import (
    abroad_pages,
    connect_views,
    field_views,
    freight_views,
    proof_views,
    return_views,
)

# Apart from urls.py: these pages have sessions and log-ins, the addresses there have neither.
app_name = "vtex_connect"
urlpatterns = [
    path("", connect_views.start, name="start"),
    path("store/<int:pk>/", connect_views.store, name="store"),
    path("store/<int:pk>/terms/", connect_views.terms, name="terms"),
    path("store/<int:pk>/check/", connect_views.check, name="check"),
    path("store/<int:pk>/renew/", connect_views.renew, name="renew"),
    path("store/<int:pk>/leave/", connect_views.leave, name="leave"),
    path("store/<int:pk>/freight/", freight_views.freight, name="freight"),
    path("store/<int:pk>/fields/", field_views.page, name="fields"),
    path("store/<int:pk>/proof/", proof_views.go, name="proof"),
    path("proof/", proof_views.back, name="proof_back"),
    path("store/<int:pk>/returns/", return_views.page, name="store_returns"),
    path("store/<int:pk>/abroad/", abroad_pages.page, name="abroad"),
    path("store/<int:pk>/abroad/<str:number>/", abroad_pages.step, name="abroad_step"),
    path("link/<str:signed>/", connect_views.form, name="form"),
]
