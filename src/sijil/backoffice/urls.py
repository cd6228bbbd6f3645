"""Addresses of the back office."""

from django.urls import include, path

urlpatterns = [
    path("", include("sijil.backoffice.home")),
    path("adjudication/", include("sijil.backoffice.adjudication")),
    path("appeals/", include("sijil.backoffice.appeals")),
    path("centres/", include("sijil.backoffice.centres")),
    path("households/", include("sijil.backoffice.households")),
    path("late/", include("sijil.backoffice.late")),
    path("messages/", include("sijil.backoffice.messages")),
    path("programmes/", include("sijil.backoffice.programmes")),
    path("staff/new/", include("sijil.backoffice.new_staff")),
    path("staff/", include("sijil.backoffice.staff")),
]
