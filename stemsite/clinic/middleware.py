"""The clinic's days: dates on pages and forms are those of the clinic's own zone, wherever the server stands."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from stemsite.days import days_of_the_clinic


class ClinicTimeMiddleware:
    """Inside the page store, so that a stored page costs nothing; one query for every other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with days_of_the_clinic():
            return self.get_response(request)
