"""The officers' counter in a citizen service centre."""

from django.urls import include, path

urlpatterns = [
    path("", include("sijil.counter.desk")),
    path("persons/", include("sijil.counter.persons")),
    path("", include("sijil.counter.children")),
    path("", include("sijil.counter.witnesses")),
    path("", include("sijil.counter.elsewhere")),
    path("", include("sijil.counter.files")),
]
