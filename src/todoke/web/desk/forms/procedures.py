"""Switching a procedure on or off."""

from django import forms

from todoke.foundation.procedures.queries import catalogue


class ProcedureForm(forms.Form):
    """Whether packages of a procedure go on, until when they are in time, and why it changes."""

    procedure = forms.ChoiceField(choices=[(code, one.name) for code, one in catalogue().items()])
    is_active = forms.TypedChoiceField(
        choices=[("1", "受付中"), ("0", "受付停止")], coerce=lambda text: text == "1"
    )
    closes_at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    reason = forms.CharField(max_length=200)
