"""Tests of swancli.logdir."""
