"""How the score is computed."""
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


def formula(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/formula.html")


urlpatterns = [path("score/formula/", formula, name="portal-formula")]
