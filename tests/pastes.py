"""What people paste: samples as each program writes them, with what is to become of them, and pieces to shuffle."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "samples" / "pasting"

CORPUS = {
    name: ((_FOLDER / f"{name}.html").read_text(), (_FOLDER / f"{name}.clean.html").read_text().strip())
    for name in ("word", "google-docs", "outlook", "web")
}

TWICE = (
    '<p style="mso-list:l0 level1 lfo1">· point</p>',
    "<p>· • point</p>",
    '<p style="mso-list:l0 level1 lfo1">·<b>· point</b></p>',
    '<h3><cite data-ref="7" data-loc="p 1"></cite>· point</h3>',
    '<p>one<a href="/x"> <b>two</b></a></p>',
    '<p><b>words <img src="x"> more</b></p>',
    '<p style="mso-list:l0 level1 lfo1"><del><span style="mso-list:Ignore">1.</span></del>words</p>',
)
"""Pastes that a second cleaning changed once, or that browser and server took for different things."""

PIECES = (
    *("<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "</i>", "<sup>", "</sup>", "<br>", "<br><br>"),
    *("<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>", "<h1>", "</h1>", "<h3>", "</h3>", "<h5>", "</h5>"),
    *("<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th colspan=3>", "</th>", "<thead>", "</thead>"),
    *("words ", " more", "&nbsp;", "· point", "\n", "&lt;b&gt;", "&amp;", '"', "\u200b", "1. first"),
    *('<a href="https://example.org/?a=1&utm_source=x">', '<a href="javascript:alert(1)">', "</a>"),
    *('<span style="font-weight:700">', '<span style="font-style:italic">', "</span>", "<del>", "</del>", "<o:p>"),
    *('<p style="mso-list:l0 level1 lfo1">', '<p style="mso-list:l0 level3 lfo1">', '<p class="MsoTitle">'),
    *("<span style='mso-list:Ignore'>1.</span>", "<script>", "</script>", '<cite data-ref="7" data-loc="p 1"></cite>'),
    *("<!-- c -->", "<![if x]>", "<img src=x onerror=alert(1)>", "<blockquote>", "</blockquote>", "<cite>", "</cite>"),
)
