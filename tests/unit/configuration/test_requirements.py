from pathlib import Path

import pytest

from taskdeck.configuration import requirements
from taskdeck.configuration.failure import Kind, UpdateFailed


def read(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "requirements.txt"
    file.write_text(text)
    return requirements.read(file, "requirements.txt")


def test_packages_by_name_are_taken(tmp_path: Path) -> None:
    text = """
# What we need
pandas>=3.0,<4   # tables
requests[socks,security] ~= 2.32
numpy==2.*
PyYAML
zope.interface (>=5)
tomli; python_version < "3.11"
pinned==1.0 \\
    --hash=sha256:0123456789abcdef \\
    --hash=sha256:fedcba9876543210
"""

    assert len(read(tmp_path, text)) == 7


@pytest.mark.parametrize(
    "line",
    [
        "-r requirements.txt",
        "-r /etc/passwd",
        "--index-url https://evil.org/simple",
        "--extra-index-url=https://evil.org",
        "--find-links /tmp",
        "-e .",
        "./package",
        "/srv/package",
        "https://evil.org/package.whl",
        "package @ https://evil.org/package.whl",
        "git+https://evil.org/package",
        "package; python_version < '3' @ https://evil.org",
        "package --global-option=x",
        "pack\\\nage @ file:///x",
    ],
)
def test_where_packages_come_from_is_not_theirs_to_say(tmp_path: Path, line: str) -> None:
    with pytest.raises(UpdateFailed) as refused:
        read(tmp_path, f"pandas\n{line}\n")

    assert refused.value.kind is Kind.INVALID
    assert [problem.line for problem in refused.value.problems] == [2]


def test_a_refusal_says_what_is_taken_and_who_decides_without_passwords(tmp_path: Path) -> None:
    with pytest.raises(UpdateFailed) as refused:
        read(tmp_path, "--index-url https://bot:pa55word@index.example/simple\n" + "-e .\n" * 1000)

    said = f"{refused.value.message} {refused.value.problems[0]}"
    for words in ("decided by the operator", "TASKDECK_PACKAGE_INDEX", "as in pandas>=3.0", "index.example"):
        assert words in said
    assert "pa55word" not in said
    assert len(refused.value.problems) == 100


def test_a_file_of_comments_requires_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing\n\n   \n") == []
