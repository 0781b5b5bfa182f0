from django.urls import path

from checkout import views

app_name = "checkout"
urlpatterns = [
    path("widget.js", views.widget, name="widget"),
    path("words/<slug:language>.js", views.words, name="words"),
    path("estimate", views.estimate, name="estimate"),
    path("track/<str:token>/", views.track, name="track"),
    path("proof/<str:token>/", views.proof, name="proof"),
]
