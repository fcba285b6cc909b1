"""What happened, in a sentence: `{% load said %}`, then `{{ event|says }}`."""

from django import template

from leads.events import sentence

register = template.Library()
register.filter("says", sentence)
