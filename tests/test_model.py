"""What is handed from stage to stage says what it is: each field of each class has a line of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import monitor.model


def undocumented(source: str) -> Iterator[str]:
    """The fields of dataclasses that no docstring follows."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(each) for each in node.decorator_list):
            for field, after in zip(node.body, [*node.body[1:], None], strict=True):
                if isinstance(field, ast.AnnAssign) and not is_text(after):
                    yield f"{node.name}.{ast.unparse(field.target)}"


def is_text(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def test_each_field_of_a_model_has_a_line_that_says_what_it_is() -> None:
    files = sorted(Path(monitor.model.__path__[0]).glob("*.py"))
    assert len(files) > 20
    assert [f"{file.name}: {field}" for file in files for field in undocumented(file.read_text("utf-8"))] == []


def test_a_field_without_a_line_is_found() -> None:
    source = '@dataclass\nclass Pulley:\n    """A pulley."""\n    load: int\n    """In grams."""\n    rope: str\n'
    assert list(undocumented(source)) == ["Pulley.rope"]
