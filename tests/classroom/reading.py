"""Reading a page as a browser does: its elements, their attributes, its text."""

from html.parser import HTMLParser


class Read(HTMLParser):
    """What stands on a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements, self.attributes, self.text = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data if self.elements[-1:] != ["style"] else ""
