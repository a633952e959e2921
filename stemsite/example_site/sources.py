"""What the sample pages cite, and the conditions, treatments and topics they are about.

Bibliographic facts only, from the records. What could not be confirmed is left empty and named in the note for
staff. Those behind the five studies are held against the facts bundled in ``records.json``; nothing here was compared
with a live registry, and every other reference says "not checked".
"""

from __future__ import annotations

from typing import Any

from articles.models import Topic
from studies.models import Condition, Intervention, Reference

from .records import load_records

Kind = Reference.Kind
Status = Intervention.Status

FDA = [["US Food and Drug Administration"]]

REFERENCES: dict[str, dict[str, Any]] = {
    "regals": {
        "kind": Kind.REGISTRATION,
        "title": "Regulatory T Cells for Amyotrophic Lateral Sclerosis",
        "registry": "ClinicalTrials.gov",
        "registry_id": "NCT05695521",
        "url": "https://clinicaltrials.gov/study/NCT05695521",
        "note": "No paper with results was found. The day of the last update was not confirmed.",
    },
    "yamashita2023": {
        "title": (
            "Safety and Clinical Effects of a Muse Cell-Based Product in Patients With Amyotrophic Lateral Sclerosis: "
            "Results of a Phase 2 Clinical Trial"
        ),
        "authors": [
            ["Yamashita", "Toru"], ["Nakano", "Yumiko"], ["Sasaki", "Ryo"], ["Tadokoro", "Koh"], ["Omote", "Yoshio"],
            ["Yunoki", "Taijun"], ["Kawahara", "Yuko"], ["Matsumoto", "Namiko"], ["Taira", "Yuki"],
            ["Matsuoka", "Chika"], ["Morihara", "Ryuta"], ["Abe", "Koji"],
        ],
        "journal": "Cell Transplantation",
        "journal_abbreviation": "Cell Transplant",
        "year": 2023,
        "doi": "10.1177/09636897231214370",
        "pmid": "38014622",
        "pmcid": "PMC10686030",
        "note": "Volume and article number were not confirmed, nor the trial's registration number.",
    },
    "baloh2022": {
        "title": (
            "Transplantation of human neural progenitor cells secreting GDNF into the spinal cord of patients with "
            "ALS: a phase 1/2a trial"
        ),
        "authors": [
            ["Baloh", "Robert H."], ["Johnson", "J. Patrick"], ["Avalos", "Pablo"], ["Allred", "Peggy"],
            ["Svendsen", "Soshana"], ["Gowing", "Genevieve"], ["Roxas", "Kristina"], ["Wu", "Amanda"],
            ["Donahue", "Becky"], ["Osborne", "Sheryl"], ["Lawless", "George"], ["Shelley", "Brandon"],
            ["Wheeler", "Koral"], ["Prina", "Carolyn"], ["Fine", "Dana"], ["Kendra-Romito", "Tami"],
            ["Stokes", "Haniah"], ["Manoukian", "Vicki"], ["Muthukumaran", "Abirami"], ["Garcia", "Leslie"],
            ["Bañuelos", "Maria G."], ["Godoy", "Marlesa"], ["Bresee", "Catherine"], ["Yu", "Hong"],
            ["Drazin", "Doniel"], ["Ross", "Lindsey"], ["Naruse", "Robert"], ["Babu", "Harish"],
            ["Macklin", "Eric A."], ["Vo", "Ashley"], ["Elsayegh", "Ashraf"], ["Tourtellotte", "Warren"],
            ["Maya", "Marcel"], ["Burford", "Matthew"], ["Diaz", "Frank"], ["Patil", "Chirag G."],
            ["Lewis", "Richard A."], ["Svendsen", "Clive N."],
        ],
        "journal": "Nature Medicine",
        "journal_abbreviation": "Nat Med",
        "year": 2022,
        "month": 9,
        "volume": "28",
        "issue": "9",
        "pages": "1813-1822",
        "doi": "10.1038/s41591-022-01956-3",
        "pmid": "36064599",
    },
    "barczewska2020": {
        "title": "Umbilical Cord Mesenchymal Stem Cells in Amyotrophic Lateral Sclerosis: an Original Study",
        "authors": [
            ["Barczewska", "Monika"], ["Maksymowicz", "Stanisław"], ["Zdolińska-Malinowska", "Izabela"],
            ["Siwek", "Tomasz"], ["Grudniak", "Mariusz"],
        ],
        "journal": "Stem Cell Reviews and Reports",
        "journal_abbreviation": "Stem Cell Rev Rep",
        "year": 2020,
        "doi": "10.1007/s12015-020-10016-7",
        "pmcid": "PMC7456414",
        "note": "Volume, issue, pages, PMID and the order of authors 3 to 5 were not confirmed.",
    },
    "mazzini2019": {
        "title": (
            "Results from Phase I Clinical Trial with Intraspinal Injection of Neural Stem Cells in Amyotrophic "
            "Lateral Sclerosis: A Long-Term Outcome"
        ),
        "authors": [["Mazzini", "Letizia"], ["et al"]],
        "journal": "Stem Cells Translational Medicine",
        "journal_abbreviation": "Stem Cells Transl Med",
        "year": 2019,
        "month": 9,
        "volume": "8",
        "issue": "9",
        "pages": "887-897",
        "doi": "10.1002/sctm.18-0154",
        "pmid": "31104357",
        "note": "Only the first author was confirmed; the others stand as “et al” until the record is checked.",
    },
    "cochrane-cells2019": {
        "title": "Cell-based therapies for amyotrophic lateral sclerosis/motor neuron disease",
        "authors": [["Abdul Wahid", "S. F."], ["Law", "Z. K."], ["Ismail", "N. A."], ["Lai", "N. M."]],
        "journal": "Cochrane Database of Systematic Reviews",
        "journal_abbreviation": "Cochrane Database Syst Rev",
        "year": 2019,
        "issue": "12",
        "article_number": "CD011742",
        "doi": "10.1002/14651858.cd011742.pub3",
    },
    "cochrane-riluzole2012": {
        "title": "Riluzole for amyotrophic lateral sclerosis (ALS)/motor neuron disease (MND)",
        "authors": [["Miller", "R. G."], ["Mitchell", "J. D."], ["Moore", "D. H."]],
        "journal": "Cochrane Database of Systematic Reviews",
        "journal_abbreviation": "Cochrane Database Syst Rev",
        "year": 2012,
        "issue": "3",
        "article_number": "CD001447",
        "doi": "10.1002/14651858.cd001447.pub3",
    },
    "edaravone2017": {
        "title": (
            "Safety and efficacy of edaravone in well defined patients with amyotrophic lateral sclerosis: a "
            "randomised, double-blind, placebo-controlled trial"
        ),
        "authors": [["Writing Group"], ["Edaravone (MCI-186) ALS 19 Study Group"]],
        "journal": "The Lancet Neurology",
        "journal_abbreviation": "Lancet Neurol",
        "year": 2017,
        "month": 7,
        "volume": "16",
        "issue": "7",
        "pages": "505-512",
        "doi": "10.1016/s1474-4422(17)30115-1",
    },
    "abe2014": {
        "title": (
            "Confirmatory double-blind, parallel-group, placebo-controlled study of efficacy and safety of edaravone "
            "(MCI-186) in amyotrophic lateral sclerosis patients"
        ),
        "authors": [
            ["Abe", "Koji"], ["Itoyama", "Yasuto"], ["Sobue", "Gen"], ["Tsuji", "Shoji"], ["Aoki", "Masashi"],
            ["Doyu", "Manabu"], ["Hamada", "Chikuma"], ["Kondo", "Kazuoki"], ["Yoneoka", "Takatomo"],
            ["Akimoto", "Makoto"], ["Yoshino", "Hiide"],
        ],
        "journal": "Amyotrophic Lateral Sclerosis and Frontotemporal Degeneration",
        "journal_abbreviation": "Amyotroph Lateral Scler Frontotemporal Degener",
        "year": 2014,
        "volume": "15",
        "issue": "7-8",
        "pages": "610-617",
        "doi": "10.3109/21678421.2014.959024",
        "pmid": "25286015",
        "pmcid": "PMC4266079",
    },
    "bourke2006": {
        "title": (
            "Effects of non-invasive ventilation on survival and quality of life in patients with amyotrophic lateral "
            "sclerosis: a randomised controlled trial"
        ),
        "authors": [["Bourke", "Stephen C."], ["et al"]],
        "journal": "The Lancet Neurology",
        "journal_abbreviation": "Lancet Neurol",
        "year": 2006,
        "month": 2,
        "volume": "5",
        "issue": "2",
        "pages": "140-147",
        "doi": "10.1016/s1474-4422(05)70326-4",
        "note": "The full list of authors was not confirmed.",
    },
    "aan2009": {
        "title": (
            "Practice Parameter update: The care of the patient with amyotrophic lateral sclerosis: Drug, "
            "nutritional, and respiratory therapies (an evidence-based review)"
        ),
        "authors": [
            ["Miller", "R. G."], ["Jackson", "C. E."], ["Kasarskis", "E. J."], ["England", "J. D."],
            ["Forshew", "D."], ["Johnston", "W."], ["Kalra", "S."], ["Katz", "J. S."], ["Mitsumoto", "H."],
            ["Rosenfeld", "J."], ["Shoesmith", "C."], ["Strong", "M. J."], ["Woolley", "S. C."],
        ],
        "journal": "Neurology",
        "journal_abbreviation": "Neurology",
        "year": 2009,
        "pmcid": "PMC2764727",
        "note": "Volume, pages, DOI and PMID were not confirmed.",
    },
    "fda-patients2021": {
        "kind": Kind.WEB,
        "title": "Important Patient and Consumer Information About Regenerative Medicine Therapies",
        "authors": FDA,
        "year": 2021,
        "month": 6,
        "day": 3,
        "url": (
            "https://www.fda.gov/vaccines-blood-biologics/consumers-biologics/"
            "important-patient-and-consumer-information-about-regenerative-medicine-therapies"
        ),
    },
    "fda-alert2020": {
        "kind": Kind.WEB,
        "title": "Consumer Alert on Regenerative Medicine Products Including Stem Cells and Exosomes",
        "authors": FDA,
        "year": 2020,
        "month": 7,
        "day": 22,
        "url": (
            "https://www.fda.gov/vaccines-blood-biologics/consumers-biologics/"
            "consumer-alert-regenerative-medicine-products-including-stem-cells-and-exosomes"
        ),
    },
    "fda-tofersen2023": {
        "kind": Kind.WEB,
        "title": (
            "FDA approves treatment of amyotrophic lateral sclerosis associated with a mutation in the SOD1 gene"
        ),
        "authors": FDA,
        "year": 2023,
        "month": 4,
        "day": 25,
        "url": (
            "https://www.fda.gov/drugs/news-events-human-drugs/"
            "fda-approves-treatment-amyotrophic-lateral-sclerosis-associated-mutation-sod1-gene"
        ),
    },
    "fda-phases": {
        "kind": Kind.WEB,
        "title": "Step 3: Clinical Research",
        "authors": FDA,
        "url": "https://www.fda.gov/patients/drug-development-process/step-3-clinical-research",
        "note": "The page gives no date.",
    },
}  # fmt: skip

CONDITIONS: dict[str, dict[str, str]] = {
    "als": {
        "name": "Amyotrophic lateral sclerosis",
        "short_name": "ALS",
        "other_names": "Lou Gehrig's disease\nMotor neuron disease\nMND",
        "codes": "ICD-10-CM G12.21",
        "specialist": "neurologist",
        "symptoms": "Muscle weakness\nTwitching and cramps\nSlurred speech\nTrouble swallowing\nTrouble breathing",
    },
}

_UNCHECKED = "Taken from the sources named on the page; not checked with the FDA for this example."
INTERVENTIONS: dict[str, dict[str, Any]] = {
    "treg-cells": {
        "name": "Regulatory T cells from donated cord blood (CK0803)",
        "description": "Immune cells that calm other immune cells, grown from donated cord blood.",
        "status": Status.INVESTIGATIONAL,
    },
    "muse-cells": {
        "name": "Muse cells (CL2020)",
        "description": "A type of stem cell that stands stress, from a donor.",
        "status": Status.DISCONTINUED,
        "status_note": "The maker stopped its development in February 2023.",
    },
    "gdnf-progenitor-cells": {
        "name": "Nerve support cells that make GDNF (CNS10-NPC-GDNF)",
        "description": "Young nerve cells with an added gene, so that they make the growth factor GDNF.",
        "status": Status.INVESTIGATIONAL,
    },
    "cord-tissue-cells": {
        "name": "Mesenchymal stem cells from cord tissue (Wharton's jelly)",
        "description": "Cells from the soft tissue of a donated umbilical cord.",
        "status": Status.UNAPPROVED,
    },
    "neural-stem-cells": {
        "name": "Neural stem cells put into the spinal cord",
        "description": "Young nerve cells of human origin, injected during surgery.",
        "status": Status.UNAPPROVED,
    },
    "riluzole": {"name": "Riluzole", "description": "A medicine taken by mouth.", "status": Status.APPROVED},
    "edaravone": {
        "name": "Edaravone",
        "description": "A medicine given into a vein or by mouth.",
        "status": Status.APPROVED,
    },
    "tofersen": {
        "name": "Tofersen",
        "description": "A medicine given into the spinal fluid, for ALS from a change in the SOD1 gene.",
        "status": Status.APPROVED,
    },
}

TOPICS: dict[str, tuple[str, str]] = {
    "reading-studies": ("Reading studies", "How to tell what a study can show, and what it cannot."),
    "deciding": ("Deciding about treatment", "Questions to ask before you say yes, and before you pay."),
}


def load_sources() -> dict[str, int]:
    """The ids of all references by their key; conditions, treatments and topics as well."""
    for slug, fields in CONDITIONS.items():
        Condition.objects.get_or_create(slug=slug, defaults={**fields, "is_sample": True})
    for slug, fields in INTERVENTIONS.items():
        Intervention.objects.get_or_create(slug=slug, defaults={"status_note": _UNCHECKED, **fields, "is_sample": True})
    for slug, (name, introduction) in TOPICS.items():
        Topic.objects.get_or_create(slug=slug, defaults={"name": name, "introduction": introduction, "is_sample": True})
    references = {key: _reference(fields).pk for key, fields in REFERENCES.items()}
    load_records(references)
    return references


def _reference(fields: dict[str, Any]) -> Reference:
    """The reference with the same identifier or address, whoever made it, else a new one."""
    identifier = next(name for name in ("doi", "pmcid", "registry_id", "url") if fields.get(name))
    known = Reference.objects.citable().filter(**{identifier: fields[identifier]}).first()
    if known is not None:
        return known
    reference = Reference(**fields, is_sample=True)
    reference.full_clean()
    reference.save()
    return reference
