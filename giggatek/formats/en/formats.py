"""The same short forms in every list and on every page: `Nov 21, 2026, 09:28`, in UTC."""

DATE_FORMAT = "M j, Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "M j, Y, H:i"
