"""Soak and kill tests, minutes to hours long: run by hand, `python -m tests.stress.soak`."""
