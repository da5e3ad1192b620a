"""The format `junit`: a JUnit report in XML, one suite for each file and one failed case for each finding."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from taskfan_lint.edit import Lines
from taskfan_lint.finding import Finding
from taskfan_lint.report import Look, Report, escape, printable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAME = "taskfan-lint"
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the findings as XML; without findings one case passes, since readers refuse a report without cases."""
    from xml.etree import ElementTree  # lazy: no other format is XML

    found = [report for report in reports if report.findings]
    count = str(sum(len(report.findings) for report in found))
    root = ElementTree.Element("testsuites", name=NAME, tests=count if found else "1", failures=count, errors="0")
    for report in found:
        _suite(root, report, look)
    if not found:
        suite = ElementTree.SubElement(root, "testsuite", name=NAME, tests="1", failures="0", errors="0")
        ElementTree.SubElement(suite, "testcase", name="no findings", classname=NAME)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(root: Element, report: Report, look: Look) -> None:
    from xml.etree.ElementTree import SubElement  # lazy: no other format is XML

    lines = Lines(report.document.text)
    path = _text(look.rooted(report.document.path))
    count = str(len(report.findings))
    suite = SubElement(root, "testsuite", name=path, package=NAME, tests=count, failures=count, errors="0")
    for finding in report.findings:
        row, column = lines.position(finding.span.start)
        name = f"{finding.code} at {row}:{column}"
        case = SubElement(suite, "testcase", name=name, classname=path, file=path, line=str(row))
        failure = SubElement(case, "failure", message=_text(finding.message), type=str(finding.severity))
        failure.text = _text(_body(finding, f"{path}:{row}:{column}", lines))


def _body(finding: Finding, place: str, lines: Lines) -> str:
    notes = [f"line {lines.position(note.span.start)[0]}: {printable(note.message)}" for note in finding.notes]
    help_ = [f"help: {printable(finding.help)}"] if finding.help else []
    return "\n".join([f"{place}: {printable(finding.message)}", *notes, *help_])


def _text(text: str) -> str:
    """Return a text without what XML cannot hold, which is escaped as in Python."""
    return _NOT_XML.sub(lambda found: escape(found[0]), text)
