"""Nobody forgets a case: each has a test, or stands here with the reason why it has none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.security.catalogue import CASES
from tests.security.test_bad_inputs import FRAMES

TESTS = Path(__file__).parents[1]
NAMED = re.compile(r"test_([a-z]+)((?:_\d\d)+)_")

COMET, FILES = "comes with the comet engine", "files cannot be sent yet"
WITHOUT_TEST = {
    "FRAME-20": COMET,
    "FRAME-23": COMET,
    "PROTOCOL-12": COMET,
    "HANDSHAKE-07": COMET,
    "HANDSHAKE-08": COMET,
    "UPLOAD-01": FILES,
    "UPLOAD-03": FILES,
    "UPLOAD-04": FILES,
    "UPLOAD-06": FILES,
    "UPLOAD-07": FILES,
    "UPLOAD-09": FILES,
    "UPLOAD-10": FILES,
    "WEBHOOK-01": "there are no webhooks yet",
    "WEBHOOK-02": "there are no inbound channels yet",
    "IMPORT-01": "nothing is imported yet",
    "IMPORT-02": "there is no restore command yet",
    "ARCHIVE-02": "there is no archive yet",
    "ARCHIVE-03": "there is no archive yet",
    "AI-01": "there is no model yet",
    "ADMIN-01": "there are no auto-reply rules yet",
}
# Tests that do not carry their case in the name.
ELSEWHERE = {
    "PROTOCOL-02": {"test_p12_without_hello_the_socket_closes"},
    "CONFIG-01": {"test_a_bad_value_ends_the_start_with_one_line"},
    "CONFIG-02": {
        "test_a_bad_value_ends_the_start_with_one_line",
        "test_an_unknown_name_only_warns",
    },
    "ADMIN-02": {
        "test_a_site_with_visitors_can_not_be_deleted_and_says_so",
        "test_an_empty_site_is_deleted_after_a_question_with_counts",
        "test_removing_asks_with_the_number_of_open_conversations",
        "test_closing_an_account_puts_its_conversations_back_and_ends_its_sessions",
        "test_the_second_of_two_who_edit_the_same_site_is_told",
    },
}


def every_test() -> set[str]:
    """The names of all tests."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in TESTS.rglob("test_*.py"))
    return {
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def cases_in(name: str) -> set[str]:
    """The cases that a test carries in its name: test_http_08_..., test_handshake_01_02_..."""
    found = NAMED.match(name)
    return (
        {f"{found[1].upper()}-{number}" for number in found[2][1:].split("_")} if found else set()
    )


def test_every_case_has_a_test_or_a_reason() -> None:
    named = {case for name in every_test() for case in cases_in(name)}
    tested = named | {case.id for case in FRAMES} | set(ELSEWHERE)
    assert {case for case in CASES if case not in tested} == set(WITHOUT_TEST)
    assert not tested & set(WITHOUT_TEST)


def test_the_tests_elsewhere_are_there() -> None:
    names = every_test()
    assert {name for tests in ELSEWHERE.values() for name in tests} <= names


def test_the_catalogue_is_whole() -> None:
    assert len(CASES) == 73
