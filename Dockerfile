# One image, one process: schedule, deliveries and pages. Everything that must last is in /data.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY monitor monitor
COPY alerts alerts
COPY storage storage
RUN /venv/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 corrigenda && install -d -o corrigenda /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 CORRIGENDA_LOG__FORMAT=json
USER corrigenda
WORKDIR /data
VOLUME /data
# The pages have no accounts yet and listen on loopback only: run with --network host, or put a proxy beside it.
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["corrigenda", "serve"]
