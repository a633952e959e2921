"""Tables of the editor as readers get them (PAGE-71, AX-09)."""

from articles.tables import boxed

ROW = "<tr><th><p>Name</p></th><td><p>Value</p></td></tr>"


def test_text_without_a_table_stays_as_it_is():
    assert boxed("<p>A <strong>word</strong></p>", "Costs") == "<p>A <strong>word</strong></p>"


def test_headers_beside_data_head_their_row():
    assert '<th scope="row">Name</th><td>Value</td>' in boxed(f"<table><tbody>{ROW}</tbody></table>", "")


def test_headers_among_headers_head_their_column_and_keep_their_span():
    html = '<table><tbody><tr><th colspan="2"><p>All</p></th><th>One</th></tr></tbody></table>'
    assert '<th scope="col" colspan="2">All</th><th scope="col">One</th>' in boxed(html, "")


def test_the_box_is_named_and_reached_by_keyboard_and_the_name_is_text():
    assert 'aria-label="Table: Costs &amp; &quot;care&quot;" tabindex="0"' in boxed(
        f"<table>{ROW}</table>", 'Costs & "care"'
    )


def test_a_cell_of_several_paragraphs_keeps_them():
    html = "<table><tbody><tr><td><p>One</p><p>Two</p></td></tr></tbody></table>"
    assert "<td><p>One</p><p>Two</p></td>" in boxed(html, "")


def test_every_table_of_a_text_has_its_box():
    assert boxed(f"<table>{ROW}</table><p>and</p><table>{ROW}</table>", "").count('class="box"') == 2
