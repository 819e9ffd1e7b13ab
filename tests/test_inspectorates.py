"""Inspectorates: Ofsted's table says what the contract says; another's is one file, checked, and kept apart from it."""

import re
from dataclasses import replace

import pytest
from briefs import inspection, refused, said, written
from click.testing import CliRunner
from documents import inspection_report
from fakes import CORPUS, ROOT, fake_settings, hashed_words

from assistant.answers.timeline import timeline
from assistant.cli import main
from assistant.engine import Assistant
from assistant.errors import FilterError, SettingsError
from assistant.index.state import SCHEMA, fingerprint
from assistant.index.update import update_index
from assistant.letters.inspectorates import (
    area_label,
    grade_names,
    in_force,
    issued_by,
    kind_called,
    kind_names,
    read_inspectorate,
    shipped,
    spelt,
    use,
    written_by,
)
from assistant.questions.scope import checked_filters, resolve
from assistant.reading.corpus import find_files, read_letter
from assistant.reading.workers import read_letters
from assistant.settings import load_settings

NORDMARK = ROOT / "tests" / "nordmark"
TABLE = NORDMARK / "nordmark.toml"
NAME = "Inspectorate of Family Services for Nordmark"
LEAST = 'name = "IX"\n[[kinds]]\nname = "visit"\n'
CONTRACT = (
    "focused visit, monitoring visit, ILACS inspection, SIF inspection, JTAI, area SEND inspection,"
    " contact and referral inspection, council report, press release, other"
)


@pytest.fixture(autouse=True)
def alone():
    """Whatever a test adds is gone behind it."""
    yield
    use(None)


@pytest.fixture
def nordmark():
    """The letters of the example, with its table in force; oldest first."""
    use(TABLE)
    letters = [read_letter(file) for file in find_files(NORDMARK / "letters")]
    return sorted(letters, key=lambda letter: letter.date)


# --- the shipped table ---------------------------------------------------------------------------------------------


def test_ofsteds_kinds_and_grades_are_the_contracts():
    assert ", ".join(kind_names()) == CONTRACT
    assert grade_names() == ("outstanding", "good", "requires improvement", "inadequate")
    assert [by.name for by in in_force()] == ["Ofsted"] and shipped().ungraded == (
        "focused visit",
        "monitoring visit",
        "JTAI",
        "area SEND inspection",
        "contact and referral inspection",
    )


def test_every_grade_is_known_as_it_is_printed_and_said():
    for words in ("Requires improvement to be good", "require improvement", "required  improvement"):
        assert shipped().grade_of(words) == "requires improvement"
    assert shipped().grade_of("Inadequate") == "inadequate" and shipped().grade_of("adequate") is None


def test_words_are_plain_or_patterns():
    assert re.search(spelt(["what must be better*"]), "What must  be better by June")
    assert not re.search(spelt(["sound"]), "soundly") and re.search(spelt(["Leaders'"]), "leaders’ work")
    assert re.search(spelt(["/a(?:b|c)+/"]), "ABC") and not re.search(spelt(["/(?-i:HMI)/"]), "hmi")
    assert re.search(spelt(["a.b"]), "a.b") and not re.search(spelt(["a.b"]), "axb")
    assert not re.search(spelt([]), "") and not re.search(spelt([]), "anything")


# --- a table of one's own ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("name = ", "this is no TOML"),
        ("", "name: is missing"),
        ('name = "IX"', "kinds: is missing"),
        (LEAST + "[[grades]]\nnam = 'strong'", "grades.1.name: is missing"),
        (LEAST + "[own]\nfirst = ['x']", "own.first: there is no such row"),
        (LEAST + "[own]\nfirst_page = ['/(/']", "own.first_page.1: '/(/' is no pattern"),
        (LEAST + "[own]\nfirst_page = ['  ']", "own.first_page.1: these are no words"),
        (LEAST + "[[gradings]]\nkind = 'visit'\nareas = ['homes']", "gradings: there is no area 'homes'"),
        (LEAST + "[[gradings]]\nkind = 'review'\nareas = []", "gradings: there is no kind 'review'; there are visit"),
        (LEAST + "[[gradings]]\nkind = 'visit'\nareas = []\nsince = '2024'", "gradings.1.since: "),
        (LEAST + "[[asked_kinds]]\nwords = ['x']\nkinds = ['review']", "asked_kinds: there is no kind 'review'"),
        (LEAST + "[[kinds]]\nname = 'visit'", "kinds: 'visit' stands there twice"),
        (LEAST + "[[areas]]\nname = 'a'\n[[areas]]\nname = 'a'", "areas: 'a' stands there twice"),
        (LEAST + "[[grades]]\nname = 'Strong'", "grades: 'Strong' is written in small letters"),
    ],
)
def test_a_mistake_is_one_line_that_says_where(tmp_path, table, told):
    file = tmp_path / "ix.toml"
    file.write_text(table, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        read_inspectorate(file)
    line = str(raised.value)
    assert f"{file}: {told}" in line and "\n" not in line and "docs/how-to/another-inspectorate.md" in line


def test_a_table_that_cannot_be_read_is_said(tmp_path, monkeypatch):
    with pytest.raises(SettingsError, match=r"none\.toml: the inspectorate's table cannot be read"):
        use(tmp_path / "none.toml")
    monkeypatch.setenv("ASSISTANT_INSPECTORATE", str(tmp_path / "none.toml"))
    run = CliRunner().invoke(main, ["check"])
    assert run.exit_code == 1 and "none.toml" in run.output and "Traceback" not in run.output
    large = tmp_path / "large.toml"
    large.write_text("#" * 1_000_001)
    with pytest.raises(SettingsError, match="larger than 1 MB"):
        read_inspectorate(large)


def test_a_second_ofsted_is_refused(tmp_path):
    file = tmp_path / "ofsted.toml"
    file.write_text(LEAST.replace("IX", "OFSTED"))
    with pytest.raises(SettingsError, match="Ofsted is known already"):
        use(file)
    assert in_force() == (shipped(),)


def test_what_stands_in_force_changes_with_the_file(tmp_path):
    file = tmp_path / "ix.toml"
    file.write_text(LEAST)
    use(file)
    first = in_force()[1]
    use(file)
    assert in_force()[1] is first, "what was compiled from it would be made again"
    file.write_text(LEAST.replace("visit", "look"))
    use(file)
    assert kind_names()[-4:] == ("look", "council report", "press release", "other")


def test_the_setting_puts_it_in_force_and_the_index_depends_on_it(tmp_path, monkeypatch):
    before = fingerprint(fake_settings(tmp_path))
    assert before["schema"] == SCHEMA and "inspectorate" not in before, "indexes made before would be stale"
    file = tmp_path / "ix.toml"
    file.write_text(LEAST)
    with_it = fingerprint(fake_settings(tmp_path, inspectorate=file))
    file.write_text(LEAST + "# another word")
    assert len({str(made) for made in (before, with_it, fingerprint(fake_settings(tmp_path, inspectorate=file)))}) == 3
    monkeypatch.setenv("ASSISTANT_INSPECTORATE", str(file))
    load_settings()
    assert [by.name for by in in_force()] == ["Ofsted", "IX"]


# --- the example ---------------------------------------------------------------------------------------------------


def test_the_docs_show_the_examples_table():
    page = (ROOT / "docs" / "how-to" / "another-inspectorate.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert shown == TABLE.read_text(encoding="utf-8")


def test_the_docs_name_every_row():
    page = (ROOT / "docs" / "how-to" / "another-inspectorate.md").read_text(encoding="utf-8")
    for name in type(shipped()).model_fields:
        assert re.search(rf"^\| `\[*{name}\]*`", page, re.MULTILINE), name


def test_its_letters_are_read_by_it(nordmark):
    review, other, visit = nordmark
    assert {letter.issuer for letter in nordmark} == {NAME}
    assert {letter.standing for letter in nordmark} == {"inspectorate"}
    assert [letter.kind for letter in nordmark] == ["annual review", "annual review", "follow-up visit"]
    assert [letter.authority for letter in nordmark] == ["Eastholm", "Greyfjord", "Greyfjord"]
    assert (review.published, review.visit_start, review.visit_end) == ("2024-03-14", "2024-02-05", "2024-02-09")
    assert review.framework == "Nordmark standards" and review.lead_inspector == "Tove Lindqvist"
    assert [(one.area, one.grade) for one in review.judgements] == [
        ("overall", "sound"),
        ("leaders", "strong"),
        ("at home", "sound"),
        ("away from home", "uneven"),
    ]
    kinds = {section.heading: section.kind for section in review.sections if section.heading}
    assert kinds["In short"] == "headline" and kinds["What must be better"] == "improve"
    assert kinds["Help for families at home"] == "at home" and kinds["Services as a whole: sound"] == "overall"
    assert [section.kind for section in review.sections][-2:] == ["closing", "sign-off"]
    assert [one.kind for one in other.improvements] == ["area for priority action", *["area for improvement"] * 2]
    assert [(one.date, one.kind, one.grade) for one in visit.earlier] == [("2024-04", "annual review", "weak")]
    assert not any(letter.warnings for letter in nordmark) and visit.judgements == ()


def test_a_missing_grade_is_told(nordmark, tmp_path):
    file = tmp_path / "less.txt"
    words = (NORDMARK / "letters" / "eastholm-annual-review.txt").read_text()
    file.write_text(words.replace("Leaders of the service: strong\n", ""))
    assert read_letter(file).warnings == (
        "no grade read for leaders, which Nordmark standards inspections graded at that time",
    )


def test_its_letters_are_read_so_in_workers_too(nordmark):
    files = find_files(NORDMARK / "letters")
    read = [letter for _, letter in read_letters(files, inspectorate=TABLE)]
    assert sorted(read, key=lambda letter: letter.date) == nordmark
    [(_, unknown)] = read_letters(files[:1])
    assert unknown.kind == "other" and unknown.issuer != NAME


def test_ofsteds_letters_are_read_as_without_it(tmp_path):
    report = tmp_path / "report.pdf"
    report.write_bytes(inspection_report())
    files = [*find_files(CORPUS), report]
    before = [read_letter(file) for file in files]
    use(TABLE)
    assert [read_letter(file) for file in files] == before
    assert {issued_by(letter) for letter in before} == {shipped()}


def test_a_paper_about_it_is_read_by_its_table():
    use(TABLE)
    assert written_by("The cabinet noted the IFSN letter. Ofsted works in England. IFSN will come again.").name == NAME
    assert written_by("The cabinet noted what Ofsted found.") is shipped()


def test_what_a_council_says_of_its_grades_is_of_it(nordmark):
    paper = replace(nordmark[0], standing="council", issuer="Eastholm Council", kind="council report")
    assert issued_by(paper).name == NAME
    assert issued_by(replace(paper, judgements=())) is shipped()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What grade did Eastholm get?", ["Services as a whole: sound"]),
        ("How were leaders judged in Eastholm?", ["Leaders of the service: strong"]),
        ("How was help for families at home graded in Greyfjord?", ["Help for families at home: uneven"]),
        ("Which authorities were graded weak?", ["Services as a whole: weak"]),
        ("which were graded weak?", ["Services as a whole: weak"]),
        ("how many were sound in 2024?", ["Services as a whole: sound"]),
        ("How many councils are less than sound?", ["Services as a whole: weak"]),
        ("Who was the lead reviewer in Eastholm?", ["Lead reviewer: Tove Lindqvist."]),
        (
            "When was the follow-up visit to Greyfjord?",
            ["This letter tells you what we found at the follow-up visit to Greyfjord on 6 November 2024."],
        ),
        (
            "What needs to improve in Greyfjord according to the annual review?",
            [
                "Somebody must answer night calls.",
                "How families' own words are written down.",
                "How leaders count the calls that are waiting.",
            ],
        ),
    ],
)
def test_questions_about_its_letters(nordmark, question, answer):
    assert said(written(question, *nordmark)) == answer


def test_counts_speak_its_words(nordmark):
    table = written("breakdown of overall grades", *nordmark).table
    assert table and table.caption == (
        "Counted among 2 inspections of 2 authorities that graded services as a whole:"
        " 0 strong, 1 sound, 0 uneven, 1 weak."
    )


def test_refusals_name_it(nordmark):
    kind, message, _ = refused(written("What grade did the follow-up visit give?", *nordmark))
    assert kind == "letters_silent"
    assert message.startswith(f"A follow-up visit gives no grade: {NAME} judges only at annual reviews.")
    kind, message, _ = refused(written("Why was Greyfjord graded strong?", *nordmark))
    assert kind == "false_premise" and f"“Services as a whole: weak” ({NAME}, annual review letter" in message


def test_an_everyday_word_is_a_grade_only_where_grading_is_spoken_of(nordmark):
    from assistant.questions.grading import claims

    assert claims("why is leadership so weak?") == () and claims("why was leadership judged weak?") == ("weak",)
    assert claims("why was it uneven?") == ("uneven",)


def test_its_kinds_and_places_can_be_chosen(nordmark):
    filters = checked_filters(["grey fjord"], [], ["Follow-Up Visit"], nordmark)
    assert (filters.authorities, filters.kinds) == (("Greyfjord",), ("follow-up visit",))
    with pytest.raises(FilterError, match="annual review, follow-up visit, council report"):
        checked_filters([], [], ["inspection"], nordmark)
    assert kind_called("follow-up visit") == "follow-up visit letter"
    assert area_label("at home", issued_by(nordmark[0])) == "Help for families at home"
    [row, _] = timeline(nordmark, "Greyfjord").rows
    assert [(cell.area, cell.grade) for cell in (*row.cells, *row.others) if cell.grade] == [
        ("overall", "weak"),
        ("leaders", "weak"),
        ("at home", "uneven"),
        ("away from home", "sound"),
    ]
    assert row.cells[2].words == "no area that this inspectorate grades"


# --- beside Ofsted's -----------------------------------------------------------------------------------------------


def test_grades_of_two_are_never_counted_together(nordmark):
    both = [*nordmark, inspection("Swindon", "2024-05-01", "good", "good")]
    weak = written("Which authorities were graded weak?", *both)
    assert said(weak) == ["Services as a whole: weak"] and weak.table
    assert "counted among 2 inspections of 2 authorities" in weak.table.caption
    assert "Not counted: inspections by Ofsted, with other grades." in weak.notes
    good = written("Which authorities were judged good?", *both)
    assert good.table and "counted among 1 inspection of 1 authority" in good.table.caption
    for question in ("How many inspections of each grade are there?", "How many authorities were good or sound?"):
        kind, message, _ = refused(written(question, *both))
        assert kind == "letters_silent" and "cannot be counted together (Ofsted: outstanding, good," in message
        assert f"{NAME}: strong, sound, uneven, weak): name one" in message
    named = written("How many inspections of each grade did the IFSN give?", *both)
    assert named.table and "0 strong, 1 sound, 0 uneven, 1 weak" in named.table.caption
    own = written("How many inspections of each grade did Ofsted give?", *both)
    assert own.table and "1 good" in own.table.caption


def test_moves_are_of_one(nordmark):
    later = replace(nordmark[1], letter_id="later", visit_start="2025-04-01", published="2025-06-01")
    risen = replace(later, judgements=(replace(later.judgements[0], grade="sound"), *later.judgements[1:]))
    ofsted = [
        inspection("Swindon", "2019-05-01", "inadequate", "good"),
        inspection("Swindon", "2024-05-01", "good", "good"),
    ]
    own = written("Which authorities improved their overall grade by the IFSN?", *nordmark, risen, *ofsted)
    assert own.table and own.table.caption.startswith("1 authority moved to a better grade: 1 of the 1 inspection")
    assert {row.cells[0] for row in own.table.rows} == {"Greyfjord"}
    kind, message, _ = refused(written("Which authorities improved their overall grade?", *nordmark, risen, *ofsted))
    assert kind == "letters_silent" and "cannot be counted together" in message


def test_grades_of_two_beside_each_other_are_said_to_be_so(nordmark):
    both = [*nordmark, inspection("Swindon", "2024-05-01", "good", "good")]
    answer = written("What grade did Swindon and Eastholm get?", *both)
    assert len(said(answer)) == 2 and any("different inspectorates" in note for note in answer.notes)


def test_a_question_that_names_one_is_about_its_letters(nordmark):
    both = [*nordmark, inspection("Swindon", "2024-05-01", "good", "good")]
    scope = resolve("What did the IFSN say in 2024?", both)
    assert scope.letters == tuple(letter.letter_id for letter in nordmark) and f"by {NAME}" in scope.reading
    assert resolve("What did Ofsted say in 2024?", both).letters == ("swindon-2024-05-01",)
    gone = resolve("What did Ofsted say about Eastholm?", both)
    assert gone.letters == () and gone.unheld == ("an inspection by Ofsted",)


def test_an_index_is_read_again_when_the_table_has_changed(tmp_path):
    table = tmp_path / "nordmark.toml"
    table.write_text(TABLE.read_text(encoding="utf-8"), encoding="utf-8")
    settings = fake_settings(tmp_path / "index", NORDMARK / "letters", inspectorate=table)
    with hashed_words():
        with Assistant.open(settings) as assistant:
            assert {letter.kind for letter in assistant.letters} == {"annual review", "follow-up visit"}
            assert assistant.ask("What did IFSN say of night calls?").sentences
        words = table.read_text(encoding="utf-8").replace('name = "follow-up visit"', 'name = "second look"')
        table.write_text(words, encoding="utf-8")
        report = update_index(settings, [NORDMARK / "letters"])
        assert report.added == 3 and not report.failed
        with Assistant.open(settings) as assistant:
            assert {letter.kind for letter in assistant.letters} == {"annual review", "second look"}
        with Assistant.open(fake_settings(tmp_path / "index", NORDMARK / "letters")) as assistant:
            assert "annual review" not in {letter.kind for letter in assistant.letters}


def test_the_command_line_shows_it(monkeypatch):
    monkeypatch.setenv("ASSISTANT_INSPECTORATE", str(TABLE))
    run = CliRunner().invoke(main, ["show", str(NORDMARK / "letters" / "eastholm-annual-review.txt")])
    assert run.exit_code == 0, run.output
    assert NAME in run.output and "annual review" in run.output and "sound" in run.output
