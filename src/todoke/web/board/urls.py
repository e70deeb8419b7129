"""The addresses of the board. Each name stands in rights.py, or the page opens for nobody; no name is one of the desk."""

from django.urls import path

from .pages import arrangements, home, plans

app_name = "board"
urlpatterns = [
    path("", home.board, name="board"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.new_plan, name="new-plan"),
    path("plans/setup/<uuid:uuid>/", plans.set_up_plan, name="set-up-plan"),
    path("plans/<uuid:uuid>/", plans.plan, name="plan"),
    path("plans/<uuid:uuid>/items.csv", plans.plan_csv, name="plan-csv"),
    path("plans/<uuid:uuid>/edit/", plans.edit_plan, name="edit-plan"),
    path("plans/<uuid:uuid>/close/", plans.close_plan, name="close-plan"),
    path("plans/<uuid:uuid>/items/new/", plans.new_item, name="new-item"),
    path("plans/<uuid:uuid>/changes/", plans.plan_changes, name="plan-changes"),
    path("plans/<uuid:uuid>/changes/undo/", plans.undo_change, name="undo-change"),
    path("plans/<uuid:uuid>/arrangements/", arrangements.arrangements, name="arrangements"),
    path("plans/<uuid:uuid>/arrangements/window/", arrangements.set_window, name="set-window"),
    path("plans/<uuid:uuid>/arrangements/capacity/", arrangements.set_capacity, name="set-capacity"),
    path("plans/<uuid:uuid>/arrangements/confirm/", arrangements.confirm_windows, name="confirm-windows"),
    path("plans/<uuid:uuid>/arrangements/remove/", arrangements.remove_part, name="remove-part"),
    path("items/<uuid:uuid>/", plans.plan_item, name="plan-item"),
    path("items/<uuid:uuid>/edit/", plans.edit_item, name="edit-item"),
]
