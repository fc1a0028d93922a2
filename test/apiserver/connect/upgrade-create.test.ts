import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

function answers(version: string, verbs: string[]): (path: string, method?: string) => number {
  const cluster = new SimCluster({ nodes: 1, version })
  cluster.create('pods', { metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'busybox' }] } })
  const rules = [
    { apiGroups: [''], resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/log'], verbs },
  ]
  cluster.create('roles', { metadata: { name: 'r' }, rules })
  cluster.create('rolebindings', {
    metadata: { name: 'r' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
  })
  cluster.settle()
  return (subresource, method = 'GET') => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket' }
    const path = `/api/v1/namespaces/default/pods/a/${subresource}`
    const query = 'command=true&stdout=true&ports=80'
    return cluster.http.handleStreaming({ method, path, query, headers, user: { name: 'jane' } }).code
  }
}

describe('a WebSocket to a pod', () => {
  test.each(['exec', 'attach', 'portforward'])(
    'needs the verb create at v1.35, not only get: %s',
    (subresource) => {
      expect(answers('v1.35', ['get'])(subresource)).toBe(403)
      expect(answers('v1.35', ['get', 'create'])(subresource)).not.toBe(403)
      expect(answers('v1.34', ['get'])(subresource)).not.toBe(403)
    },
  )

  test('may read a log with get alone', () => {
    expect(answers('v1.35', ['get'])('log')).not.toBe(403)
  })
})
