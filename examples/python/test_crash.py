from kubernetes import client


def deployment(name, replicas):
    labels = {"app": name}
    container = client.V1Container(name="web", image="nginx")
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels=labels), spec=client.V1PodSpec(containers=[container])
    )
    spec = client.V1DeploymentSpec(
        replicas=replicas, selector=client.V1LabelSelector(match_labels=labels), template=template
    )
    return client.V1Deployment(metadata=client.V1ObjectMeta(name=name), spec=spec)


def test_pods_of_a_dead_node_are_replaced(cluster):
    apps, core = client.AppsV1Api(cluster.client), client.CoreV1Api(cluster.client)
    apps.create_namespaced_deployment("default", deployment("web", 3))
    cluster.run("settle")
    cluster.run("crash", "node-1")
    cluster.run("advance", "7m")  # NotReady, five minutes of toleration, replacements
    assert apps.read_namespaced_deployment("web", "default").status.ready_replicas == 3
    pods = core.list_namespaced_pod("default", field_selector="status.phase=Running").items
    alive = [pod.spec.node_name for pod in pods if pod.metadata.deletion_timestamp is None]
    assert len(alive) == 3
    assert "node-1" not in alive


def test_a_node_that_is_drained_gets_no_pods(cluster):
    apps, core = client.AppsV1Api(cluster.client), client.CoreV1Api(cluster.client)
    core.patch_node("node-2", {"spec": {"unschedulable": True}})
    apps.create_namespaced_deployment("default", deployment("web", 4))
    cluster.run("settle")
    nodes = {pod.spec.node_name for pod in core.list_namespaced_pod("default").items}
    assert nodes == {"node-1", "node-3"}
