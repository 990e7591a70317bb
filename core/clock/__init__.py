"""What repeats: chores are registered by the apps (`registry`) and run by one process (`runner`)."""
