"""The officers' counter in a citizen service centre."""

from django.urls import include, path

urlpatterns = [path("", include("sijil.counter.files"))]
