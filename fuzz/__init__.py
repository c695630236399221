"""Fuzzing with coverage guidance: `python -m fuzz TARGET SECONDS`, where TARGET is one of these modules, fuzz_ left out.

Each has a function `check(data)` that fails if the code under test does wrong with these bytes, and a folder of inputs in
corpus/. What is found to fail goes to corpus/ too, under a name that says what it was: `tests/trust/test_fuzz.py` replays all.
"""
