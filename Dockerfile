# The program with its Dask extra, from the locks: docs/clusters.md says how it is built and run.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
WORKDIR /build
COPY requirements-uv.lock requirements.lock requirements-dask.lock ./
RUN pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes --requirement requirements-uv.lock
RUN python -m venv --without-pip /opt/wine-labels
# Bytecode is compiled here: nobody may write it later, and without it Prefect starts twice as slowly.
RUN uv pip install --python /opt/wine-labels/bin/python --no-cache --compile-bytecode --no-deps --require-hashes \
    --requirement requirements.lock --requirement requirements-dask.lock
COPY pyproject.toml README.md LICENSE ./
COPY flows flows
COPY nn nn
COPY schemas schemas
COPY data data
COPY models models
RUN uv pip install --python /opt/wine-labels/bin/python --no-cache --compile-bytecode --no-deps --no-build-isolation .

FROM python:${PYTHON}-slim
RUN useradd --uid 1000 --create-home --home-dir /home/wine-labels --shell /usr/sbin/nologin wine-labels
COPY --from=build /opt/wine-labels /opt/wine-labels
ENV PATH=/opt/wine-labels/bin:$PATH
USER 1000
WORKDIR /home/wine-labels
ENTRYPOINT ["wine-labels"]
