"""What the evidence library costs: parsing, verifying, and a run of the monitor over a large library (EVD-91).

Each part runs in a process of its own, so that its memory is its own. Records are made up from a fixed seed.
``python -m tests.benchmarks.evidence`` runs these parts alone, on a database of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import batched
from pathlib import Path
from typing import Any

PARSED, VERIFIED, INDEXED, WATCHED, LISTED = 1_000, 1_000, 20_000, 100_000, 60_000
HIT = 200
_STEMS = (
    *("cell", "stem", "nerve", "spinal", "cord", "growth", "factor", "trial", "phase", "motor", "neuron", "muscle"),
    *("injection", "safety", "outcome", "placebo", "marrow", "graft", "tissue", "marker", "survival", "decline"),
    *("dose", "response", "follow", "cohort", "symptom", "therapy", "disease", "model", "transplant", "immune"),
    *("regulatory", "vector", "protein", "signal", "pathway", "membrane", "receptor", "clinic", "patient", "breath"),
)


def evidence() -> None:
    print(f"\nEvidence (one process each; the machine's load now: {os.getloadavg()[0]:.1f})")
    _measured(f"{PARSED:,} PubMed records parsed", parse)
    _measured(f"{VERIFIED:,} references verified against {INDEXED:,} records", verify_all)
    _measured(f"{WATCHED:,} references stored", fill)
    _measured(f"list of {LISTED:,} notices held against {WATCHED:,} references", run_monitor)


def _measured(name: str, work: Callable[[], str]) -> None:
    """CPU, clock and peak memory over the start, measured in a forked child."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=_child, args=(work, queue))
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(f"{name}: the measured process failed")
    cpu, clock, before, peak, told = queue.get()
    print(
        f"  {name}: {cpu:.2f} s of CPU, {clock:.2f} s by the clock, {peak - before:.0f} MB over {before:.0f} MB; {told}"
    )


def _child(work: Callable[[], str], queue: Any) -> None:
    before = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    began, clock = time.process_time(), time.perf_counter()
    told = work()
    cpu, spent = time.process_time() - began, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    queue.put((cpu, spent, before, max(peak, before), told))


def _numbers(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - made-up records, the same in every run


def _title(numbers: random.Random) -> str:
    words = numbers.sample(_STEMS, 9)
    return f"{' '.join(words).capitalize()} {numbers.randrange(10**6)}"


def parse() -> str:
    from studies.sources.reading import read

    numbers = _numbers(91)
    articles = "".join(_article(90_000_000 + number, numbers) for number in range(PARSED))
    found = read(f"<PubmedArticleSet>{articles}</PubmedArticleSet>".encode())
    if len(found.records) != PARSED:
        raise SystemExit(f"{len(found.records)} records of {PARSED} were read")
    return f"{len(articles) / 1e6:.1f} MB of XML"


def _article(pmid: int, numbers: random.Random) -> str:
    authors = "".join(
        f"<Author><LastName>Family{numbers.randrange(5000)}</LastName><ForeName>Ann B</ForeName></Author>"
        for _ in range(numbers.randrange(1, 12))
    )
    abstract = " ".join(numbers.choices(_STEMS, k=220))
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><Journal><ISSN>0000-0019</ISSN><JournalIssue>"
        f"<Volume>{numbers.randrange(1, 90)}</Volume><Issue>2</Issue><PubDate>"
        f"<Year>{numbers.randrange(1990, 2026)}</Year><Month>May</Month></PubDate></JournalIssue>"
        "<Title>Journal of Examples</Title></Journal>"
        f"<ArticleTitle>{_title(numbers)}.</ArticleTitle><Pagination><MedlinePgn>922-32</MedlinePgn></Pagination>"
        f"<Abstract><AbstractText>{abstract}</AbstractText></Abstract><AuthorList>{authors}</AuthorList>"
        "<PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList></Article>"
        f"</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType='doi'>10.5555/bench.{pmid}</ArticleId>"
        "</ArticleIdList></PubmedData></PubmedArticle>"
    )


def verify_all() -> str:
    from studies.matching.index import RecordIndex
    from studies.sources.base import Author, PartialDate, StudyRecord
    from studies.verification import verify

    numbers = _numbers(92)
    records = [
        StudyRecord(
            id=f"bench:{number}",
            title=_title(numbers),
            authors=(Author(family=f"Family{numbers.randrange(5000)}", given="Ann"),),
            journal="Journal of Examples",
            years=(year := numbers.randrange(1990, 2026),),
            date=PartialDate(year=year),
            volume=str(numbers.randrange(1, 90)),
            pages=f"{number}-{number + 9}",
        )
        for number in range(INDEXED)
    ]
    began = time.process_time()
    index = RecordIndex(records)
    built = time.process_time() - began
    slowest, right = 0.0, 0
    for record in numbers.sample(records, VERIFIED):
        where = f"{record.journal}. {record.year};{record.volume}:{record.pages}"
        text = f"{record.authors[0].family} A. {record.title}. {where}."
        began = time.process_time()
        found = verify(text, index)
        slowest = max(slowest, time.process_time() - began)
        right += found.verdict == "verified" and found.record is not None and found.record.id == record.id
    if right < VERIFIED * 0.99:
        raise SystemExit(f"only {right} of {VERIFIED} true references were verified")
    return f"index built in {built:.2f} s, slowest {slowest * 1000:.0f} ms (at most 50), {right} of {VERIFIED} right"


def fill() -> str:
    """A library of many references; those that the list is about come first."""
    from studies.models import Reference

    numbers = _numbers(93)
    rows = (
        Reference(
            title=_title(numbers),
            authors=[["Family", "Ann"]],
            author_names="Ann Family",
            journal="Journal of Examples",
            year=2020,
            doi=f"10.5555/watched.{number}",
            pmid=str(70_000_000 + number),
        )
        for number in range(WATCHED)
    )
    for part in batched(rows, 5_000, strict=False):
        Reference.objects.bulk_create(part, batch_size=500)
    return "in parts of 5,000"


def _list() -> Iterator[str]:
    yield (
        "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,"
        "RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,"
        "Reason,Paywalled,Notes,\n"
    )
    for number in range(LISTED):
        step = WATCHED // HIT
        name = f"10.5555/watched.{number * step}" if number < HIT else f"10.5555/stranger.{number}"
        yield (
            f'{number},"A title of some length, with a comma",(HSC) Medicine;,An Institute;,Journal,Publisher,Nowhere,'
            f"Family A;Other B;,,Research Article;,6/16/2021 0:00,10.5555/retr.{number},0,5/1/2019 0:00,{name},0,"
            "Retraction,+Error in Data;,No,,\n"
        )


def run_monitor() -> str:
    from studies.monitoring import check_retraction_watch

    run = check_retraction_watch(_list())
    if run.counts["new"] != HIT:
        raise SystemExit(f"{run.counts['new']} notices were found, {HIT} are there")
    return f"{run.counts['new']} new notices recorded (at most 60 s and 200 MB)"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="stemsite-bench-") as folder:
        os.environ.update(STEMSITE_DATA=folder, DJANGO_SETTINGS_MODULE="stemsite.settings", SAMPLES="no")
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("prepare")
        evidence()


if __name__ == "__main__":
    main()
