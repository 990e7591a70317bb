"""What organizers see of their sales: dashboard, events, analytics, statements, attendees."""
