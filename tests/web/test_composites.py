"""Composites by their pages: begun, worked on, signed, refused, published, amendments answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from consult.service import clock, composites, compositing
from consult.web.composites.presenters import MANY
from tests.factories import Cast
from tests.motions import Stage, stage
from tests.service.test_composites import WHY, asked, begun, explained, of_birch, signed
from tests.web.pages import Browser
from tests.web.signing_in import browser_of


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A consultation, and the clock of its tests on every page."""
    made = stage(cast)
    monkeypatch.setattr(clock, "source", lambda session: made.at)
    yield made


def by(app: Flask, scene: Stage, name: str) -> Browser:
    return browser_of(app, scene.cast.who[name])


def test_many_motions_are_narrowed_to_a_branch_and_what_is_ticked_stays(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = stage(cast, motions_per_branch=0)
    monkeypatch.setattr(clock, "source", lambda session: scene.at)
    own, other = [scene.published() for _one in range(MANY)], of_birch(scene)
    page = by(app, scene, "chair").open(f"/consultations/{scene.consultation.id}/composites/new")
    assert "To ask the council for a single fare of £1.50." in page.text
    page = (
        page.tick(f"{own[0].label}: {own[0].title} (Alder)").choose("Show those of", "Birch").press("Show these only")
    )
    assert other.title in page.text and own[0].label in page.text and f"{own[1].label}:" not in page.text
    assert not page.errors
    page = page.tick(f"{other.label}: {other.title} (Birch)").fill("Heading of the composite", "Sunday buses")
    assert page.press("Begin the composite").title == "Workbench"


def test_from_choosing_motions_to_the_published_composite(app: Flask, scene: Stage, browser: Browser) -> None:
    one, two = scene.published(), of_birch(scene)
    scene.amended(two, ("£1.50", "£1"), by="third_delegate")
    chair = by(app, scene, "chair")
    page = chair.open("/composites").click("The spring conference").press("Begin the composite", 422)
    assert len(page.errors) == 2
    page = page.fill("Heading of the composite", "Sunday buses")
    page = (
        page.tick(f"Motion 1: {one.title} (Alder)").tick(f"Motion 2: {two.title} (Birch)").press("Begin the composite")
    )
    assert page.title == "Workbench" and "The composite has these words." in page.text
    page = page.press("Use these words: Motion 2, Resolves 1")
    assert "Composite, Resolves 2: To ask the council for a single fare of £1.50." in page.text
    page = (
        page.click("Write the text").press("Save the text").click("Back to the workbench").click("Sources and reasons")
    )
    page = page.fill("Motion 1, Resolves 2", WHY).press("Save sources and reasons")
    assert WHY in page.text
    page = chair.open("/composites/1").press("Ask the branches to sign")
    assert "has not answered" in page.text
    for name, branch in (("delegate", "Alder"), ("other_delegate", "Birch")):
        own = by(app, scene, name).open("/composites/1").click(f"Sign or refuse for {branch}")
        own = own.press("Answer for the branch", 422)
        own = own.choose("Your branch’s answer", "Sign: our motion goes into this composite, in exactly these words")
        assert f"The answer of {branch} is on the record." in own.press("Answer for the branch").text
    page = chair.open("/composites/1").click("Publish it")
    assert "carried over as it is" in page.text
    page = page.press("Publish the composite")
    assert page.title == "Sunday buses" and "is published as a motion of its own" in page.text
    assert "word for word" in by(app, scene, "member").open("/composites/1").text
    assert "Sunday buses" in by(app, scene, "member").open(f"/motions/{one.id}").text
    assert browser.open("/motions/3").title == "Sunday buses"


def test_a_refusal_and_a_change_by_pages(app: Flask, scene: Stage) -> None:
    composite = asked(scene)
    own = by(app, scene, "other_delegate").open(f"/composites/{composite.id}").click("Sign or refuse for Birch")
    chair = by(app, scene, "chair")
    page = chair.open(f"/composites/{composite.id}/workbench")
    assert "they are asked again" in page.text
    page.press("Use these words: Motion 2, Resolves 1")
    words = "Refuse: the composite ends, and every motion stands on the agenda as it was"
    own = own.choose("Your branch’s answer", words).fill("Why you refuse", WHY).press("Answer for the branch", 409)
    assert "nobody is asked to sign it now" in own.text
    again = chair.open(f"/composites/{composite.id}/sources")
    again = again.fill("Motion 1, Resolves 2", WHY).press("Save sources and reasons")
    chair.open(f"/composites/{composite.id}").press("Ask the branches to sign")
    own = by(app, scene, "other_delegate").open(f"/composites/{composite.id}").click("Sign or refuse for Birch")
    own = own.choose("Your branch’s answer", words).press("Answer for the branch", 422)
    own = own.fill("Why you refuse", WHY).press("Answer for the branch")
    assert "Birch refused it" in own.text and "as they were" in own.text


def test_a_mover_answers_about_an_amendment(app: Flask, scene: Stage) -> None:
    one = scene.published()
    lost = scene.amended(one, ("£2", "£1.20"), by="third_delegate")
    two = of_birch(scene)
    made = composites.begin(scene.consultation, [two, one], "Fares", by=scene.actor("chair"), at=scene.at)
    composite = explained(scene, composites.get(made.id))
    compositing.ask(composite, by=scene.actor("chair"), at=scene.at)
    composite = signed(scene, composites.get(made.id), "Alder", "Birch")
    compositing.publish(composite, seal=composite.seal or "", by=scene.actor("chair"), at=scene.at)
    mover = by(app, scene, "third_delegate")
    page = mover.open(f"/composites/{composite.id}/amendments").click("Move it anew, or let it go")
    page = page.press("Move it anew", 422)
    resolves = page.find(name="resolves").text or ""
    page = page.fill("Resolves", resolves.replace("£1.50", "£1.20").strip()).press("Move it anew")
    assert "It is a draft to the composite now" in page.text and "£1.20" in page.text
    mover.open(f"/amendments/{lost.id}/composite").press("Let it go", 409)


def test_who_may_not(app: Flask, scene: Stage, browser: Browser) -> None:
    composite = begun(scene)
    member = by(app, scene, "member")
    member.open(f"/composites/{composite.id}")
    for path in ("workbench", "text", "sources", "publish", "give-up"):
        member.open(f"/composites/{composite.id}/{path}", 403)
    unit = scene.cast.units["Alder"].id
    member.open(f"/composites/{composite.id}/branches/{unit}", 403)
    member.open(f"/composites/{composite.id}/branches/999", 404)
    member.open(f"/consultations/{scene.consultation.id}/composites/new", 403)
    member.open("/composites/99", 404)
    assert "Sign in" in browser.open("/composites").text
