"""The one stylesheet: how it is joined, what it weighs, and the colors it gives to readers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from stemsite.styles import LAYERS, NAME, SHEETS, joined, parts, squeezed
from stemsite.templatetags.reader import icon

FOLDER = Path(settings.BASE_DIR) / "static" / "stemsite" / "css"
TOKENS = (FOLDER / "tokens.css").read_text(encoding="utf-8")
FILES = [path for layer in LAYERS for path in parts(FOLDER, layer)]

TEXT = ("ink", "muted", "accent", "notice", "alarm")
GROUNDS = ("paper", "raised", "accent-tint", "notice-tint", "alarm-tint")


def palette(scheme: str) -> dict[str, str]:
    light, dark = TOKENS.split("prefers-color-scheme: dark")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", light if scheme == "light" else dark))
    return {
        name: value if len(value) == 7 else "#" + "".join(digit * 2 for digit in value[1:])
        for name, value in found.items()
    }


def luminance(color: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ax_10_every_text_color_is_readable_on_every_ground(scheme):
    colors = palette(scheme)
    low = {(text, ground) for text in TEXT for ground in GROUNDS if contrast(colors[text], colors[ground]) < 4.5}
    assert not low


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ax_10_borders_of_controls_stand_out(scheme):
    colors = palette(scheme)
    assert min(contrast(colors["edge"], colors[ground]) for ground in GROUNDS) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_look_ink_is_above_12_and_the_accent_above_7_on_paper(scheme):
    colors = palette(scheme)
    assert contrast(colors["ink"], colors["paper"]) > 12
    assert contrast(colors["accent"], colors["paper"]) > 7


def test_page_72_dark_gives_every_color_of_light_anew():
    assert set(palette("dark")) == set(palette("light"))


def test_page_72_the_window_is_dark_before_the_stylesheet_comes():
    base = (Path(settings.BASE_DIR) / "templates" / "base.html").read_text(encoding="utf-8")
    assert base.index('<meta name="color-scheme" content="light dark">') < base.index('rel="stylesheet"')


def test_every_icon_that_a_template_names_is_drawn():
    """One file holds them all; a name that is not in it would leave a gap beside the word."""
    templates = Path(settings.BASE_DIR) / "templates"
    drawn = set(re.findall(r'<symbol id="(\w+)"', (templates / "components/icons.svg").read_text(encoding="utf-8")))
    pages = "".join(path.read_text(encoding="utf-8") for path in templates.rglob("*.html"))
    named = set(re.findall(r'{% icon "(\w+)" %}', pages))
    assert named
    chips = {"phase", "people", "comparison", "blinding", "preprint", "registered"}
    assert named | chips | {"emergency", "doctor", "know", "do", "dont"} <= drawn
    assert all(icon(name).startswith('<svg class="icon"') and icon(name).endswith("/></svg>") for name in drawn)
    assert icon("no such drawing") == ""


def test_every_symbol_that_a_drawing_borrows_is_in_the_file_of_drawings():
    root = Path(settings.BASE_DIR)
    lying = set(re.findall(r'<symbol id="([\w-]+)"', (root / "static/stemsite/drawings.svg").read_text()))
    borrowed = "".join(path.read_text() for path in (root / "templates/drawings").glob("*.svg"))
    assert set(re.findall(r'drawings\.svg" %}#([\w-]+)"', borrowed)) == lying != set()


def test_a_borrowed_drawing_names_no_color_but_those_of_the_page():
    """PAGE-72: the palette comes in with the page, so that the drawing is dark in the dark and black in print."""
    drawing = (Path(settings.BASE_DIR) / "static/stemsite/drawings.svg").read_text()
    colors = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawing)) - {"none"}
    assert colors
    assert colors <= {f"var(--{name})" for name in palette("light")}


def test_components_name_no_raw_color_no_id_and_nothing_important():
    for path in FILES:
        css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "!important" not in css, path
        assert not re.search(r"#[a-zA-Z][\w-]*\s*[,{]", css), path
        if path.name not in {"tokens.css", "print.css"}:
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(", css), path


def test_every_file_belongs_to_the_layer_of_its_place():
    for layer in LAYERS:
        for path in parts(FOLDER, layer):
            assert path.read_text(encoding="utf-8").startswith(f"@layer {layer} {{\n"), path
    assert len(FILES) == len(list(FOLDER.rglob("*.css")))


def test_the_joined_file_names_the_order_and_opens_each_layer_once():
    css = joined(FOLDER)
    assert css.startswith("@layer reset,tokens,base,layout,components,utilities;")
    assert re.findall(r"@layer ([a-z]+)\{", css) == list(LAYERS)
    assert css.count("{") == css.count("}")


def test_squeezing_drops_comments_and_blanks_but_never_touches_quoted_text():
    css = '/* why */ .a > .b + * + i,\n.c { content: "a ;  > { b: c";  margin: calc(1px + 2px) ; }\n'
    assert squeezed(css) == '.a>.b+*+i,.c{content:"a ;  > { b: c";margin:calc(1px + 2px)}'
    assert squeezed("@media (width > 3em) and (height) {\n .a { b: c } }") == "@media(width>3em) and (height){.a{b:c}}"


def test_page_04_readers_get_one_hashed_file_and_never_its_parts():
    manifest = json.loads((Path(settings.STATIC_ROOT) / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    assert re.fullmatch(r"/static/stemsite/site\.[0-9a-f]{12}\.css", static("stemsite/site.css"))
    assert not [name for name in manifest if name.startswith("stemsite/css/")]
    assert finders.find("stemsite/css/tokens.css")


def test_the_development_server_finds_the_file_as_it_is_now(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert Path(finders.find("stemsite/site.css")).read_text(encoding="utf-8") == joined(FOLDER)


@pytest.mark.parametrize("name", [name for name in SHEETS if name != NAME])
def test_page_04_a_sheet_for_more_holds_all_of_the_common_one_first(name, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    text = Path(finders.find(name)).read_text(encoding="utf-8")
    more = squeezed((FOLDER.parent / "css_besides" / SHEETS[name]).read_text(encoding="utf-8"))
    assert more.startswith("@layer components{")
    assert text == joined(FOLDER) + more


def test_page_04_the_stylesheet_stays_small():
    assert len(brotli.compress(joined(FOLDER).encode())) < 3_800


def test_page_73_print_is_black_on_white_without_navigation_forms_or_buttons():
    css = joined(FOLDER)
    printed = css[css.index("@media print") :]
    assert "--paper:#fff" in printed
    assert "--ink:#000" in printed
    hidden = printed[: printed.index("{display:none}")]
    for name in (".menu", ".contents", ".site-foot", ".action", "form", ".skip"):
        assert name in hidden
    assert "break-inside:avoid" in printed
    assert "@media screen and (prefers-color-scheme:dark)" in css


def test_page_72_nothing_moves():
    assert not re.search(r"\b(?:animation|transition|scroll-behavior)\b", joined(FOLDER))
