"""Filters that show states, times and amounts the same way everywhere: `{% load shown %}`."""

from django import template

from leads.admin import words

register = template.Library()
register.filter("money", words.money)
register.filter("when", words.when)
register.filter("spoken_phone", words.phone)
register.simple_tag(words.pill, name="pill")
