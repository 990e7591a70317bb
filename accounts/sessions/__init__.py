"""Sign-ins: their tokens, devices and cookies, and the lock against guessing passwords."""
