# One image: all in one process with SQLite, where everything that must last is in /data; or, with PostgreSQL, any number of
# processes with a role each (compose.yaml). PostgreSQL and messengers are in it, the browser is not.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements-image.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-image.lock
COPY pyproject.toml README.md ./
COPY monitor monitor
COPY alerts alerts
COPY storage storage
RUN /venv/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 corrigenda && install -d -o corrigenda /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 CORRIGENDA_LOG__FORMAT=json CORRIGENDA_WEB__HOST=0.0.0.0
USER corrigenda
WORKDIR /data
VOLUME /data
# It listens on all addresses, so it starts only once there is an account:
#   docker run --rm -it -v corrigenda:/data IMAGE corrigenda account add NAME --role admin
#   docker run -d -v corrigenda:/data -p 8000:8000 --read-only --tmpfs /tmp --cap-drop ALL --stop-timeout 60 IMAGE
# Readers who come by another name than localhost: -e CORRIGENDA_WEB__PUBLIC_URL=https://news.example.org
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["corrigenda", "serve"]
