"""Gathers the tables of the programme stages for Django."""
