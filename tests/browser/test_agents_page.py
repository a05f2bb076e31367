"""The page of the agents, in front of a real Council."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from council.parts import Parts
from tests.browser.conftest import OpenPage
from tests.browser.panel import WIDTHS, Home, at_home, card, names, question, sheet
from tests.browser.rooms import overflow

pytestmark = pytest.mark.browser


@pytest.fixture
def home(make_council: Callable[..., Parts], tmp_path: Path) -> Iterator[Home]:
    """A server with an endpoint of two models, of which one has a price."""
    prices = tmp_path / "prices.yaml"
    prices.write_text("prices:\n  - {provider: endpoint, model: big, input: 0.5, output: 2.125}\n", "utf-8")
    endpoint = {"llm_base_url": "https://models.example.com/v1", "llm_model": "big, small"}
    with at_home(make_council(prices_file=prices, **endpoint)) as home:
        yield home


def opened(open_page: OpenPage, home: Home, *, address: str = "/agents", **more: object) -> Page:
    page = open_page(home.url + address, **more)
    expect(page.locator("council-agents")).to_have_attribute("data-state", "ready")
    return page


def mine(home: Home, **more: object) -> str:
    """An agent of the user's own; its id."""
    agent = home.post("agents", **{"name": "Night Watch", "persona": "You keep watch.", **more})
    own_id: str = agent["agent_id"]
    return own_id


# Cards


def test_a_card_tells_who_an_agent_is(home: Home, open_page: OpenPage) -> None:
    """Sign, name, what it is good for, settings, persona, and where it sits; a built-in one can only be copied."""
    page = opened(open_page, home)
    justice = card(page, "chief_justice")
    expect(justice.locator(".avatar")).to_have_text("CJ")
    expect(justice).to_contain_text("Weighs both sides, rules")
    expect(justice).to_contain_text("Default of the server")
    expect(justice).to_contain_text("temperature 0.2 · top-p 0.8 · at most 8,192 tokens")
    justice.get_by_text("Persona", exact=True).click()
    expect(justice.get_by_text("You are the Chief Justice.")).to_be_visible()
    expect(justice.get_by_role("link", name="Council Debate")).to_have_attribute(
        "href", "/templates/council_debate/edit"
    )
    expect(justice.get_by_text("and 4 more")).to_be_visible()
    expect(justice.get_by_role("button")).to_have_text(["Copy and edit"])


def test_an_own_agent_tells_its_model_and_price(home: Home, open_page: OpenPage) -> None:
    """In USD for a million tokens, or in words that nobody knows."""
    mine(home, provider="endpoint", model="big")
    home.post("agents", name="Other", persona="You.", provider="endpoint", model="small")
    page = opened(open_page, home)
    expect(card(page, "night_watch")).to_contain_text("$0.50 in, $2.125 out per million tokens")
    expect(card(page, "other")).to_contain_text("price unknown")


def test_agents_are_searched_filtered_and_sorted(home: Home, open_page: OpenPage) -> None:
    """Search looks into persona and model, too; what fits nothing says so and shows the way back."""
    mine(home, model="big", provider="endpoint", persona="You know the quay.")
    page = opened(open_page, home)
    search = page.get_by_label("Search agents")
    search.fill("QUAY endpoint")
    expect(page.locator(".shelf-card")).to_have_count(1)
    search.fill("xyzzy")
    expect(page.get_by_text("Nothing fits that.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(search).to_be_focused()
    all_of_them = page.locator(".shelf-card").count()
    page.get_by_text("Your own", exact=True).click()
    expect(page.locator(".shelf-card")).to_have_count(1)
    expect(page.get_by_text(f"1 of {all_of_them}")).to_be_visible()
    page.get_by_text("All", exact=True).click()
    page.get_by_label("Sort by").select_option("name")
    assert names(page) == sorted(names(page), key=str.lower)


# The editor


def test_a_new_agent_is_made(home: Home, open_page: OpenPage) -> None:
    """Its id is made of its name and shown before; afterwards one stands at its card."""
    page = opened(open_page, home)
    page.get_by_role("button", name="New agent").click()
    form = sheet(page)
    form.get_by_label("Name", exact=True).fill("Night Watch")
    expect(form.get_by_label("Id")).to_have_attribute("placeholder", "night_watch")
    form.get_by_label("Persona").fill("You keep watch.")
    expect(form.get_by_text("15 of 20,000 characters")).to_be_visible()
    form.get_by_label("Temperature").fill("0.4")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Night Watch is saved.")).to_be_visible()
    expect(card(page, "night_watch").get_by_role("button", name="Edit", exact=False).first).to_be_focused()
    kept = home.get("agents/night_watch")
    assert (kept["persona"], kept["temperature"], kept["top_p"]) == ("You keep watch.", 0.4, None)
    assert (kept["provider"], kept["model"]) == (None, None)


def test_a_copy_is_kept_only_when_it_is_saved(home: Home, open_page: OpenPage) -> None:
    """Whoever looks and leaves has made nothing; the dialog gives the focus back."""
    page = opened(open_page, home)
    copy = page.get_by_role("button", name="Copy and edit Chief Justice")
    copy.click()
    expect(sheet(page).get_by_label("Name", exact=True)).to_have_value("Chief Justice (copy)")
    page.keyboard.press("Escape")
    expect(sheet(page)).to_have_count(0)
    expect(copy).to_be_focused()
    assert "chief_justice_copy" not in home.ids("agent")
    copy.click()
    sheet(page).get_by_role("button", name="Save").click()
    expect(card(page, "chief_justice_copy").get_by_text("your own")).to_be_visible()
    assert home.get("agents/chief_justice_copy")["temperature"] == 0.2


def test_a_number_goes_back_to_what_the_model_does(home: Home, open_page: OpenPage) -> None:
    """Reset empties the field, and nothing is sent for it."""
    mine(home, temperature=0.4, max_tokens=100)
    page = opened(open_page, home)
    page.get_by_role("button", name="Edit Night Watch", exact=True).click()
    page.get_by_role("button", name="Reset Temperature").click()
    expect(page.get_by_role("button", name="Reset Temperature")).to_be_hidden()
    sheet(page).get_by_role("button", name="Save").click()
    expect(sheet(page)).to_have_count(0)
    kept = home.get("agents/night_watch")
    assert (kept["temperature"], kept["max_tokens"]) == (None, 100)


def test_a_model_is_picked_by_its_price(home: Home, open_page: OpenPage) -> None:
    """By provider, each with its price or the word that it is unknown or local; searched, and chosen with a click."""
    mine(home)
    page = opened(open_page, home)
    page.get_by_role("button", name="Edit Night Watch", exact=True).click()
    form = sheet(page)
    form.get_by_role("button", name="Model Default of the server").click()
    ours = form.get_by_role("group", name="Own endpoint")
    expect(ours.get_by_text("$0.50 in, $2.125 out per million tokens")).to_be_visible()
    expect(ours.get_by_text("by this server's own price file")).to_be_visible()
    expect(ours.locator(".model-option", has_text="small")).to_contain_text("price unknown")
    expect(form.get_by_role("group", name="Rehearsal")).to_contain_text("local, nothing is charged")
    form.get_by_text("Not available on this server").click()
    expect(form.get_by_text("OPENAI_API_KEY is not set")).to_be_visible()
    form.get_by_label("Find a model, or write its name").fill("bi")
    expect(form.get_by_role("group", name="Rehearsal")).to_have_count(0)
    ours.get_by_text("big", exact=True).click()
    expect(form.locator(".model-panel")).to_be_hidden()
    expect(form.get_by_role("button", name="Model big")).to_be_focused()
    form.get_by_role("button", name="Save").click()
    expect(sheet(page)).to_have_count(0)
    kept = home.get("agents/night_watch")
    assert (kept["provider"], kept["model"]) == ("endpoint", "big")


def test_a_model_is_picked_with_the_keyboard(home: Home, open_page: OpenPage) -> None:
    """Arrow keys choose, Enter is done, Escape closes the list and not the dialog."""
    page = opened(open_page, home)
    page.get_by_role("button", name="New agent").click()
    page.locator(".model-current").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="big")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="big")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".model-panel")).to_be_hidden()
    expect(page.locator(".model-current")).to_contain_text("big")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".model-panel")).to_be_hidden()
    expect(sheet(page)).to_have_count(1)


def test_a_model_may_be_named_that_is_not_listed(home: Home, open_page: OpenPage) -> None:
    """A server often has more models than it lists; its price has not been looked up then."""
    mine(home)
    page = opened(open_page, home)
    page.get_by_role("button", name="Edit Night Watch", exact=True).click()
    page.locator(".model-current").click()
    page.get_by_label("Find a model, or write its name").fill("huge-9")
    option = page.get_by_role("group", name="By its name").locator(".model-option")
    expect(option).to_contain_text("price not looked up")
    option.click()
    sheet(page).get_by_role("button", name="Save").click()
    expect(sheet(page)).to_have_count(0)
    kept = home.get("agents/night_watch")
    assert (kept["provider"], kept["model"]) == ("endpoint", "huge-9")


def test_a_saved_model_that_is_gone_is_shown_and_kept(home: Home, open_page: OpenPage) -> None:
    """The page says why another speaks for now; saving something else does not lose it."""
    mine(home, provider="anthropic", model="claude-of-old")
    page = opened(open_page, home)
    page.get_by_role("button", name="Edit Night Watch", exact=True).click()
    form = sheet(page)
    expect(form.locator(".model-current")).to_contain_text("claude-of-old, Anthropic")
    expect(form.get_by_text("Anthropic is not available on this server now.")).to_be_visible()
    form.locator(".model-current").click()
    expect(form.get_by_role("radio", name="claude-of-old")).to_be_checked()
    expect(form.get_by_text("saved, but not listed now")).to_be_visible()
    form.get_by_label("In a line").fill("Watches.")
    form.get_by_role("button", name="Save").click()
    expect(sheet(page)).to_have_count(0)
    kept = home.get("agents/night_watch")
    assert (kept["provider"], kept["model"]) == ("anthropic", "claude-of-old")
    assert kept["description"] == "Watches."


# What goes wrong


def test_what_cannot_be_saved_is_said_at_its_field(
    home: Home, open_page: OpenPage, complaints: list[str]
) -> None:
    """All at once, the first with the focus; and what only the server knows, too."""
    page = opened(open_page, home)
    page.get_by_role("button", name="New agent").click()
    form = sheet(page)
    form.get_by_label("Temperature").fill("3")
    form.get_by_label("Longest answer").fill("1.5")
    form.get_by_role("button", name="Save").click()
    expect(form.locator("#name-error")).to_have_text("This is needed.")
    expect(form.locator("#persona-error")).to_have_text("This is needed.")
    expect(form.locator("#temperature-error")).to_have_text("Use a number from 0 to 2.")
    expect(form.locator("#max_tokens-error")).to_have_text("Use a whole number from 1 to 1,000,000.")
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    form.get_by_label("Temperature").fill("1")
    form.get_by_label("Longest answer").fill("15")
    form.get_by_label("Name", exact=True).fill("Night Watch")
    form.get_by_label("Persona").fill("You keep watch.")
    form.get_by_label("Id").fill("chief_justice")
    form.get_by_role("button", name="Save").click()
    expect(form.locator("#agent_id-error")).to_contain_text("This id is taken.")
    expect(form.locator("#name-error")).to_be_hidden()
    form.get_by_label("Id").fill("a b")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("letters, digits")
    complaints.clear()  # The browser notes every status above 400.


def test_the_servers_reasons_stand_at_their_fields(
    home: Home, open_page: OpenPage, complaints: list[str]
) -> None:
    """The one error shape, by its paths; everything typed is still there."""

    def refuse(route: Route) -> None:
        fault = {"path": "top_p", "reason": "Not with this model.", "suggestion": ""}
        problem = {"code": "invalid", "message": "m", "hint": "h", "can_retry": False, "details": [fault]}
        route.fulfill(status=422, json={"error": problem})

    mine(home)
    page = opened(open_page, home)
    page.get_by_role("button", name="Edit Night Watch", exact=True).click()
    page.get_by_label("Top-p").fill("0.5")
    page.route("**/api/v1/agents/night_watch", refuse)
    sheet(page).get_by_role("button", name="Save").click()
    expect(page.locator("#top_p-error")).to_have_text("Not with this model.")
    expect(page.get_by_label("Top-p")).to_be_focused()
    expect(page.get_by_label("Top-p")).to_have_value("0.5")
    complaints.clear()


@pytest.mark.parametrize(("choice", "kept"), [("Show theirs", "Theirs."), ("Save mine over it", "Mine.")])
def test_when_somebody_else_has_saved_one_chooses(
    home: Home, open_page: OpenPage, complaints: list[str], choice: str, kept: str
) -> None:
    """Neither's words are lost without a word."""
    mine(home)
    page = opened(open_page, home)
    page.get_by_role("button", name="Edit Night Watch", exact=True).click()
    page.get_by_label("Persona").fill("Mine.")
    home.put("agents/night_watch", name="Night Watch", persona="Theirs.")
    form = sheet(page)
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("Somebody else has saved this agent meanwhile.")
    form.get_by_role("button", name=choice).click()
    if choice == "Show theirs":
        expect(page.get_by_label("Persona")).to_have_value("Theirs.")
        form.get_by_role("button", name="Save").click()
    expect(sheet(page)).to_have_count(0)
    assert home.get("agents/night_watch")["persona"] == kept
    complaints.clear()


def test_nothing_typed_is_lost_without_a_question(home: Home, open_page: OpenPage) -> None:
    """Escape asks, as often as it is pressed; what was not changed is left without a word."""
    page = opened(open_page, home)
    page.get_by_role("button", name="New agent").click()
    page.get_by_label("Persona").fill("A long evening's work.")
    page.keyboard.press("Escape")
    expect(question(page)).to_contain_text("Leave without saving?")
    page.keyboard.press("Escape")
    expect(question(page)).to_have_count(0)
    expect(page.get_by_label("Persona")).to_have_value("A long evening's work.")
    page.keyboard.press("Escape")
    question(page).get_by_role("button", name="Discard the changes").click()
    expect(sheet(page)).to_have_count(0)
    expect(page.get_by_role("button", name="New agent")).to_be_focused()


def test_an_agent_is_deleted_after_a_question(home: Home, open_page: OpenPage) -> None:
    """No is the answer of whoever just presses Enter."""
    mine(home)
    page = opened(open_page, home)
    delete = page.get_by_role("button", name="Delete Night Watch")
    delete.click()
    expect(question(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(question(page)).to_have_count(0)
    assert "night_watch" in home.ids("agent")
    delete.click()
    question(page).get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Night Watch is deleted.")).to_be_visible()
    expect(card(page, "night_watch")).to_have_count(0)
    assert "night_watch" not in home.ids("agent")


def test_an_agent_in_use_stays_and_one_is_told_why(
    home: Home, open_page: OpenPage, complaints: list[str]
) -> None:
    """With the way to what uses it."""
    mine(home)
    home.post("groups", name="Team", default_agents={"*": {"negative": "night_watch"}})
    page = opened(open_page, home)
    expect(card(page, "night_watch").get_by_role("link", name="Team")).to_be_visible()
    page.get_by_role("button", name="Delete Night Watch").click()
    question(page).get_by_role("button", name="Delete").click()
    expect(question(page)).to_contain_text("Night Watch cannot be deleted.")
    expect(question(page).get_by_role("link", name="team")).to_have_attribute("href", "/groups?group=team")
    question(page).get_by_role("button", name="Close").click()
    expect(card(page, "night_watch")).to_be_visible()
    complaints.clear()


def refuse_with(error: dict[str, object]) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=409, json={"error": error})


def test_what_other_people_have_is_counted(home: Home, open_page: OpenPage, complaints: list[str]) -> None:
    """An agent that sits where whoever asks may not look cannot be deleted, and it is said how often it does."""
    mine(home)
    home.post("groups", name="Team", default_agents={"*": {"negative": "night_watch"}})
    page = opened(open_page, home)
    for details, said in (
        ({"groups": ["team"], "others": 2}, "It sits in these and in 2 of other people"),
        ({"others": 3}, "It sits in 3 of other people"),
    ):
        error = {"code": "in_use", "message": "m", "hint": "h", "can_retry": False, "details": details}
        page.route("**/api/v1/agents/night_watch", refuse_with(error))
        page.get_by_role("button", name="Delete Night Watch").click()
        question(page).get_by_role("button", name="Delete").click()
        expect(question(page)).to_contain_text(said)
        expect(question(page).get_by_role("link")).to_have_count(len(details.get("groups", ())))
        question(page).get_by_role("button", name="Close").click()
        page.unroute("**/api/v1/agents/night_watch")
    complaints.clear()


def test_a_list_that_does_not_come_can_be_asked_for_again(
    home: Home, open_page: OpenPage, complaints: list[str]
) -> None:
    """And what is shown stays when the network goes, with a word about it."""
    page = opened(open_page, home)
    page.route("**/api/v1/agents", lambda route: route.abort())
    page.reload()
    expect(page.get_by_text("The agents could not be read.")).to_be_visible()
    expect(page.get_by_text("The server cannot be reached.", exact=True)).to_be_visible()
    page.unroute("**/api/v1/agents")
    page.get_by_role("button", name="Try again").click()
    expect(card(page, "chief_justice")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline. What you see may be old.")).to_be_visible()
    expect(card(page, "chief_justice")).to_be_visible()
    mine(home)
    page.context.set_offline(False)
    expect(card(page, "night_watch")).to_be_visible()
    expect(page.locator(".shelf-offline")).to_be_hidden()
    complaints.clear()


def test_a_save_that_is_cut_off_can_be_sent_again(
    home: Home, open_page: OpenPage, complaints: list[str]
) -> None:
    """The dialog stays with everything in it."""
    mine(home)
    page = opened(open_page, home)
    page.get_by_role("button", name="Edit Night Watch", exact=True).click()
    page.get_by_label("Persona").fill("You watch the sea.")
    page.context.set_offline(True)
    sheet(page).get_by_role("button", name="Save").click()
    expect(sheet(page).get_by_role("alert")).to_contain_text("The server cannot be reached.")
    page.context.set_offline(False)
    sheet(page).get_by_role("button", name="Save").click()
    expect(sheet(page)).to_have_count(0)
    assert home.get("agents/night_watch")["persona"] == "You watch the sea."
    complaints.clear()


def test_hostile_words_stay_words(home: Home, open_page: OpenPage) -> None:
    """Names and personas are text, however they look."""
    name = "<img src=x onerror=alert(1)> \u202eevil"
    mine(home, name=name, persona="<script>alert(1)</script>", description="x" * 512)
    page = opened(open_page, home)
    assert name in names(page)
    page.get_by_role("button", name=f"Edit {name}", exact=True).click()
    expect(page.get_by_label("Persona")).to_have_value("<script>alert(1)</script>")
    assert overflow(page) == 0


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_it_fits_every_window(
    home: Home, open_page: OpenPage, width: int, scheme: str, language: str
) -> None:
    """Nothing is wider than the window, the list and the editor alike."""
    mine(home, provider="endpoint", model="big")
    address = f"/agents?lang={language}&agent=night_watch"
    page = opened(open_page, home, address=address, width=width, color_scheme=scheme)
    expect(sheet(page)).to_have_count(1)
    page.locator(".model-current").click()
    expect(page.locator(".model-option").first).to_be_visible()
    assert overflow(page) == 0
    wide = "[...document.querySelectorAll('.sheet-body')].some((body) => body.scrollWidth > body.clientWidth)"
    assert page.evaluate(wide) is False
