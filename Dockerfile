# One image for workers and for the comparison. Code changes do not reinstall what it depends on.
FROM python:3.13.16-slim AS dependencies
WORKDIR /build
COPY pyproject.toml constraints.txt ./
COPY .ci/requirements.py .ci/
RUN python .ci/requirements.py locked report >locked.txt \
 && python -m venv --without-pip /venv \
 && python -m pip --python /venv/bin/python install --no-cache-dir --only-binary :all: --no-compile --require-hashes --requirement locked.txt

FROM dependencies AS flower-dependencies
RUN python .ci/requirements.py locked report flower >locked.txt \
 && python -m pip --python /venv/bin/python install --no-cache-dir --only-binary :all: --no-compile --require-hashes --requirement locked.txt

FROM python:3.13.16-slim AS crossover
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
COPY --from=dependencies /venv /venv
WORKDIR /app
COPY workloads workloads
COPY local_ipc local_ipc
COPY brokers brokers
COPY crossover crossover
COPY docker/entrypoint /usr/local/bin/crossover-entrypoint
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin crossover
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["crossover-entrypoint"]
CMD ["crossover", "--help"]

FROM crossover AS flower
COPY --from=flower-dependencies /venv /venv

FROM crossover
