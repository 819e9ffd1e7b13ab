"""References in styles of citing, by the CSL processor."""

import re

import pytest
from test_export import AWKWARD, PRESS, REPORT, WELSH, WHOLE, a_letter, a_refusal, an_answer, docx_text

from assistant.commands.options import STYLES as TYPED
from assistant.errors import FilterError
from assistant.export.formats import render, render_letters
from assistant.export.lines import one_line
from assistant.export.options import Options
from assistant.export.styles import STYLES, Run, bibliography

LETTERS = (a_letter(), REPORT, PRESS)
EXPECTED = {
    "harvard": [
        "Ofsted (2019) *Focused visit to Swindon Borough Council children's services*. Focused visit. Ofsted.",
        "Swindon Borough Council (2019) *Ofsted Inspection: findings & next steps [Swindon]*. Council report."
        " Swindon Borough Council.",
        "Swindon Borough Council (2024) *Progress at Swindon*. Press release. Swindon Borough Council.",
    ],
    "committee": [
        "Ofsted, *Focused visit to Swindon Borough Council children's services*, Focused visit,"
        " published 1 March 2019, inspectors’ visit 6–7 February 2019.",
        "Swindon Borough Council, *Ofsted Inspection: findings & next steps [Swindon]*, Council report,"
        " published 4 September 2019, inspectors’ visit 1–12 July 2019.",
        "Swindon Borough Council, *Progress at Swindon*, Press release, published July 2024.",
    ],
}


def shown(runs: tuple[Run, ...]) -> str:
    return "".join(f"*{run.text}*" if run.italic else run.text for run in runs)


def plain(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)


def test_the_command_line_knows_the_styles():
    assert tuple(STYLES) == TYPED


@pytest.mark.parametrize("style", EXPECTED)
def test_references_word_for_word(style):
    assert [shown(runs) for runs in bibliography(LETTERS, style)] == EXPECTED[style]


@pytest.mark.parametrize(
    ("style", "pattern"),
    [
        ("apa", r"^Ofsted\. \(2019\)\. \*Focused visit .*\* \[Focused visit\]\. Ofsted\.$"),
        ("oscola", r"^Ofsted, ‘Focused Visit .*’ \(Ofsted 2019\) Focused visit$"),
        ("mhra", r"^Ofsted, \*Focused Visit .*\*, Focused visit, 6–7 February 2019 \(Ofsted, 2019\)$"),
    ],
)
def test_other_styles_look_like_themselves(style, pattern):
    [runs] = bibliography([a_letter()], style)
    assert re.search(pattern, shown(runs)), shown(runs)


@pytest.mark.parametrize("style", STYLES)
def test_every_letter_once_whatever_is_known_of_it(style):
    nothing = {"issuer": None, "authority": None, "published": None, "visit_start": None, "visit_end": None}
    letters = [
        a_letter(),
        a_letter(),
        REPORT,
        PRESS,
        a_letter(**nothing, letter_id="bare", visit_periods=(), kind="other", standing="other", title="A paper"),
        a_letter(letter_id="month", published="2024-05", visit_start="2024-06", visit_end="2024-07-12"),
        a_letter(letter_id="year", published="2024", visit_start="2023", visit_end="2024-01-03"),
        a_letter(letter_id="end", published="2024", visit_start=None, visit_end="2024-07-12"),
    ]
    found = [plain(runs) for runs in bibliography(letters, style)]
    assert len(found) == 7 and all(found)
    assert sum("paper" in one.lower() for one in found) == 1
    assert "None" not in " ".join(found)


@pytest.mark.parametrize("style", ["harvard", "committee"])
@pytest.mark.parametrize("nasty", [*AWKWARD, 'a <span class="nocase">B</span> c', "\ue000 private \ue001"])
def test_a_title_is_shown_as_it_is(style, nasty):
    [runs] = bibliography([a_letter(title=nasty)], style)
    wanted = re.sub("[\ue000\ue001]", " ", one_line(nasty)).strip()
    told = plain(runs).replace("‹", "<").replace("›", ">")
    assert one_line(wanted) in one_line(told).replace(".  ", ". ")


def test_a_title_without_its_authority_has_it_in_brackets():
    [runs] = bibliography([a_letter(title="Inspection of services", authority="Kent")], "harvard")
    assert "Inspection of services [Kent]" in plain(runs)
    [runs] = bibliography([a_letter(title="Inspection of KENT", authority="Kent")], "harvard")
    assert "[Kent]" not in plain(runs)


def test_a_known_address_is_given():
    letter = a_letter(url="https://files.example.org/a.pdf")
    for style in STYLES:
        [runs] = bibliography([letter], style)
        assert "https://files.example.org/a.pdf" in plain(runs), style
    [runs] = bibliography([a_letter()], "harvard", Options("https://letters.example.org/"))
    assert f"https://letters.example.org/letters/{a_letter().letter_id}" in plain(runs)


def test_references_are_a_format_of_answers_and_of_letters():
    text = render(WHOLE, "references", Options(style="committee"))
    assert text == "".join(f"{line.replace('*', '')}\n" for line in EXPECTED["committee"])
    assert render_letters(LETTERS, "references") == render(WHOLE, "references")
    assert render_letters([], "references") == "" == render(a_refusal(nearest=()), "references")


def test_an_unknown_style_names_the_known_ones():
    for name in ("references", "text", "markdown", "json"):
        with pytest.raises(FilterError, match='"chicago".*harvard, apa, oscola, mhra, committee'):
            render(WHOLE, name, Options(style="chicago"))
    with pytest.raises(FilterError, match="chicago"):
        render_letters(LETTERS, "references", Options(style="chicago"))


def test_documents_list_the_letters_in_the_style():
    options = Options(style="harvard")
    for name in ("text", "markdown", "html", "docx"):
        made = render(WHOLE, name, options)
        text = docx_text(made) if isinstance(made, bytes) else made
        assert "Letters quoted" in text and "Ofsted (2019)" in text.replace("\\", ""), name
    assert "Letters quoted" not in str(render(WHOLE, "text"))
    assert "published 1 March 2019" in str(render(WHOLE, "markdown"))


def test_welsh_letters_reach_the_references():
    answer = an_answer(a_letter(title=WELSH, authority=None))
    assert WELSH in str(render(answer, "references"))
