"""Layouts: which kind of document a title or an opening names, and which kinds have several issuers."""

import pytest

from assistant.letters.inspectorates import kind_names, shipped
from assistant.letters.layouts import layout_of

KINDS = kind_names()


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Focused visit to Rutland children’s services", "focused visit"),
        ("Focussed visit: Rutland County Council", "focused visit"),
        ("Monitoring visit of Sandwell Metropolitan Borough Council children’s services", "monitoring visit"),
        ("Inspection of Rutland local\n\nauthority children’s services", "ILACS inspection"),
        ("Derbyshire County Council\nInspection of children’s social care services", "ILACS inspection"),
        (
            "Re-inspection of services for children in need of help and protection, children looked after and care "
            "leavers and Review of the effectiveness of the Local Safeguarding Children Board",
            "SIF inspection",
        ),
        ("Joint targeted area inspection of the multi-agency response to abuse in Bury", "JTAI"),
        ("Area SEND inspection of Bexley Local Area Partnership", "area SEND inspection"),
        ("Area SEND monitoring inspection of Torbay Local Area Partnership", "area SEND inspection"),
        ("Joint local area SEND inspection in Bury", "area SEND inspection"),
        ("Joint area SEND revisit in Bury", "area SEND inspection"),
        (
            "Annual unannounced inspection of contact, referral and assessment arrangements within Kent County Council "
            "children’s services",
            "contact and referral inspection",
        ),
        ("Inspection of safeguarding and looked after children services", "other"),
        ("Inspection of looked after children services", "other"),
        ("Inspection of local authority arrangements for the protection of children", "other"),
    ],
)
def test_the_title_names_the_layout(title, kind):
    known = layout_of(title)
    assert known and known[0].name == kind


def test_what_is_named_first_counts():
    """A document names the visits and inspections before it after its own."""
    opening = "This letter summarises the findings of the focused visit to Rutland, the first since the monitoring visit of May."
    assert (found := layout_of(opening)) and found[0].name == "focused visit"
    opening = "Findings of the monitoring visit to Bury, which follows the joint targeted area inspection of Bury."
    assert (found := layout_of(opening)) and found[0].name == "monitoring visit"


def test_the_surest_text_counts_before_the_next():
    known = layout_of("", "A letter", "Monitoring visit to Bury", "Focused visit to Bury")
    assert known and (known[0].name, known[1].group()) == ("monitoring visit", "Monitoring visit to")


@pytest.mark.parametrize("text", ["", "A letter about the weather", "The visit of an aunt"])
def test_no_layout(text):
    assert layout_of(text) is None


def test_only_joint_inspections_have_several_issuers():
    assert {kind.name for kind in shipped().kinds if kind.joint} == {"JTAI", "area SEND inspection"}
    assert {kind.name for kind in shipped().kinds} <= set(KINDS)
