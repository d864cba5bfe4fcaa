"""Tests of finding evidence."""
