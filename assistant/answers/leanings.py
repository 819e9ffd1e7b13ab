"""The words by which letters praise and find fault, on two scales.

The short lists say which way a sentence leans, whatever it is about: an answer to "what was good?" is chosen by them.
The long ones know the soft words too ("not always", "for a small number of children"): what became of a concern is
judged by them, where a fault that is overheard would be a concern reported improved.
"""

import re

__all__ = ["CASE", "FAULT", "PRAISE", "STRONG", "WEAK"]

WEAK = re.compile(
    r"\b(?:not|no|limited|lack\w*|however|insufficient\w*|inconsisten\w*|poor\w*|delay\w*|too (?:long"
    r"|slow|many|few|much)|fail\w*"
    r"|weak\w*|variab\w*|drift|shortage|challenge|barrier|difficult\w*|deteriorated|declined|yet"
    r"|minority|concern\w*)\b",
    re.IGNORECASE,
)
"""Words that find fault, plainly."""
STRONG = re.compile(
    r"\b(?:good|strong\w*|effective\w*|well|excellent|positive\w*|strength\w*|improv\w*|benefit\w*"
    r"|robust\w*|timely|clear\w*)\b",
    re.IGNORECASE,
)
"""Words that praise, plainly."""

FAULT = re.compile(
    r"\b(?:not|nor|without|too|however|limited|mixed|slow\w*|unclear|turnover|gaps?|only (?:some|a few)|fewer"
    r"|inconsisten\w*|variab\w+|vari(?:es|ed)|delay\w*|drift\w*|lack\w*|insufficient\w*|inadequa\w*|weak\w*|poor\w*"
    r"|absen\w*|backlog\w*|vacanc\w+|shortages?|shortfalls?|unstable|instability|difficult\w*|deteriorat\w*|declin\w+"
    r"|fail\w*|rarely|seldom|over-?optimis\w*|under-?developed|yet to|early stages?|in its infancy|does not"
    r"|remains? (?:an?|to be|too|high|low|weak|poor|over\w*|under\w*|challeng\w*)"
    r"|(?:is|are|still) an? areas? for improvement"
    r"|further (?:work|improve\w*|develop\w*|progress)|more (?:work|needs? to|to do|could|remains)"
    r"|needs to|need to (?:be|ensure|improve|do)|needs? (?:further|improve\w*|strengthen\w*|more|development)"
    r"|should|must"
    r"|for (?:a (?:small number|few|minority)|some|too many)|a small (?:number|minority) of"
    r"|less (?:well|effective|consistent|evident|clear|timely|strong)|miss(?:ed|ing) opportunit\w*"
    r"|high (?:caseload|turnover|workload)\w*|work(?:ing)? to (?:strengthen|improve|address|develop)"
    r"|concern(?:s|ed)? (?:about|that|remain)|changes of (?:social )?worker\w*"
    r"|some (?:care leavers|children|young people|plans|assessments|social workers|records|cases|visits|carers|staff"
    r"|managers|families|PAs))\b"
    r"|n['’]t\b|\bchalleng(?:e|es|ing)\b(?=.{0,30}(?:remain|recruit|sufficien|stabil))",
    re.IGNORECASE,
)
"""How letters find fault, also softly: "not always", "for a small number of children", "further work is needed"."""
CASE = re.compile(r"^(?:When|Where|If|Once)\b[^,.;]*,")
"""When something happens: no fault of those whose answer to it the sentence tells."""
PRAISE = re.compile(
    r"\b(?:improv(?:ed|ing|ements?)|strengthen(?:ed|ing)|stronger|better|since the (?:last|previous)|addressed|resolved"
    r"|progress has been made|reduced|increased|transformed|now|good|well|effective(?:ly)?|strong(?:ly)?|timely"
    r"|prompt(?:ly)?|swift(?:ly)?|thorough(?:ly)?|comprehensive(?:ly)?|robust(?:ly)?|excellent|impressive"
    r"|regular(?:ly)?|consistent(?:ly)?|clear(?:ly)?|appropriate(?:ly)?|skilled|sensitive(?:ly)?|detailed"
    r"|high[- ]quality|outstanding|positive(?:ly)?|careful(?:ly)?|benefit\w*|routinely|successful(?:ly)?|creative"
    r"|helpful|quickly|rigorous(?:ly)?|strengths?)\b",
    re.IGNORECASE,
)
"""How letters say that something is good, or better than it was."""
