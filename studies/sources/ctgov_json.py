"""ClinicalTrials.gov v2 studies as JSON: whole modules are missing from partial answers (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from studies.identifiers import normalise, registry_of

from . import words
from .base import Author, HarmsOfArm, PartialDate, Relation, StudyRecord, TrialFacts

Module = Mapping[str, Any]


def is_study(plain: object) -> bool:
    return isinstance(plain, Mapping) and isinstance(plain.get("protocolSection"), Mapping)


def record(study: Module) -> StudyRecord:
    """The record of one registration; believed is its own number, never a file's name."""
    protocol = _map(study, "protocolSection")
    identity, status = _map(protocol, "identificationModule"), _map(protocol, "statusModule")
    nct = normalise("trial", _text(identity, "nctId"))
    brief, official = _line(identity, "briefTitle"), _line(identity, "officialTitle")
    first_posted = words.date_in(_text(_map(status, "studyFirstPostDateStruct"), "date"))
    updated = words.date_in(_text(_map(status, "lastUpdatePostDateStruct"), "date"))
    start = words.date_in(_text(_map(status, "startDateStruct"), "date"))
    sponsor = _line(_map(_map(protocol, "sponsorCollaboratorsModule"), "leadSponsor"), "name")
    title = brief or official
    alt = [one for one in (official, _line(identity, "acronym")) if one and one != title]
    return StudyRecord(
        id=f"nct:{nct}" if nct else "",
        source="ClinicalTrials.gov",
        type="registration",
        title=words.without_stop(title),
        title_html=words.without_stop(words.title_markup(title)),
        alt_titles=tuple(alt),
        authors=(Author(literal=sponsor),) if sponsor else (),
        journal="ClinicalTrials.gov",
        years=words.all_years(first_posted, start, updated),
        date=first_posted if first_posted.year else start,
        pub_types=tuple(filter(None, (_text(_map(protocol, "designModule"), "studyType"),))),
        abstract=tuple(("", text) for text in (_line(_map(protocol, "descriptionModule"), "briefSummary"),) if text),
        nct=(nct,) if nct else (),
        trial_ids=tuple(_other_numbers(identity)),
        relations=tuple(_papers(protocol)),
        trial=_facts(study, protocol),
        publisher=sponsor,
        url=f"https://clinicaltrials.gov/study/{nct}" if nct else "",
        problems=() if nct else ("This registration has no number.",),
    )


def _facts(study: Module, protocol: Module) -> TrialFacts:
    status, design = _map(protocol, "statusModule"), _map(protocol, "designModule")
    info, arms = _map(design, "designInfo"), _map(protocol, "armsInterventionsModule")
    masking, enrolled = _map(info, "maskingInfo"), _map(design, "enrollmentInfo")
    sponsors, eligibility = _map(protocol, "sponsorCollaboratorsModule"), _map(protocol, "eligibilityModule")
    completion = _map(status, "completionDateStruct")
    count = enrolled.get("count")
    return TrialFacts(
        status=_text(status, "overallStatus"),
        last_known_status=_text(status, "lastKnownStatus"),
        why_stopped=_line(status, "whyStopped"),
        study_type=_text(design, "studyType"),
        phases=tuple(_texts(design, "phases")),
        allocation=_text(info, "allocation"),
        intervention_model=_text(info, "interventionModel"),
        observational_model=_text(info, "observationalModel"),
        masking=_text(masking, "masking"),
        who_masked=tuple(_texts(masking, "whoMasked")),
        enrollment=count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None,
        enrollment_type=_text(enrolled, "type"),
        sponsor=_line(_map(sponsors, "leadSponsor"), "name"),
        collaborators=tuple(_line(one, "name") for one in _maps(sponsors, "collaborators")),
        conditions=tuple(_texts(_map(protocol, "conditionsModule"), "conditions")),
        interventions=tuple(_line(one, "name") for one in _maps(arms, "interventions")),
        primary_outcomes=tuple(
            (_line(one, "measure"), _line(one, "timeFrame"))
            for one in _maps(_map(protocol, "outcomesModule"), "primaryOutcomes")
        ),
        arms=tuple((_line(one, "label"), _text(one, "type")) for one in _maps(arms, "armGroups")),
        locations=tuple(
            dict.fromkeys(
                _line(one, "country") for one in _maps(_map(protocol, "contactsLocationsModule"), "locations")
            )
        ),
        minimum_age=_text(eligibility, "minimumAge"),
        maximum_age=_text(eligibility, "maximumAge"),
        acronym=_line(_map(protocol, "identificationModule"), "acronym"),
        has_results=study.get("hasResults") is True,
        start=_text(_map(status, "startDateStruct"), "date"),
        completion=_text(completion, "date"),
        completion_type=_text(completion, "type"),
        first_posted=_text(_map(status, "studyFirstPostDateStruct"), "date"),
        last_updated=_text(_map(status, "lastUpdatePostDateStruct"), "date"),
        results_posted=_text(_map(status, "resultsFirstPostDateStruct"), "date"),
        harms=tuple(_harms(study)),
    )


def last_updated(record: StudyRecord) -> PartialDate:
    return words.date_in(record.trial.last_updated) if record.trial else PartialDate()


def _harms(study: Module) -> Iterator[HarmsOfArm]:
    events = _map(_map(study, "resultsSection"), "adverseEventsModule")
    for group in _maps(events, "eventGroups"):
        yield HarmsOfArm(
            arm=_line(group, "title"),
            deaths=_count(group, "deathsNumAffected"),
            deaths_of=_count(group, "deathsNumAtRisk"),
            serious=_count(group, "seriousNumAffected"),
            serious_of=_count(group, "seriousNumAtRisk"),
        )


def _papers(protocol: Module) -> Iterator[Relation]:
    """Papers the registry names: RESULT and DERIVED come from the trial, BACKGROUND does not."""
    for one in _maps(_map(protocol, "referencesModule"), "references"):
        pmid = normalise("pmid", _text(one, "pmid")) or ""
        yield Relation(
            kind=_text(one, "type").lower(), id_type="pmid" if pmid else "", id=pmid, text=_line(one, "citation")
        )


def _other_numbers(identity: Module) -> Iterator[tuple[str, str]]:
    for one in (_map(identity, "orgStudyIdInfo"), *_maps(identity, "secondaryIdInfos")):
        if stated := _line(one, "id"):
            stored = normalise("trial", stated)
            yield (registry_of(stored), stored) if stored else (_text(one, "type") or "sponsor", stated)


def _map(given: Module, key: str) -> Module:
    value = given.get(key)
    return value if isinstance(value, Mapping) else {}


def _maps(given: Module, key: str) -> list[Module]:
    value = given.get(key)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _text(given: Module, key: str) -> str:
    value = given.get(key)
    return value.strip() if isinstance(value, str) else ""


def _line(given: Module, key: str) -> str:
    return words.plain(_text(given, key))


def _texts(given: Module, key: str) -> list[str]:
    value = given.get(key)
    return [words.plain(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _count(given: Module, key: str) -> int | None:
    value = given.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
