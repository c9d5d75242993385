# Everything is downloaded while building; the running container needs no network.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/readout
# torch first and alone: asked for by another package, pip may take a build with gigabytes of GPU libraries.
RUN /opt/readout/bin/pip install --no-cache-dir torch==2.13.0
COPY pyproject.toml README.md LICENSE ./
COPY index index
COPY service service
RUN /opt/readout/bin/pip install --no-cache-dir .

FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home readout \
    && mkdir /data && chown readout /data
COPY --from=build /opt/readout /opt/readout
ENV PATH=/opt/readout/bin:$PATH READOUT_DATA=/data READOUT_HOST=0.0.0.0 HF_HUB_OFFLINE=1 PYTHONUNBUFFERED=1
USER readout
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
# A container's address can be reached from elsewhere, so READOUT_API_KEY must be set, or --insecure given.
CMD ["readout", "serve"]
