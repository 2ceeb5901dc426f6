"""What each command does, as a plain function; one file a command."""
