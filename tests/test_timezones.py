"""`--timezone`: names, offsets, and to whom they apply."""

from __future__ import annotations

import pytest

from trackway.correlate.run import offset_seconds
from trackway.errors import UsageError
from trackway.timezones import Timezones


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("+02:00", 7200),
        ("-07:30", -27000),
        ("+0530", 19800),
        ("+5", 18000),
        ("-05", -18000),
        ("UTC+1", 3600),
        ("GMT-03:30", -12600),
        ("+00:00", 0),
        ("Europe/Berlin", None),
        ("02:00", None),
        ("+2:0", None),
        ("+02:00 ", None),
        ("", None),
    ],
)
def test_an_offset_is_hours_and_minutes_with_a_sign(text, seconds):
    assert offset_seconds(text) == seconds


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "+02:00", "UTC-3", "-0700"])
def test_a_zone_without_a_host_is_everybody_s(zone):
    assert Timezones.parse([zone]).of("WS7") == zone


def test_a_zone_of_a_host_comes_before_everybody_s():
    zones = Timezones.parse(["UTC", "ws7=Europe/Berlin", "DC1.corp.example=+02:00"])
    assert zones.of("WS7.corp.example") == "Europe/Berlin"
    assert zones.of("dc1.CORP.example") == "+02:00"
    assert zones.of("other") == "UTC"


def test_a_full_name_does_not_speak_for_another_domain():
    assert Timezones.parse(["ws7.a.example=+02:00"]).of("ws7.b.example") is None


def test_without_a_word_of_the_user_a_zone_is_measured():
    assert Timezones.parse([]).of("WS7") is None


@pytest.mark.parametrize(
    "text", ["Europe/Berln", "ws7=Moon/Base", "+2h", "", "=", "+25:00", "+02:60", "/etc/passwd", "../UTC"]
)
def test_a_zone_that_does_not_exist_is_one_clear_line(text):
    with pytest.raises(UsageError, match="no such time zone"):
        Timezones.parse([text])
