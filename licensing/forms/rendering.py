"""How every form is drawn: GOV.UK Frontend's markup around Django's own fields.

`settings.FORM_RENDERER` names `SluiceRenderer`. The templates live in ``templates/django/forms``; what a
template cannot know (the class of a widget, the element that an error points at) is added here.
"""

from typing import Any

from django.forms import BoundField, widgets
from django.forms.renderers import TemplatesSetting

_CLASSES: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.CheckboxSelectMultiple, "govuk-checkboxes__input"),  # before the radio buttons that Django makes it from
    (widgets.RadioSelect, "govuk-radios__input"),
    (widgets.CheckboxInput, "govuk-checkboxes__input"),
    (widgets.Select, "govuk-select"),
    (widgets.Textarea, "govuk-textarea"),
    (widgets.FileInput, "govuk-file-upload"),
    (widgets.MultiWidget, "govuk-input"),
    (widgets.Input, "govuk-input"),
)


class SluiceBoundField(BoundField):
    """A field with GOV.UK's classes, and the id that an error summary links to."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: widgets.Widget | None = None) -> dict[str, Any]:
        """Django's attributes, plus the classes; without ``required``, so that every error is told in our words."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        attrs.pop("required", None)
        if isinstance(widget, widgets.RadioSelect):
            attrs.pop("aria-invalid", None)  # a single radio button cannot be invalid, only the group
        if not widget.is_hidden:
            attrs["class"] = " ".join(filter(None, [*self._classes(widget), str(attrs.get("class") or "")]))
        return attrs

    def _classes(self, widget: widgets.Widget) -> list[str]:
        block = next((name for kind, name in _CLASSES if isinstance(widget, kind)), "")
        own = widget.attrs.get("class", "")
        error = f"{block}--error" if self.errors and block and not block.endswith("__input") else ""
        return [block, own, error]

    @property
    def is_single_checkbox(self) -> bool:
        """Whether the label stands behind the box, as GOV.UK's checkboxes want it."""
        return isinstance(self.field.widget, widgets.CheckboxInput)

    @property
    def error_target(self) -> str:
        """The id of the first control: what a click on the error summary brings into focus."""
        widget = self.field.widget
        several = isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple | widgets.MultiWidget)
        return f"{self.auto_id}_0" if several else self.auto_id


class SluiceRenderer(TemplatesSetting):
    """Forms through the project's templates, with GOV.UK's markup for the form and for each field."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
    bound_field_class = SluiceBoundField
