"""What Debian's python3-kubernetes does in python.test.ts, as its users would write it: `scenario.py KUBECONFIG KUBECONFIG-OF-JANE`.

Each function is one part of the library; what they return is printed as one JSON document. Needs the pods of client-node/box.ts and the log lines one, two.
"""
import json
import sys
import tempfile
import threading

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.stream import portforward, stream

config.load_kube_config(sys.argv[1])
v1 = client.CoreV1Api()
apps = client.AppsV1Api()
NAMESPACE = 'default'


def refusal(call):
    """Status, reason and message of a refusal."""
    try:
        call()
        return 'not refused'
    except client.ApiException as error:
        return [error.status, error.reason, json.loads(error.body)['message']]


def names(items):
    return [item.metadata.name for item in items]


def deployment(replicas):
    labels = {'a': 'd'}
    container = {'name': 'main', 'image': 'i'}
    return {
        'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'name': 'd'},
        'spec': {
            'replicas': replicas, 'selector': {'matchLabels': labels},
            'template': {'metadata': {'labels': labels}, 'spec': {'containers': [container]}},
        },
    }


def reads():
    first = v1.list_node(label_selector='kubernetes.io/os=linux', limit=2)
    rest = v1.list_node(label_selector='kubernetes.io/os=linux', limit=2, _continue=first.metadata._continue)
    return {
        'nodes': [names(first.items), names(rest.items)],
        # booleans are spelt True and False, and paths of groups end with a slash
        'unwatched': names(v1.list_namespaced_pod(NAMESPACE, watch=False).items),
        'missing': refusal(lambda: v1.read_namespaced_pod('zzz', NAMESPACE)),
        'version': client.VersionApi().get_code().major,
        'groups': 'apps' in [group.name for group in client.ApisApi().get_api_versions().groups],
        'core': client.CoreApi().get_api_versions().versions,
        'apps': 'deployments/scale' in [one.name for one in apps.get_api_resources().resources],
        'forbidden': refusal(lambda: client.CoreV1Api(config.new_client_from_config(sys.argv[2])).list_node()),
        'may': client.AuthorizationV1Api().create_self_subject_access_review(client.V1SelfSubjectAccessReview(
            spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=client.V1ResourceAttributes(
                verb='create', resource='pods', namespace=NAMESPACE)))).status.allowed,
    }


def writes():
    created = v1.create_namespaced_config_map(NAMESPACE, client.V1ConfigMap(metadata=client.V1ObjectMeta(name='py'), data={'a': '1'}))
    created.data = {'a': '2'}
    replaced = v1.replace_namespaced_config_map('py', NAMESPACE, created)
    pod = {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'p'}, 'spec': {'containers': [{'name': 'main', 'image': 'i'}]}}
    with tempfile.NamedTemporaryFile('w', suffix='.yaml') as file:
        file.write('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n')
        file.flush()
        from_yaml = [one[0].metadata.name for one in utils.create_from_yaml(client.ApiClient(), file.name)]
    v1.create_namespaced_pod(NAMESPACE, pod)
    return {
        'created': created.metadata.creation_timestamp.tzinfo is not None,
        'replaced': replaced.data,
        'stale': refusal(lambda: v1.replace_namespaced_config_map('py', NAMESPACE, created)),
        'fromYaml': from_yaml,
        'strict': refusal(lambda: v1.create_namespaced_config_map(NAMESPACE, {'metadata': {'name': 'x'}, 'dada': {}}, field_validation='Strict')),
        'dry': names([v1.create_namespaced_config_map(NAMESPACE, {'metadata': {'name': 'x'}}, dry_run='All', pretty=True)]),
        'deleted': v1.delete_namespaced_config_map('py', NAMESPACE).status,
        'deletedPod': v1.delete_namespaced_pod('p', NAMESPACE, grace_period_seconds=0).metadata.name,
        'deletedMany': v1.delete_collection_namespaced_config_map(NAMESPACE, label_selector='no=one').status,
        'evicted': v1.create_namespaced_pod_eviction('gone', NAMESPACE, client.V1Eviction(
            metadata=client.V1ObjectMeta(name='gone', namespace=NAMESPACE))).kind,
    }


def patches():
    apps.create_namespaced_deployment(NAMESPACE, deployment(1))
    side = {'spec': {'template': {'spec': {'containers': [{'name': 'side', 'image': 's'}]}}}}
    out = {
        # a dictionary is a strategic merge patch, a list a JSON patch
        'strategic': names_of(apps.patch_namespaced_deployment('d', NAMESPACE, side)),
        'json': v1.patch_node('node-1', [{'op': 'add', 'path': '/metadata/labels/x', 'value': 'y'}]).metadata.labels['x'],
        'labels': v1.patch_node('node-1', {'metadata': {'labels': {'x': None}}}).metadata.labels.get('x'),
        'scaled': apps.patch_namespaced_deployment_scale('d', NAMESPACE, {'spec': {'replicas': 3}}).spec.replicas,
        'status': apps.read_namespaced_deployment_status('d', NAMESPACE).spec.replicas,
    }
    apps.delete_namespaced_deployment('d', NAMESPACE, propagation_policy='Foreground')
    return out


def names_of(one):
    return [container.name for container in one.spec.template.spec.containers]


def watches():
    def later(*calls):
        timer = threading.Timer(0.2, lambda: [call() for call in calls])
        timer.start()
        return timer

    selector = {'label_selector': 'w=x'}
    create = {'metadata': {'name': 'w', 'labels': {'w': 'x'}}}
    timer = later(
        lambda: v1.create_namespaced_config_map(NAMESPACE, create),
        lambda: v1.patch_namespaced_config_map('w', NAMESPACE, {'data': {'a': 'b'}}),
        lambda: v1.delete_namespaced_config_map('w', NAMESPACE))
    watcher = watch.Watch()
    events = []
    for event in watcher.stream(v1.list_namespaced_config_map, NAMESPACE, timeout_seconds=20, **selector):
        events.append([event['type'], event['object'].metadata.name, event['object'].data])
        if event['type'] == 'DELETED':
            watcher.stop()
    timer.join()
    version = v1.list_namespaced_config_map(NAMESPACE).metadata.resource_version
    quiet = list(watch.Watch().stream(
        v1.list_namespaced_config_map, NAMESPACE, timeout_seconds=1, resource_version=version))
    expired = []
    try:
        for event in watch.Watch().stream(v1.list_namespaced_pod, NAMESPACE, timeout_seconds=1, resource_version='1' + '0' * 9):
            expired.append(event['type'])
    except client.ApiException as error:
        expired = [error.status]
    return {'events': events, 'quiet': [event['type'] for event in quiet], 'future': expired}


def streams():
    def run(*command, **options):
        return stream(
            v1.connect_get_namespaced_pod_exec, 'box', NAMESPACE, container='main', command=list(command),
            **{'stdin': False, 'stdout': True, 'stderr': True, 'tty': False, **options})

    typed = run('cat', stdin=True, _preload_content=False)
    typed.write_stdin('hi\n')
    said = ''
    while typed.is_open() and said == '':
        typed.update(timeout=1)
        said += typed.read_stdout() if typed.peek_stdout() else ''
    typed.close()
    failing = run('fail', '3', _preload_content=False)
    while failing.is_open():
        failing.update(timeout=1)
    forward = portforward(v1.connect_get_namespaced_pod_portforward, 'box', NAMESPACE, ports='80')
    socket = forward.socket(80)
    socket.setblocking(True)
    socket.sendall(b'GET /x HTTP/1.0\r\n\r\n')
    heard = b''
    while not heard.endswith(b'\n') or b'port' not in heard:
        heard += socket.recv(200)
    socket.close()
    try:
        stream(v1.connect_get_namespaced_pod_exec, 'nobody', NAMESPACE, command=['echo'])
        refused = 'not refused'
    except client.ApiException as error:
        refused = error.reason.split(' -+-+- ')[0]
    logs = watch.Watch()
    followed = []
    for line in logs.stream(v1.read_namespaced_pod_log, 'box', NAMESPACE, container='main'):
        followed.append(line)
        if line == 'two':
            logs.stop()
            break
    return {
        # stdout, status and end come at once: this client hangs when it finds them in one TLS record
        'echo': [run('echo', str(number)) for number in range(5)],
        'typed': said, 'failed': [failing.returncode, failing.read_stderr()],
        'forwarded': heard.split(b'\r\n\r\n')[-1].decode(), 'refused': refused,
        'log': v1.read_namespaced_pod_log('box', NAMESPACE, container='main', tail_lines=1), 'followed': followed,
        'badLog': refusal(lambda: v1.read_namespaced_pod_log('box', NAMESPACE)),
    }


def dynamics():
    crd = {
        'apiVersion': 'apiextensions.k8s.io/v1', 'kind': 'CustomResourceDefinition', 'metadata': {'name': 'toys.example.com'},
        'spec': {
            'group': 'example.com', 'scope': 'Namespaced', 'names': {'plural': 'toys', 'singular': 'toy', 'kind': 'Toy', 'listKind': 'ToyList'},
            'versions': [{'name': 'v1', 'served': True, 'storage': True, 'subresources': {'status': {}}, 'schema': {'openAPIV3Schema': {
                'type': 'object', 'x-kubernetes-preserve-unknown-fields': True}}}],
        },
    }
    kubernetes = dynamic.DynamicClient(client.ApiClient())
    crds = kubernetes.resources.get(api_version='apiextensions.k8s.io/v1', kind='CustomResourceDefinition')
    crds.create(body=crd)
    for event in crds.watch(name='toys.example.com', timeout=20):
        conditions = event['object'].to_dict().get('status', {}).get('conditions', [])
        if any(one['type'] == 'Established' and one['status'] == 'True' for one in conditions):
            break
    custom = client.CustomObjectsApi()
    kind = ('example.com', 'v1', NAMESPACE, 'toys')
    toy = {'apiVersion': 'example.com/v1', 'kind': 'Toy', 'metadata': {'name': 'bear'}, 'spec': {'size': 1}}
    created = custom.create_namespaced_custom_object(*kind, toy)
    patched = custom.patch_namespaced_custom_object(*kind, 'bear', {'spec': {'size': 2}})
    maps = kubernetes.resources.get(api_version='v1', kind='ConfigMap')
    body = {'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'dyn'}, 'data': {'a': '1'}}
    maps.create(namespace=NAMESPACE, body=body)
    applied = maps.server_side_apply(
        namespace=NAMESPACE, name='dyn', body={**body, 'data': {'a': '2'}}, field_manager='me', force_conflicts=True)
    try:
        maps.server_side_apply(namespace=NAMESPACE, name='dyn', body={**body, 'data': {'a': '3'}}, field_manager='other')
        conflict = 'not refused'
    except dynamic.exceptions.ConflictError as error:
        conflict = json.loads(error.body)['message']
    listed = [one.metadata.name for one in maps.get(namespace=NAMESPACE).items if one.metadata.name == 'dyn']
    crds.delete(name='toys.example.com')
    return {
        'created': created['spec'], 'patched': patched['spec'], 'applied': applied.data.to_dict(), 'conflict': conflict, 'listed': listed,
        'metrics': [call_metrics(custom)],
    }


def call_metrics(custom):
    try:
        return custom.list_cluster_custom_object('metrics.k8s.io', 'v1beta1', 'nodes')
    except client.ApiException as error:
        return [error.status, error.body]


print(json.dumps({part.__name__: part() for part in (reads, writes, patches, watches, streams, dynamics)}))
