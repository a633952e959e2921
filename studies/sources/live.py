"""The registries as this installation is configured to ask them, one client for each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.conf import settings

from studies.pacing import SharedPace

from .clinicaltrials import ClinicalTrials
from .crossref import Crossref
from .http import Client, Etiquette
from .pubmed import PmcIds, PubMed

VERSION = "0.1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    crossref: Crossref
    pubmed: PubMed
    pmc: PmcIds
    trials: ClinicalTrials


@cache
def sources() -> Sources:
    """The sources of this process; only these five bases are ever asked."""
    etiquette = Etiquette(
        contact=settings.EVIDENCE_CONTACT_EMAIL,
        site=settings.SITE_URL,
        version=VERSION,
        ncbi_key=settings.NCBI_API_KEY,
    )

    def client(name: str, base: str) -> Client:
        return Client(base, etiquette=etiquette, enabled=settings.EVIDENCE_NETWORK, pace=SharedPace(name))

    return Sources(
        crossref=Crossref(client(Crossref.name, settings.CROSSREF_URL)),
        pubmed=PubMed(client(PubMed.name, settings.EUTILS_URL)),
        pmc=PmcIds(client(PubMed.name, settings.IDCONV_URL)),
        trials=ClinicalTrials(client(ClinicalTrials.name, settings.CTGOV_URL)),
    )


@cache
def retraction_watch_list() -> Client:
    """The client of the Retraction Watch list: one file at one address, up to 200 MB."""
    etiquette = Etiquette(contact=settings.EVIDENCE_CONTACT_EMAIL, site=settings.SITE_URL, version=VERSION)
    return Client(
        settings.RETRACTION_WATCH_URL,
        etiquette=etiquette,
        enabled=settings.EVIDENCE_NETWORK,
        pace=SharedPace("Retraction Watch"),
        max_bytes=200 * 1024 * 1024,
    )
