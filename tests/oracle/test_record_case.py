"""scripts/record_case.py: recording a case again gives what the corpus holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.record_case import record
from tests.support import corpus_cases

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("case", ["errors-a-0.5.2", "open-0.10.3"])
def test_case_recorded_again_has_the_same_answers(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {answer.path: answer for answer in corpus_cases.answers(case)}
    logdir = corpus_cases.copy_logdir(case, tmp_path / "swanlog")
    before = corpus_cases.fingerprint(logdir)
    record(logdir, tmp_path / "corpus" / case, "again")
    assert corpus_cases.fingerprint(logdir) == before
    monkeypatch.setattr(corpus_cases, "CORPUS", tmp_path / "corpus")
    again = {answer.path: answer for answer in corpus_cases.answers(case)}
    both = set(known) & set(again)
    assert len(both) >= 8
    assert {path: again[path] for path in both} == {path: known[path] for path in both}
    again_at = corpus_cases.copy_logdir(case, tmp_path / "third")
    assert {name: entry[0] for name, entry in corpus_cases.fingerprint(again_at).items()} == {
        name: entry[0] for name, entry in before.items()
    }
