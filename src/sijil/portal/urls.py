"""The public pages and the citizen's own space. Each part keeps its addresses beside its views."""

from django.urls import include, path

urlpatterns = [
    path("", include("sijil.portal.accounts")),
    path("", include("sijil.portal.staff_access")),
    path("", include("sijil.portal.check")),
    path("", include("sijil.portal.inbox")),
    path("", include("sijil.portal.centres")),
    path("", include("sijil.portal.consultations")),
    path("", include("sijil.portal.family")),
    path("", include("sijil.portal.home")),
    path("", include("sijil.portal.household")),
    path("", include("sijil.portal.contact_code")),  # these two before the pages by name
    path("", include("sijil.portal.pre_registered")),
    path("", include("sijil.portal.pre_registration")),
    path("", include("sijil.portal.own_request")),
    path("", include("sijil.portal.track")),
    path("", include("sijil.portal.formula")),
]
