"""What a record proposes for a study page, each value with the words of the record it comes from (EVD-18, pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from .models.study import Study, StudyFact
from .sources.base import StudyRecord, TrialFacts
from .sources.words import date_in
from .trials import status_words

Design, Kind = Study.Design, StudyFact.Kind
FACT, REGISTRATION = "fact:", "registration:"
LONGEST_TEXT, LONGEST_SAYS = 400, 300

_NO_STUDY = {
    "editorial": "an editorial",
    "comment": "a comment",
    "letter": "a letter",
    "news": "a news item",
    "newspaper article": "a news item",
    "peer-review": "a review of a paper",
    "published erratum": "a notice about another paper",
    "expression of concern": "a notice about another paper",
    "retraction of publication": "a notice about another paper",
    "retraction notice": "a notice about another paper",
    "biography": "a biography",
    "interview": "an interview",
    "guideline": "a guideline",
    "practice guideline": "a guideline",
}
_NO_STUDY_KINDS = {
    "news": "a news item", "web": "a web page", "book": "a book", "peer-review": "a review of a paper",
    "dataset": "a data set",
}  # fmt: skip
_DESIGNS = (
    (re.compile(r"veterinary", re.IGNORECASE), Design.LABORATORY),
    (re.compile(r"^(?:systematic review|meta-analysis|network meta-analysis)$", re.IGNORECASE), Design.REVIEW),
    (re.compile(r"^(?:randomized controlled trial|equivalence trial)$", re.IGNORECASE), Design.RANDOMISED),
    (re.compile(r"^controlled clinical trial$", re.IGNORECASE), Design.CONTROLLED),
    (re.compile(r"^case reports?$", re.IGNORECASE), Design.CASE),
    (re.compile(r"^observational study$", re.IGNORECASE), Design.OBSERVATIONAL),
)
_PHASES = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "1": "1", "2": "2", "3": "3", "4": "4"}
_STOPPED = frozenset({"TERMINATED", "WITHDRAWN", "SUSPENDED"})
_MASKED = {
    "PARTICIPANT": "the people treated",
    "CARE_PROVIDER": "those who treated them",
    "INVESTIGATOR": "the researchers",
    "OUTCOMES_ASSESSOR": "those who judged the result",
}
_COMPARED = {
    "PLACEBO_COMPARATOR": "Placebo",
    "SHAM_COMPARATOR": "Sham treatment",
    "ACTIVE_COMPARATOR": "Another treatment",
    "NO_INTERVENTION": "No treatment",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """One value for one place of the study: a column, ``fact:enrolled``, or ``registration:NCT…``."""

    place: str
    value: Any
    says: str
    """The record's own words for it."""


def why_no_study(record: StudyRecord) -> str:
    """What the record is instead of a study, in words; empty for what may be one."""
    if record.is_notice:
        return "a notice about another paper"
    if record.type in _NO_STUDY_KINDS:
        return _NO_STUDY_KINDS[record.type]
    types = [one.casefold() for one in record.pub_types]
    named = next((_NO_STUDY[one] for one in types if one in _NO_STUDY), "")
    if not named and "review" in types and not _design_of_paper(record):
        return "a review that does not say how its studies were chosen"
    return named


def propose(record: StudyRecord) -> list[Proposed]:
    """Every value that the record states; none for what is no study."""
    if why_no_study(record):
        return []
    values = [*_named(record), *(_from_trial(record, record.trial) if record.trial else _from_paper(record))]
    return [replace(one, says=one.says[:LONGEST_SAYS]) for one in values if one.value not in ("", None)]


def _named(record: StudyRecord) -> Iterator[Proposed]:
    """What every record has: title, and where it appeared."""
    yield Proposed(place="official_title", value=record.title[:600], says=record.title)
    if record.trial:
        yield Proposed(place="venue", value=record.trial.sponsor[:200], says=f"Sponsor: {record.trial.sponsor}")
        return
    yield Proposed(place="venue", value=record.journal[:200], says=f"Journal: {record.journal}")


def _from_paper(record: StudyRecord) -> Iterator[Proposed]:
    said = f"Publication types: {', '.join(record.pub_types)}"
    yield Proposed(place="design", value=_design_of_paper(record), says=said)
    yield Proposed(place="phase", value=_phase_of_paper(record.pub_types), says=said)
    if record.type == "preprint":
        yield Proposed(place="is_preprint", value=True, says="Posted as a preprint")
    if any("protocol" in one.casefold() for one in record.pub_types):
        yield Proposed(place="has_results", value=False, says=said)
    if record.people is not None:
        yield _people(record.people, "Stated with the record")
    if record.grants:
        money = "; ".join(record.grants)
        yield _fact(Kind.FUNDER, f"Grants named in the record: {money}", money)
    for registry, number in [("ClinicalTrials.gov", nct) for nct in record.nct] or list(record.trial_ids):
        yield Proposed(
            place=f"{REGISTRATION}{number}",
            value={"registry": registry, "title": "", "status": "", "url": _address(registry, number)},
            says=f"Registration named in the record: {number}",
        )


def _design_of_paper(record: StudyRecord) -> str:
    found = (design for pattern, design in _DESIGNS for one in record.pub_types if pattern.search(one))
    return next((design.value for design in found), "")


def _phase_of_paper(types: Iterable[str]) -> str:
    named = (re.fullmatch(r"clinical trial,? phase (i{1,3}|iv|[1-4])", one.casefold()) for one in types)
    return "/".join(sorted({_PHASES[match[1]] for match in named if match}))


def _from_trial(record: StudyRecord, trial: TrialFacts) -> Iterator[Proposed]:
    yield from _how_it_is_done(trial)
    yield Proposed(
        place="cells",
        value="; ".join(trial.interventions)[:200],
        says=f"Interventions: {'; '.join(trial.interventions)}",
    )
    if trial.enrollment is not None:
        kind = {"ESTIMATED": "planned", "ACTUAL": "reached"}.get(trial.enrollment_type, "not said whether planned")
        said = f"Enrollment: {trial.enrollment} ({kind})"
        yield _people(trial.enrollment, said)
        yield Proposed(place="enrolled_is_planned", value=trial.enrollment_type != "ACTUAL", says=said)
    yield _fact(Kind.WHERE, ", ".join(trial.locations), f"Locations: {', '.join(trial.locations)}")
    times = "; ".join(dict.fromkeys(time for _, time in trial.primary_outcomes if time))
    yield _fact(Kind.FOLLOW_UP, times, f"Time frame of the primary outcomes: {times}")
    yield _outcomes(trial)
    paid = "; ".join(filter(None, (trial.sponsor, *trial.collaborators)))
    yield _fact(Kind.FUNDER, f"Sponsor named in the registration: {paid}" if paid else "", f"Sponsor: {paid}")
    yield Proposed(place="has_results", value=trial.has_results, says=f"Results posted: {_posted(trial)}")
    if trial.status in _STOPPED:
        yield Proposed(
            place="stopped_because", value=trial.why_stopped[:200],
            says=f"Status: {status_words(trial)}. Why: {trial.why_stopped}",
        )  # fmt: skip
    yield from _harms(trial)
    for number in record.nct:
        value = {
            "registry": record.journal, "title": record.title[:400], "status": status_words(trial), "url": record.url,
            "started_in": date_in(trial.start).year,
        }  # fmt: skip
        said = f"Status: {trial.status}; start: {trial.start or 'not given'}"
        yield Proposed(place=f"{REGISTRATION}{number}", value=value, says=said)


def _posted(trial: TrialFacts) -> str:
    return trial.results_posted or "yes" if trial.has_results else "no"


def _how_it_is_done(trial: TrialFacts) -> Iterator[Proposed]:
    asked = (trial.study_type, trial.allocation, trial.intervention_model, trial.observational_model)
    said = f"Design: {', '.join(filter(None, asked))}"
    yield Proposed(place="design", value=_design_of_trial(trial), says=said)
    phases = [phase.removeprefix("PHASE") for phase in trial.phases if re.fullmatch(r"PHASE[1-4]", phase)]
    early = ["early 1"] if "EARLY_PHASE1" in trial.phases else []
    yield Proposed(place="phase", value="/".join((*early, *phases)), says=f"Phases: {', '.join(trial.phases)}")
    masking = trial.masking.lower() if trial.masking.lower() in Study.Masking.values else ""
    yield Proposed(place="masking", value=masking, says=f"Masking: {trial.masking}")
    yield _fact(Kind.BLINDING, _who_knew(trial), f"Masking: {', '.join((trial.masking, *trial.who_masked))}")
    if trial.allocation == "RANDOMIZED":
        yield _fact(Kind.RANDOMISED, "People were assigned to their group by chance", "Allocation: RANDOMIZED")
    elif trial.allocation == "NON_RANDOMIZED":
        yield _fact(Kind.RANDOMISED, "Chance was not used", "Allocation: NON_RANDOMIZED")
    compared = [
        f"{_COMPARED[kind]}: {label}" if label else _COMPARED[kind] for label, kind in trial.arms if kind in _COMPARED
    ]
    yield _fact(Kind.COMPARATOR, "; ".join(compared), f"Arms: {'; '.join(label for label, _ in trial.arms)}")


def _design_of_trial(trial: TrialFacts) -> str:
    """What the registry says for certain; a trial whose groups are not described is left open."""
    if trial.study_type == "OBSERVATIONAL":
        return Design.OBSERVATIONAL.value
    if trial.allocation == "RANDOMIZED":
        return Design.RANDOMISED.value
    if trial.allocation == "NON_RANDOMIZED":
        return Design.CONTROLLED.value
    return Design.SINGLE_ARM.value if trial.intervention_model == "SINGLE_GROUP" else ""


def _who_knew(trial: TrialFacts) -> str:
    if trial.masking == "NONE":
        return "Everyone knew"
    kept = [_MASKED[one] for one in trial.who_masked if one in _MASKED]
    return f"It was kept from {' and '.join(filter(None, (', '.join(kept[:-1]), kept[-1])))}" if kept else ""


def _outcomes(trial: TrialFacts) -> Proposed:
    """What is to be measured is no result: it goes to the text, never to "Main result"."""
    told = [f"{measure} ({time})" if time else measure for measure, time in trial.primary_outcomes if measure]
    items = "".join(f"<li>{escape(one, quote=False)}</li>" for one in told[:10])
    html = f"<p>The registration names as main outcome:</p><ul>{items}</ul>" if told else ""
    return Proposed(place="methods", value=html, says=f"Primary outcomes: {'; '.join(told)}")


def _harms(trial: TrialFacts) -> Iterator[Proposed]:
    """Deaths and serious harms with their denominators, the sum and each group; nothing where it is silent."""
    counted = {
        Kind.DEATHS: [(one.arm, one.deaths, one.deaths_of) for one in trial.harms],
        Kind.SERIOUS_HARMS: [(one.arm, one.serious, one.serious_of) for one in trial.harms],
    }
    for kind, groups in counted.items():
        if not groups or any(had is None or of is None or had > of for _, had, of in groups):
            continue
        said = "; ".join(f"{arm}: {had} of {of}" for arm, had, of in groups)
        people, of = sum(had or 0 for _, had, _ in groups), sum(all_ or 0 for _, _, all_ in groups)
        value = {"people": people, "of": of, "text": said[:LONGEST_TEXT]}
        yield Proposed(place=f"{FACT}{kind}", value=value, says=f"Adverse events: {said}")


def _people(number: int, said: str) -> Proposed:
    return Proposed(place=f"{FACT}{Kind.ENROLLED}", value={"people": number, "of": None, "text": ""}, says=said)


def _fact(kind: StudyFact.Kind, text: str, said: str) -> Proposed:
    value = {"people": None, "of": None, "text": text[:LONGEST_TEXT]} if text else None
    return Proposed(place=f"{FACT}{kind}", value=value, says=said)


def _address(registry: str, number: str) -> str:
    return f"https://clinicaltrials.gov/study/{number}" if registry == "ClinicalTrials.gov" else ""
