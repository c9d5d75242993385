"""The order of the rooms, read from the source. A new module must be given its place here."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("index", "service")

# Workers that other workers may import, each with the reason.
SHARED_IN_INDEX = {
    "index.batches": "one way to compute many texts on the processor: the embedder's and the reader's networks",
    "index.durable": "one way to write a file that is whole or not there: search files, backups and the server's address",
    "index.encoder": "one graph of the packaged encoder: the embedder and the reader's networks compute the same layers",
    "index.normalise": "one way to fold words: what is stored, what is searched and what is read must agree on it",
    "index.runtime": "one way to import OpenVINO, so that it reports to nobody; below all that compute on it",
    "index.scripts": "what folding needs to know of scripts; below `normalise`, which every other worker asks instead",
    "index.sentences": "one set of sentence borders: chunks cut a long sentence where the splitter would",
}
# Rooms: the files inside may import each other.
ROOMS_IN_INDEX = ("index.loaders", "index.reader", "index.store")
WORKERS = (
    "batches",
    "bm25",
    "chunk",
    "dense",
    "durable",
    "embed",
    "encoder",
    "fuse",
    "inverted",
    "kindred",
    "language",
    "lexical",
    "loaders",
    "normalise",
    "reader",
    "runtime",
    "scripts",
    "sentences",
    "spelling",
    "store",
    "tokens",
)
INDEX_LAYERS = (
    ("types", "errors"),
    ("protocols",),
    WORKERS,
    ("current", "files"),
    ("lexical_manifest", "lexical_snapshot", "manifest", "snapshot"),
    ("generation", "lexical_generation"),
    ("ingest", "search"),
)
# Bootstrap stands below the faces: they take the built `Engine` from it, and it knows nothing of them.
SERVICE_LAYERS = (
    ("types", "errors"),
    ("settings",),
    ("spaces",),  # which embedding model the settings mean: commands ask it without loading one
    ("question",),  # what is asked, read once: the steps and their seams speak of it
    ("protocols",),
    ("kinds", "names", "telling", "verbs", "wanted"),  # what a sentence holds, names and tells by its wording, and lacks
    ("attribution", "dates", "links", "requirements"),  # what a sentence is and says: several steps ask
    ("cast", "days"),  # who the documents speak of, and of when: follow-ups, sides and `evidence` ask them
    ("choosing", "sides"),
    (
        "calls",
        "cite",
        "compose",
        "conflicts",
        "corrections",
        "evidence",
        "history",
        "languages",
        "refuse",
        "short_answer",
        "verify",
    ),
    # The question's own steps, the documents as read, one part of a question decided, a composer's words checked.
    ("understand", "library", "deciding", "written"),
    ("answer", "background"),
    ("bootstrap",),
    ("metrics", "problems", "progress", "schemas"),
    ("mcp_schemas", "openai_body"),
    ("door", "openai_api", "openapi_examples", "sse", "text"),
    ("server",),
    ("answering",),
    ("mcp",),
    ("routes_ask", "routes_documents", "routes_mcp", "routes_openai"),
    ("missing",),
    ("api", "evaluating", "handing_over", "upkeep", "verifying"),
    ("serving", "storing"),
    ("ingesting",),
    ("watching",),
    ("cli",),
)
CONCRETE = {
    "DeferredEmbedder",
    "Entailment",
    "RelationGraph",
    "ExactStore",
    "ExtractiveComposer",
    "GenerativeComposer",
    "PackagedEmbedder",
    "ReadingGraph",
    "SentenceTransformersEmbedder",
    "TrainedReader",
}
HEAVY = ("torch", "transformers", "sentence_transformers", "faiss", "fastapi", "numpy", "tiktoken", "openvino", "tokenizers")


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_of(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}
TREES = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in SOURCES.items()}


def runtime_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from runtime_nodes(child)


def imported(module: str) -> set[str]:
    """The modules that a module imports at run time, also inside functions; `from index import loaders` is index.loaders."""
    found: set[str] = set()
    for node in runtime_nodes(TREES[module]):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            inner = {f"{node.module}.{name.name}" for name in node.names} & set(SOURCES)
            found |= inner or {str(node.module)}
    return found


def ours(module: str, package: str) -> set[str]:
    return {name for name in imported(module) if name.split(".")[0] == package}


def room(module: str) -> str:
    """The second part of a name: `index.store.documents` stands in `store`."""
    return [*module.split("."), ""][1]


def layer(layers: tuple[tuple[str, ...], ...], module: str) -> int:
    return next(number for number, names in enumerate(layers) if room(module) in names)


def members(package: str) -> list[str]:
    return [module for module in SOURCES if module.startswith(f"{package}.")]


def test_the_index_never_imports_the_service() -> None:
    assert {module: found for module in members("index") if (found := ours(module, "service"))} == {}
    assert any(ours(module, "index") for module in members("service"))


@pytest.mark.parametrize(("package", "layers"), [("index", INDEX_LAYERS), ("service", SERVICE_LAYERS)])
def test_every_module_has_one_place_in_the_order(package: str, layers: tuple[tuple[str, ...], ...]) -> None:
    named = [name for names in layers for name in names]
    assert len(named) == len(set(named))
    standing_apart = {"evaluation", "page"}
    assert {room(module) for module in members(package)} - standing_apart == set(named)


@pytest.mark.parametrize(("package", "layers"), [("index", INDEX_LAYERS), ("service", SERVICE_LAYERS)])
def test_imports_point_down_the_order(package: str, layers: tuple[tuple[str, ...], ...]) -> None:
    upward = [
        (module, name)
        for module in members(package)
        if room(module) not in {"evaluation", "page"}
        for name in ours(module, package)
        if room(name) not in {"", "evaluation"} and room(name) != room(module)
        if layer(layers, name) > layer(layers, module)
    ]
    assert upward == []


def test_no_worker_of_the_index_imports_another_but_the_shared_leaves() -> None:
    crossing = [
        (module, name)
        for module in members("index")
        if room(module) in WORKERS
        for name in ours(module, "index")
        if room(name) in WORKERS and room(name) != room(module) and name not in SHARED_IN_INDEX
    ]
    assert crossing == []


def test_the_shared_leaves_import_nothing_of_the_index_but_its_nouns() -> None:
    nouns = {"index.types", "index.errors"}
    assert {name for leaf in SHARED_IN_INDEX for name in ours(leaf, "index")} <= nouns | {"index.scripts", "index.runtime"}
    assert ours("index.scripts", "index") | ours("index.runtime", "index") <= nouns


def test_only_rooms_are_packages() -> None:
    packages = {module for module in members("index") if SOURCES[module].name == "__init__.py"}
    assert packages == {*ROOMS_IN_INDEX, "index.reader.training"}


def test_the_training_is_imported_by_the_command_line_alone() -> None:
    """Answering needs neither its modules nor what they import."""
    within = {module for module in SOURCES if module.startswith("index.reader.training")}
    importing = {module for module in SOURCES if module not in within and imported(module) & within}
    assert importing == {"service.cli"}


@pytest.mark.parametrize(("package", "layers"), [("service", SERVICE_LAYERS)])
def test_modules_of_one_layer_of_the_service_do_not_import_each_other(package: str, layers: tuple[tuple[str, ...], ...]) -> None:
    level = [
        (module, name)
        for module in members(package)
        if room(module) not in {"evaluation", "page"}
        for name in ours(module, package)
        if room(name) not in {"", "evaluation", room(module)} and layer(layers, name) == layer(layers, module)
    ]
    assert level == []


@pytest.mark.parametrize("module", ["index.types", "index.errors", "index.protocols", "service.types", "service.errors"])
def test_nouns_errors_and_seams_import_only_the_standard_library(module: str) -> None:
    foreign = {name for name in imported(module) if name.split(".")[0] not in {*sys.stdlib_module_names, *PACKAGES}}
    assert foreign == set()


def test_the_evaluation_stands_apart_from_what_it_judges() -> None:
    names = {name for module in members("service.evaluation") for name in imported(module)}
    ours_ = {name for name in names if name.split(".")[0] in PACKAGES}
    assert {name for name in ours_ if not name.startswith("service.evaluation")} <= {"index.errors"}
    using = [
        m for m in members("service") if room(m) != "evaluation" and any(room(n) == "evaluation" for n in ours(m, "service"))
    ]
    assert using == ["service.evaluating"]


def test_no_module_imports_itself_by_way_of_others() -> None:
    """No cycles, whatever the layers say."""
    graph = {module: {name for name in imported(module) if name in SOURCES and name != module} for module in SOURCES}
    while free := [module for module, names in graph.items() if not names]:
        graph = {module: names - set(free) for module, names in graph.items() if module not in free}
    assert graph == {}


def test_only_bootstrap_names_the_classes_behind_the_seams() -> None:
    naming = {
        (module, name.name)
        for module in members("service")
        for node in runtime_nodes(TREES[module])
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if name.name in CONCRETE
    }
    assert {module for module, _ in naming} == {"service.bootstrap"}
    assert {name for _, name in naming} == CONCRETE - {"ExactStore"}


def calls(module: str) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_only_the_command_line_prints() -> None:
    assert {module for module in SOURCES for name, _ in calls(module) if name == "print"} <= {"service.cli"}


def test_no_code_is_read_from_data() -> None:
    banned = {"eval", "exec", "compile", "__import__", "torch.load", "yaml.load", "yaml.unsafe_load", "os.system"}
    modules = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve", "cloudpickle"}
    assert [(module, name) for module in SOURCES for name, _ in calls(module) if name in banned] == []
    assert [(module, name) for module in SOURCES for name in imported(module) if name.split(".")[0] in modules] == []
    switched_on = [
        (module, keyword.arg)
        for module in SOURCES
        for _, call in calls(module)
        for keyword in call.keywords
        if keyword.arg in {"trust_remote_code", "allow_pickle", "shell"}
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]
    assert switched_on == []


@pytest.mark.parametrize("folder", ["docker", "seeds"])
def test_these_folders_hold_no_python(folder: str) -> None:
    assert (ROOT / folder).is_dir()
    assert [path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".pyc", ".pyi"}] == []


def test_tests_are_no_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    code = f"import sys, service.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
