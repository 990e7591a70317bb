"""What the pages of the back office need to show statuses and amounts."""

from django import template

from core.admin.badges import badge, money

register = template.Library()
register.simple_tag(badge)
register.simple_tag(money, name="amount")
