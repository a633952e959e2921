from __future__ import annotations

import pytest

from articles.models import ActionSection, CalloutSection, FigureSection, FooterLink, MenuItem, StudySection
from tests.factories import make_guide, make_reference, make_reviewer, make_study, sign_and_publish
from tests.markup import tree


@pytest.fixture
def page(client, clinic):
    """The tree of a public address."""

    def get(path: str, status: int = 200):
        response = client.get(path)
        assert response.status_code == status, path
        return tree(response)

    return get


@pytest.fixture
def menu(db):
    for label, path in (("Conditions", "/conditions/"), ("Studies", "/studies/")):
        MenuItem.objects.create(label=label, path=path)
    for label, path in (("Editorial policy", "/editorial-policy/"), ("Privacy", "/privacy/")):
        FooterLink.objects.create(label=label, path=path)


@pytest.fixture
def reviewer_person(db):
    return make_reviewer(name="Sample Maria Reyes", slug="sample-maria-reyes", credentials="MD", specialty="Neurology")


@pytest.fixture
def guide(clinic, menu, reviewer_person):
    """A live guide with every kind of section that asks something of its template."""
    study = make_study()
    sign_and_publish(study, reviewer=reviewer_person.user)
    first, second, third = (make_reference() for _ in range(3))
    guide = make_guide(citing=first.pk)
    by_role = {section.role: section for section in guide.articles_textsection_set.all()}
    cite = '<cite data-ref="{}"></cite>'.format
    by_role["research"].html = (
        f"<p>One source.{cite(first.pk)} Three.{cite(first.pk)}{cite(second.pk)}{cite(third.pk)}</p>"
        f"<p>Again.{cite(second.pk)}</p>"
        "<table><tbody><tr><th><p>What</p></th><th><p>Why</p></th></tr>"
        "<tr><td><p>Riluzole</p></td><td><p>Slows it</p></td></tr></tbody></table>"
    )
    by_role["research"].save()
    common = {"parent": guide, "region": "main"}
    CalloutSection.objects.create(**common, ordering=35, tone="emergency", html="<p>Call 911 now if it is bad.</p>")
    CalloutSection.objects.create(**common, ordering=36, tone="know", heading="Good news", html="<p>Read on.</p>")
    FigureSection.objects.create(**common, ordering=25, drawing="motor-neuron-path", alt="From brain to muscle.")
    StudySection.objects.create(**common, ordering=55, study=study)
    ActionSection.objects.create(
        **common, ordering=200, action="consultation", heading="Talk with us", html="<p>Ask.</p>"
    )
    sign_and_publish(guide, reviewer=reviewer_person.user)
    return guide
