"""The page of the model servers, in front of a real Council."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from council.parts import Parts
from tests.browser.conftest import OpenPage
from tests.browser.panel import WIDTHS, Home, at_home
from tests.browser.rooms import overflow
from tests.support.model_server import ScriptedModelServer

pytestmark = pytest.mark.browser

KEY = "sk-typed-into-the-page-1234wxyz"


@pytest.fixture
def model() -> Iterator[ScriptedModelServer]:
    with ScriptedModelServer(models=("alpha", "beta")) as server:
        yield server


@pytest.fixture
def home(make_council: Callable[..., Parts], monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A server that has one model server from its environment."""
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-deepseek-0123456789mnop")
    with at_home(make_council()) as home:
        yield home


def row(page: Page, name: str) -> Locator:
    return page.locator("council-providers li").filter(has=page.get_by_text(name, exact=True))


def test_a_server_is_added_tried_changed_and_deleted(
    home: Home, open_page: OpenPage, model: ScriptedModelServer
) -> None:
    """The whole life of an entry; its key is never shown again."""
    page = open_page(f"{home.url}/providers")
    page.get_by_role("button", name="Add a server").click()
    page.get_by_label("Name").fill("Cellar")
    page.get_by_label("Address").fill(model.url)
    page.get_by_role("textbox", name="Key").fill(KEY)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Cellar is saved.")).to_be_visible()
    expect(row(page, "Cellar")).to_contain_text("entered here")
    expect(row(page, "Cellar")).to_contain_text("…wxyz")
    page.get_by_role("button", name="Try Cellar").click()
    expect(row(page, "Cellar")).to_contain_text("It answers, in")
    expect(row(page, "Cellar")).to_contain_text("alpha, beta")
    page.get_by_role("button", name="Change Cellar").click()
    page.get_by_label("Models").fill("alpha")
    page.get_by_role("button", name="Save").click()
    expect(row(page, "Cellar")).to_contain_text("alpha")
    assert KEY not in page.content()
    page.get_by_role("button", name="Delete Cellar").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row(page, "Cellar")).to_have_count(0)


def test_what_the_environment_sets_is_read_only(home: Home, open_page: OpenPage) -> None:
    """It says which variable sets it, and can be tried only."""
    page = open_page(f"{home.url}/providers")
    expect(row(page, "DeepSeek")).to_contain_text("DEEPSEEK_API_KEY")
    expect(row(page, "DeepSeek").get_by_role("button")).to_have_text(["Try it"])


def test_a_refusal_stands_at_its_field(home: Home, open_page: OpenPage, complaints: list[str]) -> None:
    """An address that is none is said where it was written, and nothing typed is lost."""
    page = open_page(f"{home.url}/providers")
    page.get_by_role("button", name="Add a server").click()
    page.get_by_label("Name").fill("Metadata")
    page.get_by_label("Address").fill("http://169.254.169.254/latest")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#base_url-error")).to_contain_text("link-local")
    expect(page.get_by_label("Name")).to_have_value("Metadata")
    complaints.clear()  # The browser's own, about the refusal.


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out(home: Home, open_page: OpenPage, model: ScriptedModelServer, width: int) -> None:
    """At every width, with a long name, a long address and many models."""
    home.post(
        "llm/endpoints", name="W" * 64, base_url=f"http://10.0.0.5/{'v' * 300}", models=["m" * 100, "n" * 100]
    )
    page = open_page(f"{home.url}/providers", width=width)
    expect(row(page, "W" * 64)).to_be_visible()
    assert overflow(page) == 0
