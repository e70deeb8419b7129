"""The addresses of the board. Each name stands in rights.py, or the page opens for nobody; no name is one of the desk."""

from django.urls import path

from .pages import home

app_name = "board"
urlpatterns = [
    path("", home.board, name="board"),
]
