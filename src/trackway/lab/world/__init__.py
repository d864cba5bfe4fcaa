"""What happens on a host: processes, look-ups, connections, scripts, in the order of time."""
