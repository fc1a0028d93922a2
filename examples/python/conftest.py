"""A cluster for each test that asks for one: `pytest` in this folder, after `npm install simcluster`."""

import os
import subprocess

import pytest
from kubernetes import config

SIMCLUSTER = os.environ.get("SIMCLUSTER", "npx simcluster").split()


class Cluster:
    """A served cluster. Its time is virtual: it moves when the test says so, and nothing waits."""

    def __init__(self, kubeconfig):
        self.kubeconfig = str(kubeconfig)
        self.run("serve", "--detach", "--time", "virtual")

    def run(self, *words):
        """Runs a command of the program: `cluster.run("crash", "node-1")`."""
        flags = ["--kubeconfig", self.kubeconfig]
        return subprocess.run([*SIMCLUSTER, *words, *flags], check=True, capture_output=True, text=True).stdout

    @property
    def client(self):
        """A client of the official library, as the cluster's administrator."""
        return config.new_client_from_config(self.kubeconfig)


@pytest.fixture
def cluster(tmp_path):
    served = Cluster(tmp_path / "kubeconfig")
    yield served
    served.run("stop")
