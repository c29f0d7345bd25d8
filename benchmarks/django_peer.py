"""Run by `peer` with a Python that has Django: plain views over one table, timed through Django's test client."""
# ruff: noqa: E402 - Django wants its settings first

from __future__ import annotations

import itertools
import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

url, records, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
parts = urlsplit(url)
settings.configure(
    DEBUG=False,
    SECRET_KEY="benchmark",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path[1:],
            "USER": parts.username or "postgres",
            "HOST": parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()

from django.db import models
from django.db.models import Count, Sum
from django.forms.models import model_to_dict
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import path
from django.utils import timezone


class Opportunity(models.Model):
    id = models.BigAutoField(primary_key=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    modified_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)
    name = models.TextField()
    organization = models.BigIntegerField(null=True)
    contact = models.BigIntegerField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    probability = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    stage = models.TextField(null=True)
    close_date = models.DateField(null=True)
    engage_date = models.DateField(null=True)
    next_step = models.TextField(null=True)
    source = models.TextField(null=True)

    class Meta:
        app_label = "peer"
        managed = False
        db_table = "peer"

    def __str__(self) -> str:
        return self.name


def read(request: HttpRequest, pk: int) -> JsonResponse:
    return JsonResponse(model_to_dict(Opportunity.objects.get(pk=pk)))


def create(request: HttpRequest) -> JsonResponse:
    made = Opportunity.objects.create(stage="prospecting", **json.loads(request.body))
    return JsonResponse(model_to_dict(made), status=201)


def write(request: HttpRequest, pk: int) -> JsonResponse:
    found = Opportunity.objects.get(pk=pk)
    for name, value in json.loads(request.body).items():
        setattr(found, name, value)
    found.version += 1
    found.save()
    return JsonResponse(model_to_dict(found))


def total(request: HttpRequest) -> JsonResponse:
    groups = Opportunity.objects.filter(deleted_at=None).values("stage").annotate(n=Count("id"), s=Sum("amount"))
    return JsonResponse({"data": list(groups)})


def suggest(request: HttpRequest) -> JsonResponse:
    found = Opportunity.objects.filter(deleted_at=None, name__startswith=request.GET["q"]).order_by("name")[:10]
    return JsonResponse({"data": [{"id": each.pk, "label": each.name} for each in found]})


urlpatterns = [
    path("read/<int:pk>", read),
    path("create", create),
    path("write/<int:pk>", write),
    path("total", total),
    path("suggest", suggest),
]


def main() -> None:
    client, numbers, spread = Client(), itertools.count(1), itertools.cycle(range(1, records, 97))

    def send(address: str, values: dict[str, Any]) -> None:
        answer = client.post(address, json.dumps(values), content_type="application/json")
        assert answer.status_code in (200, 201), answer.content

    works = {
        "read": lambda: client.get(f"/read/{next(spread)}"),
        "create": lambda: send("/create", {"name": f"New {next(numbers)}", "organization": 7, "amount": "1200"}),
        "write": lambda: send(
            f"/write/{next(spread)}",
            {"amount": str(next(numbers)), "next_step": "Call", "engage_date": "2024-12-01"},
        ),
        "sum": lambda: client.get("/total"),
        "autocomplete": lambda: client.get("/suggest?q=copper"),
    }
    taken: dict[str, list[float]] = {name: [] for name in works}
    for round_ in range(rounds + 3):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            if round_ >= 3:
                taken[name].append((time.perf_counter() - started) * 1000)
    print(json.dumps({name: sorted(values)[len(values) // 2] for name, values in taken.items()}))


main()
