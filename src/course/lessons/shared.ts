import type { LessonText } from './lesson.js'

export const MANIFESTS = '/etc/kubernetes/manifests'

/** The name of what a goal makes to see what happens: learners try things by names like test and probe. */
export const PROBE = 'made-by-the-judge'

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

/** A pattern with the names of a lesson in it; a backslash is one. */
export const pattern = (text: TemplateStringsArray, ...names: readonly (string | number)[]): RegExp =>
  new RegExp(String.raw(text, ...names)) // bounded: short names that a lesson draws

/** Applies manifests, one after the other. */
export const applied = (...objects: readonly object[]): string =>
  lines(...objects.map((object) => `echo '${JSON.stringify(object)}' | kubectl apply -f -`))

/** What a learner reads, in one language. */
export const told = (
  title: string,
  symptom: string,
  hints: readonly string[],
  explanation: string,
): LessonText => ({ title, symptom, hints, explanation })

/** A status that says Ready on behalf of kubelets that do not. */
export const claimsReady = (...nodes: readonly string[]): string =>
  lines(
    ...nodes.map((node) =>
      patch(`node ${node} --subresource=status`, {
        status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] },
      }),
    ),
  )

/** A Namespace. */
export const namespaceOf = (name: string, labels: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
})

/** A Deployment outside of default. */
export const within = (namespace: string, object: object): object => {
  const { metadata } = object as { readonly metadata: object }
  return { ...object, metadata: { ...metadata, namespace } }
}

/** The path of a workload's first container in a JSON patch. */
export const CONTAINER = '/spec/template/spec/containers/0'

/** An operation of a JSON patch below that container. */
export const replace = (path: string, value: unknown): object => ({
  op: 'replace',
  path: CONTAINER + path,
  value,
})

/** An operation that removes what is there. */
export const remove = (path: string): object => ({ op: 'remove', path: CONTAINER + path })

/** Changes a Deployment's container, and lets that roll out. */
export const change = (name: string, ...operations: readonly object[]): string =>
  lines(jsonPatch(`deployment ${name}`, operations), 'sleep 90')
