"""A page as a browser takes it, and a cell that would like to be part of it."""

from html.parser import HTMLParser

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"
VOID = {"meta", "path", "use", "rect", "br", "input"}


class Parsed(HTMLParser):
    """What a page holds: its elements, their attributes, its texts; every element closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.attributes, self.texts, self.open = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, name, attributes):
        self._end(name)
        self.elements.append(name)
        self.attributes += attributes
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name, attributes):
        self.elements.append(name)
        self.attributes += attributes

    def handle_endtag(self, name):
        if name == "table":
            self._end("tr")
        if name not in VOID:
            assert self.open.pop() == name

    def _end(self, name):
        """End what a cell or a row that begins leaves open."""
        ended = {"td": {"td"}, "tr": {"td", "tr"}}.get(name, set())
        while self.open and self.open[-1] in ended:
            self.open.pop()

    def handle_data(self, text):
        self.texts.append(text)
