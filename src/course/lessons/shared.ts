import type { Desk } from './lesson.js'

export const MANIFESTS = '/etc/kubernetes/manifests'

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

/** Whether a Deployment gets all its replicas ready, in their newest form, within some time. */
export function comesUp({ cluster }: Desk, name: string, replicas = 2): boolean {
  return cluster.until(
    () => {
      const [found] = cluster.state.stored('deployments', { fieldSelector: `metadata.name=${name}` })
      const { readyReplicas = 0, updatedReplicas = 0, replicas: all = 0 } = found?.status ?? {}
      return readyReplicas === replicas && updatedReplicas === replicas && all === replicas
    },
    { timeout: '6m' },
  )
}

/** Whether the apiserver responds. */
export const responds = ({ cluster }: Desk): boolean => cluster.kubectl('get nodes').exitCode === 0

export const nodesReady = ({ cluster }: Desk): boolean =>
  cluster.until(() => cluster.nodes().every(({ ready }) => ready), { timeout: '5m' })
