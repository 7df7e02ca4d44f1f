"""What the README shows is there, and what it says to type works."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINKS = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]


@pytest.mark.parametrize("link", LINKS)
def test_what_the_readme_links_to_is_there(link):
    assert (ROOT / link).is_file()


def test_the_readmes_network_learns_digits(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(code, {})
    share = float(re.search(r"([\d.]+)% of 449 unseen digits", capsys.readouterr().out)[1])
    assert share > 96
