from __future__ import annotations

from studies.models import Condition, Intervention, Reference

from .numbers import Numbers

_numbers = Numbers()


def make_condition(**fields: object) -> Condition:
    number = next(_numbers)
    values = {
        "slug": f"condition-{number}",
        "name": f"Amyotrophic lateral sclerosis {number}",
        "short_name": "ALS",
        "other_names": "MND\nLou Gehrig's disease",
        "codes": "ICD-10-CM G12.21",
        "specialist": "neurologist",
    }
    condition = Condition(**{**values, **fields})
    condition.full_clean()
    condition.save()
    return condition


def make_intervention(**fields: object) -> Intervention:
    number = next(_numbers)
    intervention = Intervention(**{"slug": f"cells-{number}", "name": f"Stem cells {number}", **fields})
    intervention.full_clean()
    intervention.save()
    return intervention


def make_reference(**fields: object) -> Reference:
    number = next(_numbers)
    values = {
        "title": f"Cells in people with ALS: trial {number}",
        "authors": [["Sample", "Maria"], ["Example", "Ann B."]],
        "journal": "Journal of Examples",
        "year": 2020,
        "volume": "16",
        "pages": "922-932",
        "doi": f"10.1000/example.{number}",
        "verdict": Reference.Verdict.VERIFIED,
    }
    reference = Reference(**{**values, **fields})
    reference.full_clean()
    reference.save()
    return reference
