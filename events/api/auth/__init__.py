"""The accounts of the box office: they are the shop's, its sign-ins are its own."""
