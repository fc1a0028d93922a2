export const MANIFESTS = '/etc/kubernetes/manifests'

/** The static pods of the control plane, in the order of their manifests. */
export const COMPONENTS: readonly string[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
]

/** Flags with which etcdctl reaches etcd. */
export const ETCD_FLAGS: string =
  '--cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key ' +
  '/etc/kubernetes/pki/etcd/server.key'

/** A Deployment with one container; `container` and `pod` override fields. */
export const deployment = (name: string, container: object, pod: object = {}, replicas = 2): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image: 'nginx', ...container }], ...pod },
    },
  },
})

/** A pod that sleeps. */
export const sleeper = (name: string, labels: object = {}, namespace = 'default'): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '100000'] }] },
})

/** Lines for a shell, one after the other. */
export const lines = (...all: readonly string[]): string => all.join('; ')

/** `kubectl patch` with a strategic merge patch; `object` is its type and name, and flags. */
export const patch = (object: string, body: object): string =>
  `kubectl patch ${object} -p '${JSON.stringify(body)}'`

/** `kubectl patch` with a JSON patch. */
export const jsonPatch = (object: string, operations: readonly object[]): string =>
  `kubectl patch ${object} --type=json -p '${JSON.stringify(operations)}'`
