"""How the back office writes days and moments, by language; mails have patterns of their own."""
