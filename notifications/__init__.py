"""Mails and notices. It listens to every app and none calls it."""
