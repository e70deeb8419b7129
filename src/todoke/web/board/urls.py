"""The addresses of the board. Each name stands in rights.py, or the page opens for nobody; no name is one of the desk."""

from django.urls import path

from .pages import arrangements, forecasting, home, plans, progress, roadmap

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
    path("plans/<uuid:uuid>/progress/", progress.progress, name="progress"),
    path("plans/<uuid:uuid>/progress.csv", progress.progress_csv, name="progress-csv"),
    path("plans/<uuid:uuid>/matrix/", progress.matrix, name="matrix"),
    path("plans/<uuid:uuid>/matrix.csv", progress.matrix_csv, name="matrix-csv"),
    path("plans/<uuid:uuid>/report/", progress.report, name="report"),
    path("plans/<uuid:uuid>/report.xlsx", progress.report_workbook, name="report-workbook"),
    path("plans/<uuid:uuid>/report/workbook/", progress.take_workbook, name="take-workbook"),
    path("items/<uuid:uuid>/", plans.plan_item, name="plan-item"),
    path("items/<uuid:uuid>/edit/", plans.edit_item, name="edit-item"),
    path("plans/<uuid:uuid>/gantt/", roadmap.gantt, name="gantt"),
    path("plans/<uuid:uuid>/gantt.csv", roadmap.gantt_file, name="gantt-file"),
    path("plans/<uuid:uuid>/forecast/", forecasting.forecast, name="forecast"),
    path("plans/<uuid:uuid>/forecast/keep/", forecasting.keep_forecast, name="keep-forecast"),
    path("plans/<uuid:uuid>/why/", forecasting.why, name="why"),
    path("plans/<uuid:uuid>/safe-dates/", forecasting.safe_dates, name="safe-dates"),
    path("plans/<uuid:uuid>/early-start/", forecasting.early_start, name="early-start"),
    path("plans/<uuid:uuid>/loads/", forecasting.loads, name="loads"),
    path("plans/<uuid:uuid>/network/", forecasting.network, name="network"),
    path("plans/<uuid:uuid>/what-if/", forecasting.what_if, name="what-if"),
    path("plans/<uuid:uuid>/what-if/keep/", forecasting.keep_scenario, name="keep-scenario"),
    path("plans/<uuid:uuid>/figures/<slug:what>.csv", forecasting.figures, name="figures"),
]
