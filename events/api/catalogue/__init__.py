"""Events and what is on sale for them, venues, organizers, categories, favourites."""
