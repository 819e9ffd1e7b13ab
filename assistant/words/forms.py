"""The forms of a word that share no stem: "paid" of "pay", "knives" of "knife"."""

from functools import cache

from assistant.words.terms import stem

__all__ = ["forms"]

IRREGULAR = """
be am is are was were been | bear bore borne born | beat beaten | become became | begin began begun | bite bit bitten
| blow blew blown | break broke broken | bring brought | build built | burn burnt | buy bought | catch caught
| choose chose chosen | come came | creep crept | deal dealt | dig dug | do did done | draw drew drawn
| dream dreamt | drink drank drunk | drive drove driven | eat ate eaten | fall fell fallen | feed fed | feel felt
| fight fought | find found | flee fled | fly flew flown | forbid forbade forbidden | forget forgot forgotten
| forgive forgave forgiven | freeze froze frozen | get got gotten | give gave given | go went gone | grow grew grown
| hang hung | have has had | hear heard | hide hid hidden | hold held | keep kept | know knew known | lay laid
| lead led | lean leant | learn learnt | leave left | lend lent | lie lay lain | light lit | lose lost | make made
| mean meant | meet met | overspend overspent | pay paid | repay repaid | ride rode ridden | ring rang rung
| rise rose risen | run ran | say said | see saw seen | seek sought | sell sold | send sent | shake shook shaken
| shoot shot | show shown | shrink shrank shrunk | sing sang sung | sink sank sunk | sit sat | sleep slept | slide slid
| speak spoke spoken | speed sped | spend spent | spin spun | spring sprang sprung | stand stood | steal stole stolen
| stick stuck | strike struck stricken | strive strove striven | swear swore sworn | sweep swept | swim swam swum
| take took taken | teach taught | tear tore torn | tell told | think thought | throw threw thrown
| understand understood | undertake undertook undertaken | wake woke woken | wear wore worn | weave wove woven
| weep wept | win won | withdraw withdrew withdrawn | write wrote written
| calf calves | child children | die dice | foot feet | goose geese | half halves | knife knives | leaf leaves
| life lives | loaf loaves | man men | mouse mice | person people | policeman policemen | policewoman policewomen
| self selves | shelf shelves | spokesman spokesmen | thief thieves | tooth teeth | wife wives | wolf wolves
| woman women | workman workmen | criterion criteria | medium media | phenomenon phenomena | crisis crises
| analysis analyses | basis bases | bad worse worst | good better best | far further furthest
"""


def forms(word: str) -> tuple[str, ...]:
    """The stems of every form of a lower-case word, its own first.

    Args:
        word: As a text has it; its own stem already covers its regular forms.
    """
    own = stem(word)
    return (own, *(other for other in _others().get(own, ()) if other != own))


@cache
def _others() -> dict[str, tuple[str, ...]]:
    """By stem the stems of all forms of the words that it may stand for."""
    found: dict[str, tuple[str, ...]] = {}
    for group in IRREGULAR.split("|"):
        stems = tuple(dict.fromkeys(stem(word) for word in group.split()))
        for one in stems:
            found[one] = tuple(dict.fromkeys((*found.get(one, ()), *stems)))
    return found
