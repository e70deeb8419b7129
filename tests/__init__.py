"""The tests of Todoke; they lie by the path of what they test."""
