"""Renders receipts as PDFs. The only module that imports xhtml2pdf."""

import base64
import mimetypes
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import translation
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from wagtail_payments.exceptions import PaymentsError
from wagtail_payments.models import CreditNote, Receipt

from .characters import FONTS, breakable, printable
from .credit_notes import credit_note_view
from .issue import receipt_view


def receipt_pdf(receipt: Receipt) -> bytes:
    """Return the PDF of ``receipt`` in its payer's language, from its frozen content."""
    with translation.override(receipt.language):
        return document_pdf("wagtail_payments/receipts/receipt.html", receipt_view(receipt))


def credit_note_pdf(note: CreditNote) -> bytes:
    """Return the PDF of a credit note in its payer's language, from its frozen content."""
    with translation.override(note.language):
        return document_pdf("wagtail_payments/receipts/credit_note.html", credit_note_view(note))


def document_pdf(template: str, view: dict[str, Any]) -> bytes:
    """Return the PDF of a template with ``view``, in the active language. Raises PaymentsError."""
    target = BytesIO()
    status = pisa.CreatePDF(
        _html(template, {"receipt": _with_breaks_in(view), "logo": _logo(view["seller"]["logo"])}),
        dest=target,
        link_callback=_local_path,
        resource_policy=_local_only(),
    )
    if status.err:
        raise PaymentsError(f"The PDF of {view['code']} cannot be rendered.")
    return target.getvalue()


def _html(template: str, context: dict[str, Any]) -> str:
    """Return the HTML with the characters that the fonts have, and a note if any are missing."""
    html, lost = printable(render_to_string(template, context))
    if lost:
        html, _ = printable(render_to_string(template, {**context, "unprintable": True}))
    return html


def _with_breaks_in(view: dict[str, Any]) -> dict[str, Any]:
    """Return ``view`` with breaks in long words of narrow columns."""
    narrow = {name: _with_breaks(view[name]) for name in ("code", "payer", "lines", "seller")}
    return {**view, **narrow}


def _with_breaks(value: Any) -> Any:
    """Return ``value`` with breaks in words that are too long for a line."""
    if isinstance(value, str):
        return breakable(value)
    if isinstance(value, dict):
        return {name: _with_breaks(part) for name, part in value.items()}
    return [_with_breaks(part) for part in value] if isinstance(value, list) else value


def _logo(name: str) -> str:
    """Return the logo as a data URI, from any storage; empty if it is missing."""
    if not name or not default_storage.exists(name):
        return ""
    with default_storage.open(name) as file:
        content = base64.b64encode(file.read()).decode()
    return f"data:{mimetypes.guess_type(name)[0] or 'image/png'};base64,{content}"


def _local_only() -> ResourceAccessPolicy:
    """Return a policy that reads only static and media files, and fetches nothing."""
    return ResourceAccessPolicy(
        allow_remote=False, base_dir=None, extra_roots=(_font_folder(), *_media_folder())
    )


def _font_folder() -> Path:
    return Path(str(finders.find(FONTS[0]))).resolve().parent


def _media_folder() -> list[Path]:
    return [Path(settings.MEDIA_ROOT).resolve()] if settings.MEDIA_ROOT else []


def _local_path(uri: str, base: str | None) -> str:
    """Return the file of a static or media URL; other URLs are returned unchanged."""
    if settings.STATIC_URL and uri.startswith(settings.STATIC_URL):
        return finders.find(uri.removeprefix(settings.STATIC_URL)) or uri
    if settings.MEDIA_URL and uri.startswith(settings.MEDIA_URL):
        return default_storage.path(uri.removeprefix(settings.MEDIA_URL))
    return uri
