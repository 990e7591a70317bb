"""How mails leave."""

from giggatek.settings.base import VAR_DIR, env

EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="GigGatek <notifications@giggatek.com>")
MAIL_DIR = env.path("MAIL_DIR", default=str(VAR_DIR / "mail"))
# One of Anymail's providers, such as mailgun; else the mail server; without one the letters are files, so that a
# demo needs neither.
EMAIL_PROVIDER = env.str("EMAIL_PROVIDER", default="")
if EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
elif EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
else:
    EMAIL_BACKEND = "notifications.outbox.folder.FolderBackend"
# The provider's keys, under the names that Anymail's documentation gives them (ANYMAIL_MAILGUN_API_KEY and so on).
ANYMAIL = {name.removeprefix("ANYMAIL_"): value for name, value in env.ENVIRON.items() if name.startswith("ANYMAIL_")}
# A provider that cannot carry our mark (Postal) leaves it out instead of refusing every mail.
ANYMAIL["IGNORE_UNSUPPORTED_FEATURES"] = True
# user:password with which the provider signs in to tell what became of a mail.
ANYMAIL["WEBHOOK_SECRET"] = env.str("ANYMAIL_WEBHOOK_SECRET", default="")
# For how many days the text of a mail is kept after it was made.
MAIL_BODY_DAYS = env.int("MAIL_BODY_DAYS", default=90)
