"""Tests of the scripts, which run them as a person's shell would."""
