"""Mails as rows: queued in the transaction of their cause, sent by the worker, tracked."""
