"""Notices in real time: a Socket.IO server that follows the table of notices."""
