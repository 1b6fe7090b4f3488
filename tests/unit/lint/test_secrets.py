"""Secrets in code and outputs; what only looks like one; and that no finding repeats them."""

import nbformat
import pytest
from factories import make_notebook
from linted import findings, rules

RANDOM = "q7Lk2Zp9Xw4Vb8Nm3Tc6Rd1Fh5Jg0SyU"
TOKENS = {
    "AWS": "AKIA" + "Q7LK2ZP9XW4VB8NM",
    "GitHub": "ghp_" + RANDOM + "AbCd",
    "GitHub, fine-grained": "github_pat_" + RANDOM + "_" + RANDOM,
    "GitLab": "glpat-" + RANDOM[:20],
    "Slack": "xoxb-" + "1234567890-" + RANDOM[:24],
    "Slack webhook": "https://hooks.slack.com/services/T01AB2CD3/B04EF5GH6/" + RANDOM[:24],
    "Google": "AIza" + RANDOM + "AbC",
    "Stripe": "sk_live_" + RANDOM[:24],
    "OpenAI": "sk-proj-" + RANDOM,
    "JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + RANDOM,
    "Hugging Face": "hf_" + RANDOM + "AbCd",
    "Databricks": "dapi" + "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "SendGrid": "SG." + RANDOM[:22] + "." + RANDOM,
    "Azure": "AccountKey=" + RANDOM + RANDOM + "==",
    "private key": "-----BEGIN RSA PRIVATE " + "KEY-----",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS.keys())
def test_a_token_is_an_error_wherever_it_stands_and_is_not_repeated(token):
    in_script = findings(f"import time\n# {token}\n")
    notebook = make_notebook("print(1)")
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"Use {token}"))
    output = nbformat.v4.new_output("stream", name="stdout", text=f"token {token}\n")
    notebook.cells[1].outputs = [output]
    found = [*in_script, *findings(notebook)]

    assert [(finding.rule, finding.severity) for finding in found] == [("secret", "error")] * 3
    assert (in_script[0].line, in_script[0].column) == (2, 3 + (8 if "hooks" in token else 0))
    assert not any(token in repr(finding) or RANDOM[:12] in repr(finding) for finding in found)


@pytest.mark.parametrize(
    "source",
    [
        'key = "AKIA' + 'IOSFODNN7EXAMPLE"',
        "# ghp_" + "x" * 36,
        'text = "sk-learn is a library, and sk-image another"',
        'sha = "3f786850e387550fdab836ed7e6dc881de23001b"',
        'image = "' + "iVBORw0KGgoAAAANSUhEUgAA" * 20 + '"',
        'note = "BEGIN PUBLIC KEY"',
    ],
)
def test_what_only_looks_like_a_token_is_none(source):
    assert rules(source) == []


@pytest.mark.parametrize(
    "source",
    [
        'password = "Tr0ub4dor&3"',
        'db_password: str = "hunter-22"',
        'connect(host="db", password="Winter2024!")',
        'settings = {"user": "ana", "pwd": "s3cr3t-canary"}',
        'settings["password"] = "s3cr3t-canary"',
        'def connect(user, password="s3cr3t-canary"): pass',
        f'API_KEY = "{RANDOM}"',
        f'authToken = "{RANDOM}"',
        'url = "postgresql://ana:Winter2024!@db.example.org/analysis"',
        'dsn = "Server=db;Database=x;UID=ana;PWD=Winter2024!;"',
        'user, password = "ana", "Winter2024!"',
        'def connect(user, *, password="Winter2024!"): pass',
        'os.environ["DB_PASSWORD"] = "Winter2024!"',
        'os.getenv("DB_PASSWORD", "Winter2024!")',
        'requests.get(url, auth=("ana", "Winter2024!"))',
        'login = HTTPBasicAuth("ana", "Winter2024!")',
        'mot_de_passe = "Winter2024!"',
        'DB_PASS = "Winter2024!"',
        'password = b"Winter2024!"',
        '# password = "Winter2024!"',
        'headers = {"Authorization": "Bearer ' + RANDOM + '"}',
        'config = """\nuser: ana\npassword: Winter2024!\n"""',
        "cursor.execute(\"ALTER USER ana PASSWORD 'Winter2024!'\")",
        make_notebook("%env DB_PASSWORD=Winter2024!"),
        make_notebook("!PGPASSWORD=Winter2024! psql -h db"),
        make_notebook("!curl -u ana:Winter2024! https://example.org"),
        make_notebook("%%bash\nexport DB_PASSWORD=Winter2024!"),
    ],
)
def test_a_password_in_code_is_a_warning(source):
    [finding] = findings(source)

    assert (finding.rule, finding.severity) == ("secret", "warning")
    assert not any(secret in repr(finding) for secret in ("Winter", "canary", "Tr0ub", "hunter", RANDOM))


@pytest.mark.parametrize(
    "source",
    [
        'password = ""',
        'password = "changeme"',
        'password = "<your password>"',
        'password = os.environ["DB_PASSWORD"]',
        'password = "DB_PASSWORD"',
        'password = "${DB_PASSWORD}"',
        'password = "********"',
        'password_column = "pass_hash"',
        'token = "comma"',
        'api_key = "district"',
        'url = "postgresql://{user}:{password}@db/analysis"',
        'url = f"postgresql://{user}:{password}@db/analysis"',
        'url = "https://example.org:8000/a@b"',
        'print("password: what the operator entered")',
        'sdk.connection("ANA")["password"]',
        'labels = {"password": "Password of the database user"}',
        'labels = {"password": "Passwort"}',
        'columns = {"password": "VARCHAR(255)", "token": "text"}',
        'os.getenv("DB_PASSWORD", "")',
        "requests.get(url, auth=(user, password))",
        'headers = {"Authorization": f"Bearer {token}"}',
        'private_key = "/home/ana/.ssh/id_ed25519"',
        'access_key = "iso_country_code_alpha3"',
        'raise ValueError("password=missing; user=missing")',
        "# password: ask the operator for it",
        '# password = os.environ["DB_PASSWORD"]',
    ],
)
def test_a_place_for_a_password_is_none(source):
    assert rules(source) == []


@pytest.mark.parametrize(
    "text",
    [
        "{'type': 'mysql', 'password': 'Winter2024!', 'server': 'db'}",
        '{"password": "Winter2024!"}',
        "DB_PASSWORD=Winter2024!",
        "password: Winter2024!",
    ],
)
def test_a_printed_password_is_a_warning_and_is_not_repeated(text):
    printed, shown = make_notebook("print(values)"), make_notebook("values")
    printed.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
    shown.cells[0].outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": text}, execution_count=1)]

    for [finding] in (findings(printed), findings(shown)):
        assert (finding.rule, finding.severity) == ("secret", "warning")
        assert "Winter" not in repr(finding)


@pytest.mark.parametrize(
    "text",
    [
        "password: ",
        "'password': ''",
        "'password': '••••••'",
        "password: None",
        "password: required",
        "{'name': 'password', 'type': 'password', 'label': 'Password'}",
        "tokens: 1234 used",
    ],
)
def test_what_is_printed_about_a_password_is_none(text):
    notebook = make_notebook("print(values)")
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]

    assert rules(notebook) == []


def test_an_author_can_say_that_it_is_none():
    assert rules('password = "Tr0ub4dor&3"  # taskdeck: ignore[secret]') == []
