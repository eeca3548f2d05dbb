"""Tests, and the hosts on loopback that they ask."""
