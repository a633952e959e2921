"""PubMed XML (efetch): only direct children of an element count, for deeper ones describe other papers (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from studies.identifiers import find, normalise, registry_of

from . import words
from .base import Author, Notice, PartialDate, Row, StudyRecord
from .limits import KEPT_ORIGINAL, Watch, too_much
from .safe_xml import all_text, child, child_text, inner, line_of, parse, text_of
from .standing import pubmed_notice, read_standing

ARTICLE, BOOK = "PubmedArticle", "PubmedBookArticle"


def is_pubmed(root: etree._Element) -> bool:
    return root.tag in (
        "PubmedArticleSet",
        ARTICLE,
        BOOK,
        "MedlineCitationSet",
        "PubmedBookArticleSet",
        "MedlineCitation",
    )


def read(data: bytes, watch: Watch) -> Iterator[Row]:
    """One row for each article of the set, in order."""
    yield from read_root(parse(data), watch)


def read_root(root: etree._Element, watch: Watch) -> Iterator[Row]:
    tags = (ARTICLE, BOOK, "MedlineCitation")
    articles = [root] if root.tag in tags else [one for one in root if one.tag in tags]
    for number, article in enumerate(articles, 1):
        watch.record()
        line = line_of(article)
        citation = child(article, "BookDocument" if article.tag == BOOK else "MedlineCitation")
        if article.tag == "MedlineCitation":
            citation = article
        if citation is None or not child_text(citation, "PMID"):
            original = etree.tostring(article, encoding="unicode")[:KEPT_ORIGINAL]
            yield Row(number=number, line=line, problem="This article has no PMID.", original=original)
            continue
        record = _book(article, citation) if article.tag == BOOK else _article(article, citation)
        problem = too_much(record)
        yield Row(number=number, line=line, record=None if problem else record, problem=problem)


def _article(wrapper: etree._Element, citation: etree._Element) -> StudyRecord:
    article = child(citation, "Article")
    data = child(wrapper, "PubmedData")
    journal = child(article, "Journal")
    pmid = normalise("pmid", child_text(citation, "PMID"))
    doi, pmcid = _ids(article, data)
    markup = inner(child(article, "ArticleTitle"))
    title, is_translated = words.translated(words.without_tags(markup))
    vernacular = words.without_stop(words.without_tags(inner(child(article, "VernacularTitle"))))
    authors = tuple(_authors(child(article, "AuthorList")))
    date = _date(child(journal, "JournalIssue/PubDate"))
    online = _article_date(article)
    pub_types = (
        tuple(text_of(one) for one in article.findall("PublicationTypeList/PublicationType"))
        if article is not None
        else ()
    )
    notices = tuple(_notices(citation))
    integrity, is_notice = read_standing(notices, pub_types=pub_types, title=title, own_doi=doi)
    trial_ids = tuple(_trials(article))
    abbreviations = [child_text(journal, "ISOAbbreviation"), child_text(citation, "MedlineJournalInfo/MedlineTA")]
    alt = [vernacular, words.bare_translation(title) if is_translated else ""]
    return StudyRecord(
        id=f"pmid:{pmid}" if pmid else "",
        source="PubMed",
        type=_type(pub_types),
        pmid=pmid,
        doi=doi,
        pmcid=pmcid,
        title=title,
        title_html=words.without_stop(words.title_markup(markup)) if title else "",
        alt_titles=tuple(dict.fromkeys(filter(None, alt))),
        translated=is_translated,
        authors=authors,
        journal=child_text(journal, "Title"),
        journal_abbr=tuple(dict.fromkeys(filter(None, abbreviations))),
        issn=tuple(
            dict.fromkeys(
                filter(None, (child_text(journal, "ISSN"), child_text(citation, "MedlineJournalInfo/ISSNLinking")))
            )
        ),
        years=words.all_years(date, online),
        date=date,
        online_date=online,
        volume=child_text(journal, "JournalIssue/Volume"),
        issue=child_text(journal, "JournalIssue/Issue"),
        pages=_pages(article),
        pub_types=pub_types,
        languages=tuple(text_of(one) for one in article.findall("Language")) if article is not None else (),
        abstract=tuple(_abstract(article)),
        nct=_ncts(trial_ids, article),
        trial_ids=trial_ids,
        grants=tuple(_grants(article)),
        coi=child_text(citation, "CoiStatement"),
        notices=notices,
        integrity=integrity,
        is_notice=is_notice,
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else "",
        problems=tuple(words.mojibake_notes(authors[:200])),
    )


def _ids(article: etree._Element | None, data: etree._Element | None) -> tuple[str | None, str | None]:
    """DOI and PMCID; the lists of cited papers use the same element names and are not looked into."""
    listed = (
        {one.get("IdType"): text_of(one) for one in data.findall("ArticleIdList/ArticleId")} if data is not None else {}
    )
    doi = normalise("doi", listed.get("doi", ""))
    if not doi and article is not None:
        stated = [
            text_of(one)
            for one in article.findall("ELocationID")
            if one.get("EIdType") == "doi" and one.get("ValidYN") != "N"
        ]
        doi = next(filter(None, (normalise("doi", one) for one in stated)), None)
    return doi, normalise("pmcid", listed.get("pmc", ""))


def _authors(authors: etree._Element | None) -> Iterator[Author]:
    for one in authors.findall("Author") if authors is not None else ():
        if one.get("ValidYN") == "N":
            continue
        if group := child_text(one, "CollectiveName"):
            yield Author(literal=group)
            continue
        given = child_text(one, "ForeName") or child_text(one, "Initials")
        author = Author(family=child_text(one, "LastName"), given=given, suffix=child_text(one, "Suffix"))
        if author.family or author.given:
            yield author


def _date(date: etree._Element | None) -> PartialDate:
    if date is None:
        return PartialDate()
    if medline := child_text(date, "MedlineDate"):
        return words.date_in(medline)
    year, season = child_text(date, "Year"), child_text(date, "Season")
    month, day = child_text(date, "Month"), child_text(date, "Day")
    raw = " ".join(filter(None, (year, season or month, day)))
    return words.date_from(year, month, day, raw=raw)


def _article_date(article: etree._Element | None) -> PartialDate:
    dates = article.findall("ArticleDate") if article is not None else []
    if not dates:
        return PartialDate()
    return words.date_from(*(child_text(dates[0], part) for part in ("Year", "Month", "Day")))


def _pages(article: etree._Element | None) -> str:
    if medline := child_text(article, "Pagination/MedlinePgn"):
        return words.pages(medline)
    start, end = child_text(article, "Pagination/StartPage"), child_text(article, "Pagination/EndPage")
    return "-".join(filter(None, (start, end)))


def _abstract(article: etree._Element | None) -> Iterator[tuple[str, str]]:
    for one in article.findall("Abstract/AbstractText") if article is not None else ():
        if text := words.plain(all_text(one)):
            yield one.get("Label") or "", text


def _trials(article: etree._Element | None) -> Iterator[tuple[str, str]]:
    for bank in article.findall("DataBankList/DataBank") if article is not None else ():
        for number in bank.findall("AccessionNumberList/AccessionNumber"):
            stated = text_of(number)
            if stored := normalise("trial", stated):
                yield registry_of(stored) or child_text(bank, "DataBankName"), stored


def _ncts(trial_ids: tuple[tuple[str, str], ...], article: etree._Element | None) -> tuple[str, ...]:
    """Trial numbers of ClinicalTrials.gov: from the data banks, else from the abstract."""
    stated = [number for registry, number in trial_ids if registry == "ClinicalTrials.gov"]
    if not stated:
        abstract = " ".join(text for _, text in _abstract(article))
        stated = [one.value for one in find(abstract) if one.registry == "ClinicalTrials.gov"]
    return tuple(dict.fromkeys(stated))


def _notices(citation: etree._Element) -> Iterator[Notice]:
    for one in citation.findall("CommentsCorrectionsList/CommentsCorrections"):
        source = child_text(one, "RefSource")
        found = {identifier.kind: identifier.value for identifier in find(source)}
        yield pubmed_notice(
            one.get("RefType") or "",
            source=source,
            pmid=normalise("pmid", child_text(one, "PMID")) or found.get("pmid", ""),
            doi=found.get("doi", ""),
            date=notice_date(source),
            note=child_text(one, "Note"),
        )


def notice_date(source: str) -> str:
    """The day a notice appeared, out of words such as ``Lancet. 2010 Feb 6;375(9713):445``."""
    match = re.search(r"\b((?:1[89]|20)\d\d(?: [A-Z][a-z]{2}(?: \d{1,2})?)?)\s*[;:.(]", source)
    date = words.date_in(match[1]) if match else PartialDate()
    return "-".join(f"{part:02}" for part in (date.year, date.month, date.day) if part)


def _grants(article: etree._Element | None) -> Iterator[str]:
    for one in article.findall("GrantList/Grant") if article is not None else ():
        yield ", ".join(
            filter(None, (child_text(one, "GrantID"), child_text(one, "Agency"), child_text(one, "Country")))
        )


def _type(pub_types: tuple[str, ...]) -> str:
    return "preprint" if "Preprint" in pub_types else "journal"


def _book(wrapper: etree._Element, document: etree._Element) -> StudyRecord:
    """A chapter or book of the NCBI Bookshelf."""
    book = child(document, "Book")
    pmid = normalise("pmid", child_text(document, "PMID"))
    markup = inner(child(document, "ArticleTitle")) or inner(child(book, "BookTitle"))
    date = _date(child(book, "PubDate"))
    authors = tuple(
        one
        for part in (document, book)
        if part is not None
        for group in part.findall("AuthorList")
        for one in _authors(group)
    )
    listed = {one.get("IdType"): text_of(one) for one in document.findall("ArticleIdList/ArticleId")}
    return StudyRecord(
        id=f"pmid:{pmid}" if pmid else "",
        source="PubMed",
        type="book",
        pmid=pmid,
        doi=normalise("doi", listed.get("doi", "")),
        title=words.without_stop(words.without_tags(markup)),
        title_html=words.without_stop(words.title_markup(markup)),
        authors=authors,
        journal=child_text(book, "BookTitle") if child(document, "ArticleTitle") is not None else "",
        publisher=child_text(book, "Publisher/PublisherName"),
        years=words.all_years(date),
        date=date,
        pub_types=tuple(text_of(one) for one in document.findall("PublicationType")),
        languages=tuple(text_of(one) for one in document.findall("Language")),
        abstract=tuple(_abstract(document)),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else "",
    )
