"""Word files built by hand, part by part, so that a test says exactly what is in them."""

from __future__ import annotations

import io
import zipfile
from html import escape

from PIL import Image

_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>
<Default Extension="emf" ContentType="image/x-emf"/>
<Override PartName="/word/document.xml" ContentType="{_KIND}"/>
</Types>"""
_RELS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"""
_REL = (
    '<Relationship Id="{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
)
_STYLES = f"""<w:styles {_NS}>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Caption"><w:name w:val="caption"/></w:style>
</w:styles>"""
_NUMBERING = f"""<w:numbering {_NS}><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""


def run(text: str, *, bold: bool = False) -> str:
    return f'<w:r>{"<w:rPr><w:b/></w:rPr>" if bold else ""}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*inside: str, style: str = "") -> str:
    marked = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{marked}{''.join(one if one.startswith('<') else run(one) for one in inside)}</w:p>"


def bullet(text: str) -> str:
    number = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    return f"<w:p>{number}{run(text)}</w:p>"


def note_mark(number: int) -> str:
    return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'


def drawing(target: str = "rIdPng", words: str = "A picture made by a machine") -> str:
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="{words}"/><a:graphic><a:graphicData>'
        f'<pic:pic><pic:blipFill><a:blip r:embed="{target}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#0a5256").save(out, "PNG")
    return out.getvalue()


def word_file(
    body: str, *, notes: tuple[str, ...] = (), comments: str = "", more: dict[str, bytes] | None = None
) -> bytes:
    """A .docx with ``body``; ``more`` adds or replaces parts by name."""
    relations = [("rIdPng", "image", "media/image1.png"), ("rIdEmf", "image", "media/image2.emf")]
    relations += [("rIdS", "styles", "styles.xml"), ("rIdN", "numbering", "numbering.xml")]
    parts: dict[str, bytes] = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _RELS.format(_REL.format("rId1", "officeDocument", "word/document.xml")).encode(),
        "word/document.xml": f"<w:document {_NS}><w:body>{body}</w:body></w:document>".encode(),
        "word/styles.xml": _STYLES.encode(),
        "word/numbering.xml": _NUMBERING.encode(),
        "word/media/image1.png": picture(),
        "word/media/image2.emf": b"\x01\x00\x00\x00emf",
    }
    if notes:
        rows = "".join(
            f'<w:footnote w:id="{number}"><w:p>{run(text)}</w:p></w:footnote>'
            for number, text in enumerate(notes, start=2)
        )
        parts["word/footnotes.xml"] = f"<w:footnotes {_NS}>{rows}</w:footnotes>".encode()
        relations.append(("rIdF", "footnotes", "footnotes.xml"))
    if comments:
        parts["word/comments.xml"] = f"<w:comments {_NS}>{comments}</w:comments>".encode()
        relations.append(("rIdC", "comments", "comments.xml"))
    parts["word/_rels/document.xml.rels"] = _RELS.format("".join(_REL.format(*one) for one in relations)).encode()
    return zipped({**parts, **(more or {})})


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def example() -> bytes:
    """A guide as an author writes it: sections, list, picture with caption, notes, a comment, tracked changes."""
    tracked = (
        f'<w:ins w:id="8" w:author="Roy">{run(" very")}</w:ins>'
        '<w:del w:id="9" w:author="Eda"><w:r><w:delText>cures</w:delText></w:r></w:del>'
    )
    commented = (
        f'<w:commentRangeStart w:id="4"/>{run("nerve cells")}<w:commentRangeEnd w:id="4"/>'
        '<w:r><w:commentReference w:id="4"/></w:r>'
    )
    body = (
        paragraph("What is ALS?", style="Title")
        + paragraph("What it is", style="Heading1")
        + paragraph("ALS harms ", commented, ". It is", tracked, " rare.", note_mark(2))
        + paragraph("In short", style="Heading2")
        + paragraph("A word in ", run("bold", bold=True), ".")
        + paragraph("Symptoms", style="Heading1")
        + bullet("Weak hands")
        + bullet("Slurred speech")
        + paragraph("What research is looking at", style="Heading1")
        + paragraph("Cells were tried.", note_mark(3), " So was rest.", note_mark(4))
        + paragraph(drawing())
        + paragraph("How cells are given.", style="Caption")
        + paragraph("After the picture.")
        + paragraph(drawing("rIdEmf"))
        + paragraph("Possible harms", style="Heading1")
        + paragraph("Headache was common.")
    )
    return word_file(
        body,
        notes=(
            "Sample M. Cells in people with ALS. doi:10.1000/example.known",
            "Example A. A newer trial. J Ex. 2024. PMID: 30000001",
            "A colleague told us so.",
        ),
        comments=f'<w:comment w:id="4" w:author="Roy"><w:p>{run("Say motor neurons?")}</w:p></w:comment>',
    )
