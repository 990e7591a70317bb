"""What the shop's mails say."""
