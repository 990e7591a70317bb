"""The box office: organizers, events, quotas, ticket orders, tickets, gates, statements."""
