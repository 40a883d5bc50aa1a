"""The one error of the form engine: what a form's author or a hostile file can cause, said in Chinese with a code to test."""


class FormError(Exception):
    """A form, an expression or an XML file cannot be used.

    ``message`` is Chinese and meant for the person at the desk; ``code`` is stable and meant for programs;
    ``position`` is the character offset in the expression or document text, where known.
    """

    def __init__(self, message: str, code: str = "form", position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.position = position

    def __str__(self) -> str:
        return self.message
