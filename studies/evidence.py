"""From a study's facts to what readers see: certainty, limits, chips, sentences. Pure: facts in, words out.

The rules are published on the site under "How we rate evidence".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .content import Count, Fact, StudyContent

NOT_REPORTED = "The report does not say {what}."
NOT_CONFIRMED = "We have not confirmed {what} yet."

DESIGN_WORDS = {
    "randomised": "Groups formed by chance",
    "controlled": "Compared, not by chance",
    "historical": "Compared with past records",
    "single arm": "One group, everyone treated",
    "case": "Case report",
    "observational": "Observed, not assigned",
    "review": "Review of studies",
    "laboratory": "Animals or laboratory",
}

MASKING_WORDS = {
    "none": "Everyone knew who got it",
    "single": "Single-blind",
    "double": "Double-blind",
    "triple": "Triple-blind",
    "quadruple": "Quadruple-blind",
}

CERTAINTY_VERBS = {"high": "does", "moderate": "probably", "low": "may", "very low": "we do not know"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    icon: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """How sure the study lets us be, with the steps that led there; ``level`` is empty where none is given."""

    level: str
    steps: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"Certainty: {self.level}" if self.level else ""


LEVELS = ("very low", "low", "moderate", "high")


def certainty(study: StudyContent) -> Certainty:
    """By the published rule, or as a person lowered or raised it, which is said with its reason (EV-13)."""
    derived = certainty_by_rule(study)
    if not study.judged or not study.has_results or study.judged.level == derived.level or not derived.level:
        return derived
    way = "raised" if is_raised(study) else "lowered"
    because = f": {study.judged.because.rstrip('.')}" if study.judged.because else ""
    return Certainty(
        level=study.judged.level, steps=(*derived.steps, f"{way} to {study.judged.level} by a person{because}")
    )


def is_raised(study: StudyContent) -> bool:
    """Whether a person gave the study more certainty than the rule does."""
    derived = certainty_by_rule(study).level
    return bool(study.judged and derived and LEVELS.index(study.judged.level) > LEVELS.index(derived))


def certainty_by_rule(study: StudyContent) -> Certainty:
    """The published rule: design 0 to 4, less 1 under 30 people, less 1 for past records; one small group: very low."""
    if not study.design:
        return Certainty(level="", steps=("nobody has said yet how the study was done",))
    if study.design == "laboratory":
        return Certainty(level="", steps=("animals or laboratory: no certainty about people",))
    if study.design == "review":
        return Certainty(level="", steps=("a review of other studies: each of these is rated on its own",))
    if not study.has_results:
        return Certainty(level="very low", steps=("no results have been published yet",))
    points, step = _design_points(study)
    steps = [step]
    people = study.people or 0
    if people < 30:
        points -= 1
        steps.append(f"{counted(people)}, under 30: minus 1" if people else "number of people unknown: minus 1")
    if study.design == "historical":
        points -= 1
        steps.append("compared with past records: minus 1")
    if study.design == "single arm" and people < 20:
        return Certainty(level="very low", steps=(*steps, "one group, under 20 people: very low"))
    return Certainty(level={4: "high", 3: "moderate", 2: "low"}.get(points, "very low"), steps=tuple(steps))


def _design_points(study: StudyContent) -> tuple[int, str]:
    blinded = study.masking not in {None, "none"}
    if study.design == "randomised":
        return (4, "blinded and randomized: 4") if blinded else (3, "randomized, not blinded: 3")
    if study.design in {"controlled", "historical"}:
        return 2, "compared with another group: 2"
    if study.design == "case":
        return 0, "case report: 0"
    return 1, "one group: 1"


def rare_harm(people: int) -> int:
    """The rule of three, exactly: harms rarer than about 1 in this many could have been missed in ``people``."""
    return math.floor(1 / (1 - math.pow(0.05, 1 / people)))


def limits(study: StudyContent) -> tuple[str, ...]:
    """The limit sentences that follow from the facts (PAGE-62), in a fixed order."""
    people = study.people or 0
    in_people = study.design != "laboratory"
    found = [
        (not in_people, "This work was done in animals or in a laboratory, not in people."),
        (
            not study.has_results,
            "No results have been published yet. A news story is not a published study.",
        ),
        (
            study.phase.startswith("1"),
            "This was an early test. Early tests mainly check safety. "
            "They are too small to show that a treatment works.",
        ),
        (
            study.design == "single arm",
            "Everyone got the treatment. There was no comparison group, "
            "so we cannot tell if changes came from the treatment.",
        ),
        (
            study.design == "historical",
            "People in the study were compared with records of other patients. "
            "No one was put in a group by chance, so the groups may have differed from the start.",
        ),
        (
            study.design == "controlled",
            "Another group was followed at the same time, but chance did not decide who got what. "
            "The groups may have differed from the start.",
        ),
        (
            study.masking == "none" and study.has_results,
            "Everyone knew who got the treatment. That can sway what people report.",
        ),
        (people > 0 and study.has_results and in_people and study.design != "review", _people_limit(people)),
        (study.not_significant, "Chance alone could explain this difference."),
        (
            bool(study.surrogate),
            f"The study measured {study.surrogate}. It did not measure how people felt, what they could do, "
            "or how long they lived.",
        ),
        (study.one_centre, "Only one hospital ran the study. Other places may see other results."),
        (study.seller_paid, "The company that makes the product paid for the study."),
        (study.is_preprint, "Other scientists have not yet checked this report."),
        (
            bool(study.stopped_because),
            f"The study was stopped early. Reason given: {study.stopped_because.rstrip('.')}.",
        ),
    ]
    return tuple(sentence for holds, sentence in found if holds)


def _people_limit(people: int) -> str:
    """Empty for nobody; up to four people are too few for the rule of three to say anything."""
    if people < 5:
        return f"Only {counted(people)} took part. Even common harms could have been missed." if people else ""
    only = "Only " if people < 50 else ""
    missed = f"Harms rarer than about 1 in {rare_harm(people)} people could have been missed."
    return f"{only}{people} people took part. {missed}"


def counted(people: int) -> str:
    return "1 person" if people == 1 else f"{people} people"


def people_words(study: StudyContent) -> str:
    if study.enrolled_is_planned:
        return f"{counted(study.enrolled.people)} planned" if study.enrolled.people else "number planned not confirmed"
    return counted(study.people) if study.people else "number of people not confirmed"


def chips(study: StudyContent) -> tuple[Chip, ...]:
    """The small row of design words, each an icon and its word."""
    found = [
        Chip(icon="phase", word=f"Phase {study.phase}") if study.phase else None,
        Chip(icon="people", word=people_words(study)),
        Chip(icon="comparison", word=DESIGN_WORDS[study.design]) if study.design else None,
        Chip(icon="blinding", word=MASKING_WORDS[study.masking]) if study.masking else None,
        Chip(icon="preprint", word="Preprint, not peer reviewed") if study.is_preprint else None,
        None if study.has_results else Chip(icon="registered", word="Registered, no results yet"),
    ]
    return tuple(chip for chip in found if chip)


def short_line(study: StudyContent) -> str:
    """The derived line such as "Early and small: 5 people, no comparison group." (EVD-73)."""
    early = study.phase.startswith("1") or study.phase in {"2", "2a"}
    small = study.people is not None and study.people < 50
    head = {(True, True): "Early and small", (True, False): "Early", (False, True): "Small"}.get((early, small), "")
    group = {
        "single arm": "no comparison group",
        "historical": "compared with past records",
        "randomised": "groups formed by chance",
        "controlled": "compared, but not by chance",
    }.get(study.design, "")
    tail = ", ".join(filter(None, (people_words(study), group)))
    return f"{head}: {tail}." if head else f"{tail[:1].upper()}{tail[1:]}."


def fact_words(fact: Fact, what: str) -> str:
    """A fact in words; what is not known is said as that (PAGE-62)."""
    if fact.known == "stated":
        return fact.text
    return (NOT_REPORTED if fact.known == "not reported" else NOT_CONFIRMED).format(what=what)


def count_words(count: Count, what: str) -> str:
    """``11 of 18 people``, with its note; what is not known is said as that."""
    if count.known != "stated":
        return (NOT_REPORTED if count.known == "not reported" else NOT_CONFIRMED).format(what=what)
    if count.people is None:
        return count.note
    number = f"{count.people} of {counted(count.of)}" if count.of else counted(count.people)
    return f"{number}. {count.note}" if count.note else f"{number}."


def outcome_sentence(study: StudyContent) -> str:
    """Every group with its count and the denominator: benefit never without the worse side (EVD-71)."""
    if not study.has_results:
        return "No results have been published yet."
    if study.outcome_groups:
        of = study.outcome_of or sum(group.people for group in study.outcome_groups)
        parts = ", ".join(f"{group.people} {group.label}" for group in study.outcome_groups)
        return f"Of {counted(of)}: {parts}."
    return fact_words(study.outcome, "the main result")


def harms_sentence(study: StudyContent) -> str:
    if not study.has_results:
        return "Harms are not known: no results have been published yet."
    deaths = count_words(study.deaths, "how many people died")
    serious = count_words(study.serious_harms, "how many people had serious harms")
    lead = f"Deaths: {deaths}" if study.deaths.known == "stated" else deaths
    tail = f"Serious harms: {serious}" if study.serious_harms.known == "stated" else serious
    return f"{lead} {tail}"


def facts_box(study: StudyContent) -> tuple[tuple[str, str, str], ...]:
    """Rows of the facts box: term, words, tone (``unknown`` or empty). An empty row cannot occur (PAGE-31)."""
    enrolled = "People planned" if study.enrolled_is_planned else "People enrolled"
    counts = (
        (enrolled, study.enrolled, "how many people took part"),
        ("People analyzed", study.analysed, "how many people were analyzed"),
    )
    facts = (
        ("Compared with", study.comparator, "what it was compared with"),
        ("How chance was used", study.randomised, "whether chance decided who got what"),
        ("Who knew", study.blinding, "who knew which treatment was given"),
        ("Where", study.where, "where the study took place"),
        ("How it was given", study.how_given, "how the treatment was given"),
        ("How long followed", study.follow_up, "how long people were followed"),
    )
    harms = (
        ("Deaths", study.deaths, "how many people died"),
        ("Serious harms", study.serious_harms, "how many people had serious harms"),
    )
    rows = [(term, count_words(count, what), _tone(count)) for term, count, what in counts]
    rows += [(term, fact_words(fact, what), _tone(fact)) for term, fact, what in facts]
    rows.append(("Main result", outcome_sentence(study), ""))
    rows += [(term, count_words(count, what), _tone(count)) for term, count, what in harms]
    rows.append(
        ("Other harms and worse outcomes", fact_words(study.other_harms, "other harms"), _tone(study.other_harms))
    )
    rows.append(("Who paid", fact_words(study.funder, "who paid for the study"), _tone(study.funder)))
    rows += [(registration.registry, registration.number, "") for registration in study.registrations]
    if study.product_status:
        rows.append(("The product since then", study.product_status, ""))
    return tuple(rows)


def _tone(value: Fact | Count) -> str:
    return "" if value.known == "stated" else "unknown"


def product_words(study: StudyContent) -> str:
    """Whether this is what the clinic offers (PAGE-33)."""
    return {
        "no": "This clinic does not offer this treatment.",
        "other cells": "The cells in this study are not the cells this clinic offers.",
        "yes": "This clinic sells the treatment this page is about. It earns money when people choose it.",
    }[study.offered]
