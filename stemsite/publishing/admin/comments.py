"""The screen of a page's comments (PUB-38)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from .. import commenting
from ..commenting import LONGEST, LONGEST_QUOTE, Places, Thread
from ..gate import Finding, Refused
from ..models import Comment, Page
from .finding_pages import page_for, place_of


class CommentForm(forms.Form):
    field = forms.ChoiceField(label="About", required=False)
    quote = forms.CharField(
        label="Words it is about",
        required=False,
        max_length=LONGEST_QUOTE,
        help_text="Copied from the text. Without them the comment is about the whole section.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    text = forms.CharField(label="Comment", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    is_blocking = forms.BooleanField(label="Nothing is published until this is resolved", required=False)

    def __init__(self, *args: Any, page: Page, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        names = Places(page).names
        self.fields["field"].choices = [("", "the whole page"), *names.items()]


class ReplyForm(forms.Form):
    text = forms.CharField(label="Reply", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, comment: Comment, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"reply-{comment.pk}", use_required_attribute=False, **kwargs)


@require_http_methods(["GET", "HEAD", "POST"])
def comment_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever may see the draft may say something about it."""
    page = page_for(request, pk)
    form = CommentForm(request.POST if request.method == "POST" else None, page=page)
    if form.is_bound and form.is_valid():
        try:
            commenting.say(page, by=request.user, **form.cleaned_data)
        except Refused as refused:
            for finding in refused.findings:
                form.add_error(finding.field if finding.field in form.fields else None, finding.message)
        else:
            messages.success(request, "Said. Those whom the page concerns are told.")
            return _back(page)
    return _screen(request, page, form, status=422 if form.is_bound else 200)


@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    comment = get_object_or_404(Comment.objects.select_related("made_by"), pk=pk, reply_to=None)
    page = page_for(request, comment.page_id)
    comment.page = page
    form = ReplyForm(request.POST, comment=comment)
    if verb not in {"reply", "resolve", "reopen"}:
        raise Http404
    if verb == "reply" and not form.is_valid():
        return _screen(request, page, CommentForm(page=page), replying=(comment.pk, form), status=422)
    try:
        match verb:
            case "reply":
                commenting.reply(comment, by=request.user, text=form.cleaned_data["text"])
            case "resolve":
                commenting.resolve(comment, by=request.user)
            case _:
                commenting.reopen(comment, by=request.user)
    except Refused as refused:
        messages.warning(request, str(refused))
    return _back(page)


def _screen(
    request: HttpRequest, page: Page, form: CommentForm, *, replying: tuple[int, ReplyForm] | None = None, status: int
) -> HttpResponse:
    rows = [_row(request, page, thread, replying) for thread in commenting.threads(page)]
    context = {
        **site.each_context(request),
        "title": f"Comments on {page.title}",
        "page": page,
        "rows": rows,
        "open": sum(row["thread"].comment.resolved_at is None for row in rows),
        "form": form,
        "mistakes": [field for field in form if field.errors] if form.is_bound else [],
    }
    return render(request, "admin/publishing/comments.html", context, status=status)


def _row(request: HttpRequest, page: Page, thread: Thread, replying: tuple[int, ReplyForm] | None) -> dict[str, Any]:
    comment = thread.comment
    place = place_of(page, Finding(severity="info", message="", field=thread.field)) if thread.field else ""
    return {
        "thread": thread,
        "comment": comment,
        "place_url": place,
        "may_resolve": commenting.may_resolve(comment, request.user),
        "reply": replying[1] if replying and replying[0] == comment.pk else ReplyForm(comment=comment),
    }


def _back(page: Page) -> HttpResponse:
    return HttpResponseRedirect(commenting.address(page), status=303)
