"""What the pages of the back office need to show statuses and amounts."""

from django import template

from core.admin.badges import amount_with_currency, badge

register = template.Library()
register.simple_tag(badge)
register.simple_tag(amount_with_currency, name="amount")
