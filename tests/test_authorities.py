"""Tests of the table of authorities and of finding their names in text."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.letters.authorities import AUTHORITIES, Authority, authority_named, find_authorities

NAMES = [(name, authority) for authority in AUTHORITIES for name in (authority.name, *authority.aliases)]
BCP = "Bournemouth, Christchurch and Poole"
BANES = "Bath and North East Somerset"


def found(text: str, fuzzy: bool = False, known: tuple[str, ...] = ()) -> list[str]:
    return [mention.authority.name for mention in find_authorities(text, fuzzy=fuzzy, known=known)]


def misspelt(text: str, known: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    mentions = find_authorities(text, fuzzy=True, known=known)
    return [(mention.typed, mention.authority.name) for mention in mentions if not mention.exact]


class TestTable:
    def test_counts(self) -> None:
        assert Counter((authority.nation, authority.abolished) for authority in AUTHORITIES) == {
            ("England", False): 153,
            ("England", True): 6,
            ("Scotland", False): 32,
            ("Wales", False): 22,
            ("Northern Ireland", False): 11,
        }

    def test_no_name_or_alias_is_shared(self) -> None:
        folded = Counter(name.casefold().replace("&", "and") for name, _ in NAMES)
        assert [name for name, times in folded.items() if times > 1] == []

    def test_successors_are_present_authorities(self) -> None:
        present = {authority.name for authority in AUTHORITIES if not authority.abolished}
        for authority in AUTHORITIES:
            assert present.issuperset(authority.successors), authority.name

    def test_predecessors_mirror_successors(self) -> None:
        assert authority_named("BCP").predecessors == ("Bournemouth", "Poole")  # type: ignore[union-attr]
        assert authority_named("Cumberland").predecessors == ("Cumbria",)  # type: ignore[union-attr]
        assert authority_named("Swindon").predecessors == ()  # type: ignore[union-attr]

    def test_authority_is_immutable(self) -> None:
        with pytest.raises(AttributeError):
            AUTHORITIES[0].name = "Elsewhere"  # type: ignore[misc]

    def test_rapidfuzz_is_not_imported_until_needed(self) -> None:
        code = "import sys, assistant.letters.authorities; sys.exit('rapidfuzz' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestAuthorityNamed:
    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("Swindon", "Swindon"),
            ("  swindon ", "Swindon"),
            ("Swindon Borough Council", "Swindon"),
            ("Swindon Borough Council's children's services", "Swindon"),
            ("telford & wrekin", "Telford and Wrekin"),
            ("telford-wrekin", "Telford and Wrekin"),
            ("windsor_maidenhead", "Windsor and Maidenhead"),
            ("bournemouth, christchurch & poole", BCP),
            ("bournemouth-christchurch-poole", BCP),
            ("Royal Borough of Windsor & Maidenhead", "Windsor and Maidenhead"),
            ("The Royal Borough of Kensington and Chelsea", "Kensington and Chelsea"),
            ("London Borough of Richmond upon Thames", "Richmond upon Thames"),
            ("LB Sutton", "Sutton"),
            ("City of London", "City of London"),
            ("City of London Corporation", "City of London"),
            ("City of Bradford Metropolitan District Council", "Bradford"),
            ("Bristol, City of", "Bristol"),
            ("Herefordshire, County of", "Herefordshire"),
            ("Kingston upon Hull, City of", "Kingston upon Hull"),
            ("Hull City Council", "Kingston upon Hull"),
            ("Durham County Council", "Durham"),
            ("County Durham", "Durham"),
            ("Council of the Isles of Scilly", "Isles of Scilly"),
            ("St. Helens", "St Helens"),
            ("ST HELENS", "St Helens"),
            ("Saint Helens MBC", "St Helens"),
            ("stockton on tees", "Stockton-on-Tees"),
            ("Newcastle-on-Tyne", "Newcastle upon Tyne"),
            ("B&NES", BANES),
            ("City and County of Swansea", "Swansea"),
            ("N. Yorkshire", "North Yorkshire"),
            ("reading", "Reading"),
        ],
    )
    def test_styles(self, typed: str, name: str) -> None:
        authority = authority_named(typed)
        assert authority is not None
        assert authority.name == name

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            " & ",
            "council",
            "City of",
            "London",
            "London Borough",
            "Swidnon",
            "Swindon 2019",
            "Swindon and Kent",
            "Greater Manchester",
            "Wells",
            "Yorkshire",
        ],
    )
    def test_nothing_is_guessed(self, typed: str) -> None:
        assert authority_named(typed) is None

    def test_other_nations_are_known_to_be_elsewhere(self) -> None:
        nations = {
            "Glasgow": "Scotland",
            "Fife": "Scotland",
            "Cardiff": "Wales",
            "Belfast": "Northern Ireland",
        }
        for name, nation in nations.items():
            authority = authority_named(f"{name} City Council")
            assert authority is not None
            assert authority.nation == nation

    @pytest.mark.parametrize(("name", "authority"), NAMES)
    def test_every_name_and_alias_is_its_own(self, name: str, authority: Authority) -> None:
        for typed in (name, name.lower(), name.upper(), f"{name} Council", name.replace(" and ", " & ")):
            assert authority_named(typed) == authority


class TestLongestName:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("North Yorkshire and York", ["North Yorkshire", "York"]),
            ("Derby, Derbyshire", ["Derby", "Derbyshire"]),
            ("Nottingham or Nottinghamshire?", ["Nottingham", "Nottinghamshire"]),
            ("West Northamptonshire, once Northamptonshire", ["West Northamptonshire", "Northamptonshire"]),
            ("Cheshire East", ["Cheshire East"]),
            ("Cheshire West", ["Cheshire West and Chester"]),
            ("Barnet and Barnsley", ["Barnet", "Barnsley"]),
            ("Bath & North East Somerset, Somerset", [BANES, "Somerset"]),
            ("Bath & N.E. Somerset", [BANES]),
            ("N Yorkshire, N. Somerset", ["North Yorkshire", "North Somerset"]),
            ("North East Lincolnshire", ["North East Lincolnshire"]),
            ("South Gloucestershire", ["South Gloucestershire"]),
            ("Ofsted's Gloucestershire letter", ["Gloucestershire"]),
            ("City of London", ["City of London"]),
            ("the City of Westminster", ["Westminster"]),
            ("London borough of Sutton", ["Sutton"]),
            ("Kingston upon Hull", ["Kingston upon Hull"]),
            ("Kingston upon Thames", ["Kingston upon Thames"]),
            ("Kingston", ["Kingston upon Thames"]),
            ("Richmond", ["Richmond upon Thames"]),
            ("Newcastle", ["Newcastle upon Tyne"]),
            ("Stoke-on-Trent, Southend, Stockton", ["Stoke-on-Trent", "Southend-on-Sea", "Stockton-on-Tees"]),
            ("Brighton and Hull", ["Brighton and Hove", "Kingston upon Hull"]),
            ("Isles of Scilly", ["Isles of Scilly"]),
            ("Bournemouth", ["Bournemouth"]),
            ("Bournemouth, Christchurch, and Poole", [BCP]),
            ("Bournemouth Christchurch & Poole", [BCP]),
            ("Bournemouth and Poole", ["Bournemouth", "Poole"]),
            ("East Renfrewshire", ["East Renfrewshire"]),
            ("Aberdeenshire", ["Aberdeenshire"]),
        ],
    )
    def test_names_within_names(self, text: str, names: list[str]) -> None:
        assert found(text) == names
        assert found(text, fuzzy=True) == names

    @pytest.mark.parametrize(
        ("text", "spans"),
        [
            ("North and West Northamptonshire", ["North", "West Northamptonshire"]),
            ("East & West Sussex", ["East", "West Sussex"]),
            ("Cheshire East and West", ["Cheshire East", "West"]),
            ("Cheshire East and West Sussex", ["Cheshire East", "West Sussex"]),
            ("north and south in Kent", ["Kent"]),
        ],
    )
    def test_shared_words(self, text: str, spans: list[str]) -> None:
        assert [mention.typed for mention in find_authorities(text)] == spans

    @pytest.mark.parametrize(
        "text",
        [
            "New York",
            "Greater Manchester Police",
            "Newcastle-under-Lyme",
            "Bury St Edmunds",
            "Sutton Coldfield",
            "the diocese of Bath and Wells",
            "Wells",
            "what about wells?",
            "Yorkshire",
            "West Yorkshire",
            "London",
            "Stoke Newington",
            "kentish bristolian",
        ],
    )
    def test_other_places(self, text: str) -> None:
        assert found(text, fuzzy=True) == []


class TestSpans:
    @pytest.mark.parametrize(
        ("text", "typed"),
        [
            ("What is Swindon's grade?", "Swindon"),
            ("What is Swindon’s grade?", "Swindon"),
            ("Leeds' grade", "Leeds"),
            ("the Derby-based team", "Derby"),
            ("STOKE ON TRENT", "STOKE ON TRENT"),
            ("north\nyorkshire", "north\nyorkshire"),
            ("St. Helens' letter", "St. Helens"),
            ("Telford&Wrekin", "Telford&Wrekin"),
            ("2019-03-01-swindon-focused-visit", "swindon"),
            ("north-lincolnshire__focused_visit", "north-lincolnshire"),
            ("Swindon Borough Council", "Swindon"),
        ],
    )
    def test_typed_is_the_text(self, text: str, typed: str) -> None:
        (mention,) = find_authorities(text)
        assert mention.typed == typed == text[mention.start : mention.end]
        assert mention.exact

    def test_a_name_does_not_cross_a_paragraph_or_a_comma(self) -> None:
        assert found("in the north\n\nSomerset and the north, Somerset") == ["Somerset", "Somerset"]

    @pytest.mark.parametrize(
        "text",
        [
            "Ofsted, Piccadilly Gate, Store Street, Manchester M1 2WD",
            "Agora\n6 Cumberland Place\nNottingham\nNG1 6HJ",
            "York Road",
            "Mr Bolton and Cllr Kent",
            "the Duke\nof Edinburgh's Award",
        ],
    )
    def test_addresses_and_persons(self, text: str) -> None:
        assert found(text, fuzzy=True) == []

    def test_lower_case_questions(self) -> None:
        assert found("what about leeds?") == ["Leeds"]
        names = [
            "slough",
            "poole",
            "sutton",
            "halton",
            "sandwell",
            "kent",
            "rutland",
            "essex",
            "torbay",
            "medway",
        ]
        for name in names:
            assert [found_name.casefold() for found_name in found(f"how is {name} doing")] == [name]


class TestOrdinaryWords:
    @pytest.mark.parametrize(
        "text",
        [
            "Ofsted inspected Reading in 2019",
            "What about Reading?",
            "Reading's overall grade",
            "Reading Borough Council",
            "READING BOROUGH COUNCIL",
            "Reading was judged inadequate",
            "Reading got inadequate in 2016",
            "reading",
            "Reading?",
            "and reading?",
            "what about reading?",
            "what did ofsted say about reading in 2019",
            "in reading, what needs to improve?",
            "children's services in reading",
            "reading children's services",
            "is reading council good",
            "what grade did ofsted give reading in '22?",
            "what did the focused visit letter on reading published in March 2022 say?",
            "when was reading last inspected?",
            "the borough of reading",
            "raeding council",
        ],
    )
    def test_reading_the_town(self, text: str) -> None:
        assert found(text, fuzzy=True) == ["Reading"]

    @pytest.mark.parametrize(
        "text",
        [
            "Reading the letter, what stands out?",
            "Is reading good?",
            "progress in reading and writing",
            "What did Ofsted say about Reading and Writing?",
            "Writing and Reading",
            "phonics, reading",
            "Reading Recovery",
            "the Reading skills of pupils",
            "reading age",
            "children enjoy reading.",
            "19 percentage points lower in reading, 25 in writing",
            "thank you for reading",
            "after reading council letters",
            "reading between the lines",
            "I am reading these letters",
        ],
    )
    def test_reading_the_word(self, text: str) -> None:
        assert found(text, fuzzy=True) == []

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("how was bury rated?", ["Bury"]),
            ("Bury council's letter", ["Bury"]),
            ("when inspectors bury their heads", []),
            ("Bury the report", []),
            ("what about bath?", [BANES]),
            ("children in the bath", []),
            ("bath time", []),
            ("letters about stoke", ["Stoke-on-Trent"]),
            ("stoke fears", []),
            ("highland council", ["Highland"]),
            ("barking mad", []),
            ("barking council", ["Barking and Dagenham"]),
            ("bucks council", ["Buckinghamshire"]),
            ("the manager bucks the trend", []),
        ],
    )
    def test_other_words(self, text: str, names: list[str]) -> None:
        assert found(text, fuzzy=True) == names

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("leeds and bury", ["Leeds", "Bury"]),
            ("bury or leeds on neglect", ["Bury", "Leeds"]),
            ("leeds, bury and reading on neglect", ["Leeds", "Bury", "Reading"]),
            ("compare reading and bury", ["Reading", "Bury"]),
            ("compare swindon with reading on neglect", ["Swindon", "Reading"]),
            ("in swindon, reading improved", ["Swindon"]),
            ("does swindon support reading", ["Swindon"]),
        ],
    )
    def test_lists_and_comparisons(self, text: str, names: list[str]) -> None:
        assert found(text) == names


class TestFuzzy:
    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("Swidnon", "Swindon"),
            ("swidnon", "Swindon"),
            ("Wolverhamtpon", "Wolverhampton"),
            ("wolverhamton", "Wolverhampton"),
            ("Blakcpool", "Blackpool"),
            ("Middlesborough", "Middlesbrough"),
            ("Surey", "Surrey"),
            ("Derbyshre", "Derbyshire"),
            ("North Yorkshier", "North Yorkshire"),
            ("Noth Yorkshire", "North Yorkshire"),
            ("Wset Sussex", "West Sussex"),
            ("Milton eKynes", "Milton Keynes"),
            ("Tower Hamlet", "Tower Hamlets"),
            ("miltonkeynes", "Milton Keynes"),
            ("Bournemuth", "Bournemouth"),
            ("Bournemuth, Christchurch and Poole", BCP),
            ("Bournemouth, Chrischurch and Poole", BCP),
            ("Westmoreland & Furness", "Westmorland and Furness"),
            ("Hertforshire", "Hertfordshire"),
            ("Glasgwo", "Glasgow"),
        ],
    )
    def test_slips(self, typed: str, name: str) -> None:
        for text in (typed, f"What did Ofsted say about {typed}'s children's services?"):
            assert misspelt(text) == [(typed, name)]

    def test_only_on_request(self) -> None:
        assert found("Swidnon") == []

    @pytest.mark.parametrize(
        "text",
        [
            "swinging sweden further London",
            "a survey of eating and sterling banking",
            "silly staff stiffs",
            "Boston, Washington, Swinton and Kennington",
            "Luten Hul Yrok",  # names too short to tell
            "Kwindon",  # another first letter
            "Swxndxn",  # two slips in a short name
            "went Yorkshire",
            "the southern and western easterly northern areas",
        ],
    )
    def test_not_a_slip(self, text: str) -> None:
        assert found(text, fuzzy=True) == []

    def test_exact_names_stay(self) -> None:
        for name, authority in NAMES:
            (mention,) = find_authorities(f"the council of {name} said", fuzzy=True)
            assert (mention.authority, mention.exact) == (authority, True)

    def test_compass_points_before_counties_make_no_new_authority(self) -> None:
        for point in ("North", "South", "East", "West", "Mid"):
            for authority in AUTHORITIES[:159]:
                if " " in authority.name or "-" in authority.name or authority.name == "York":
                    continue
                assert misspelt(f"what about {point} {authority.name} now") == []

    def test_ties(self) -> None:
        assert misspelt("Badford") == []  # Bedford, Bradford
        assert misspelt("Badford", known=("bradford",)) == [("Badford", "Bradford")]
        assert misspelt("Badford", known=("Bradford", "Bedford")) == []
        assert misspelt("Badford", known=("Swindon", "nowhere")) == []

    def test_the_nearest_wins_over_the_known(self) -> None:
        assert misspelt("Hertforshire", known=("Herefordshire",)) == [("Hertforshire", "Hertfordshire")]

    def test_only_the_beginning_is_searched(self) -> None:
        assert found("x " * 990 + "Swidnon", fuzzy=True) == ["Swindon"]
        assert found("x " * 1_100 + "Swidnon Leeds", fuzzy=True) == ["Leeds"]

    def test_exact_and_misspelt_in_order(self) -> None:
        text = "Compare Leeds, Swidnon and Kent"
        assert found(text, fuzzy=True) == ["Leeds", "Swindon", "Kent"]
        assert [mention.exact for mention in find_authorities(text, fuzzy=True)] == [True, False, True]


@given(st.sampled_from(NAMES), st.booleans(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_every_name_finds_itself(entry: tuple[str, Authority], lower: bool, fuzzy: bool) -> None:
    name, authority = entry
    name = name.lower() if lower else name
    (mention,) = find_authorities(f"What did Ofsted say about {name} in 2019?", fuzzy=fuzzy)
    assert (mention.authority, mention.typed, mention.exact) == (authority, name, True)


PIECES = st.one_of(
    st.sampled_from([name for name, _ in NAMES]),
    st.sampled_from(["and", "&", "North", "west", ",", "'s", "’s", "Swidnon", "\n", "council", "in 2019", "?", "Mr"]),
    st.text(max_size=8),
)


@given(st.lists(PIECES, max_size=12), st.sampled_from([" ", "", "-"]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_mentions_are_in_order_and_quote_the_text(pieces: list[str], glue: str, fuzzy: bool) -> None:
    text = glue.join(pieces)
    end = 0
    for mention in find_authorities(text, fuzzy=fuzzy):
        assert end <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.typed
        assert fuzzy or mention.exact
        end = mention.end


def calls(text: str, fuzzy: bool) -> int:
    """How many functions are called, those of C too, to find the authorities in a text."""
    made = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        find_authorities(text, fuzzy=fuzzy)
    finally:
        sys.setprofile(before)
    return made


@pytest.mark.parametrize(
    ("text", "fuzzy", "most"),
    [
        ("Ofsted visited Leeds, and the reading of letters in North Yorkshire took a day. ", False, 30),
        ("reading ", True, 100),  # nothing but doubtful names: no text is like this, but none may hang
        ("n ", True, 200),
    ],
)
def test_a_letter_twice_as_long_is_twice_the_work(text: str, fuzzy: bool, most: int) -> None:
    short, long = (text * 20_000)[:10_000], (text * 20_000)[:20_000]
    calls(long, fuzzy)  # what is kept of the names is made once
    once, twice = calls(short, fuzzy), calls(long, fuzzy)
    assert twice < 2.1 * once
    assert twice < most * len(text.split()) * len(long) / len(text)  # so many a word


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Sandwell Children’s Trust", ["Sandwell"]),
        ("Slough Children First", ["Slough"]),
        ("Together for Children Sunderland", ["Sunderland"]),
        ("Doncaster Children’s Services Trust", ["Doncaster"]),
        ("Northamptonshire Children’s Trust", ["Northamptonshire"]),
        ("Achieving for Children", []),  # runs the services of three councils
        ("Achieving for Children in Kingston and Richmond", ["Kingston upon Thames", "Richmond upon Thames"]),
        ("Council of the Isles of Scilly", ["Isles of Scilly"]),
        ("St. Helens Council", ["St Helens"]),
    ],
)
def test_trusts_and_councils_by_their_full_names(words, names):
    assert [mention.authority.name for mention in find_authorities(words)] == names
