"""JUnit XML, as GitHub, GitLab and Jenkins read it."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import asdict

from eval.report.words import allowed, labelled, short
from eval.results import Results
from eval.score import EXTRACTIVE, Outcome

__all__ = ["as_junit"]

NAME = 200  # characters of a test's name
MESSAGE = 500  # characters of a failure's message; all of it stands in the failure's text


def as_junit(results: Results) -> str:
    """One test suite for each gold file and writer, one test case for each question; then the gate's, if it was asked.

    A question that fails is a failure with its causes and the answer; a known gap that fails is skipped, with the
    reason.
    """
    suites: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in results.outcomes:
        suites.setdefault((outcome.question.source, outcome.writer), []).append(outcome)
    root = ET.Element("testsuites", name="eval")
    for (source, writer), outcomes in suites.items():
        suite = ET.SubElement(root, "testsuite", name=source if writer == EXTRACTIVE else f"{source}, {writer}")
        _properties(suite, results)
        for outcome in outcomes:
            _question(suite, outcome)
    if results.verdict:
        suite = ET.SubElement(root, "testsuite", name="gate")
        _properties(suite, results)
        _gate(suite, results.verdict.falls)
    for suite in root:
        _count(suite, [suite])
    _count(root, list(root))
    ET.indent(root)
    return allowed(f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n')


def _properties(suite: ET.Element, results: Results) -> None:
    properties = ET.SubElement(suite, "properties")
    for name, value in {**asdict(results.circumstances), "command": results.command}.items():
        if value:
            ET.SubElement(properties, "property", name=name, value=value)


def _question(suite: ET.Element, outcome: Outcome) -> None:
    question = outcome.question
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"{question.source}.{question.type}",
        name=short(f"{question.id} {question.question}", NAME),
        time=f"{_seconds(outcome):.3f}",
    )
    doubts = "\n".join(outcome.doubts)
    if outcome.passed:
        if doubts:
            ET.SubElement(case, "system-out").text = doubts
        return
    causes = "; ".join(outcome.causes)
    if question.known_gap:
        ET.SubElement(case, "skipped", message=short(f"known gap: {question.known_gap}", MESSAGE))
        return
    kind = "must pass" if question.must_pass else "wrong"
    parts = ("question", question.question), ("causes", causes), ("in doubt", doubts), ("answer", outcome.given.answer)
    failure = ET.SubElement(case, "failure", message=short(causes, MESSAGE), type=kind)
    failure.text = "\n\n".join(f"{title}:\n{words}" for title, words in parts if words)


def _gate(suite: ET.Element, falls: Sequence[str]) -> None:
    for fall in falls:
        name = short(labelled(fall), NAME)
        case = ET.SubElement(suite, "testcase", classname="gate", name=name, time="0.000")
        ET.SubElement(case, "failure", message=short(fall, MESSAGE), type="gate").text = fall
    if not falls:
        ET.SubElement(suite, "testcase", classname="gate", name="holds", time="0.000")


def _seconds(outcome: Outcome) -> float:
    return outcome.seconds.get("total", sum(outcome.seconds.values()))


def _count(element: ET.Element, suites: Sequence[ET.Element]) -> None:
    cases = [case for suite in suites for case in suite.iter("testcase")]
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")
    element.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
    element.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
