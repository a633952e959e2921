"""What the content checks cost: the ALS guide of the example site, and 60 kB without a full stop."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

ROUNDS = 5


def checks() -> None:
    """CPU of this process, nothing kept from the round before; marks: 0.3 s for a page, 2 s for a text without end."""
    from articles.models import Article
    from stemsite.checks import check, check_blocks, packaged
    from stemsite.publishing.families import content_of, family_of

    lexicon = packaged()
    guide = Article.objects.get(slug="als")
    said = family_of(guide).says(content_of(guide, guide.version_for_readers()))
    words = sum(len(block.text.split()) for block in said.blocks)
    page = cpu(lambda: check_blocks(said.blocks, said.scope, lexicon=lexicon, glossary=said.glossary))
    endless = ("our stem cells and your disease help people with ALS no " * 1200)[:60_000]
    long = cpu(lambda: check(endless, "article", lexicon=lexicon))
    print(
        f"\ncontent checks: {page * 1000:.0f} ms of CPU for {words:,} words (at most 300); "
        f"{long * 1000:.0f} ms for 60 kB without a full stop (at most 2,000)"
    )


def cpu(call: Callable[[], object]) -> float:
    from stemsite.checks.claims import _in_piece

    spent = []
    for _ in range(ROUNDS):
        _in_piece.cache_clear()
        began = time.process_time()
        call()
        spent.append(time.process_time() - began)
    return statistics.median(spent)
