import { describe, expect, it } from 'vitest'
import { SimCluster } from 'simcluster'

const LAST_USED = 'kubernetes.io/legacy-token-last-used'
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since'

/**
 * A cluster with a token that is kept in a Secret, made by hand; `auto`: its account refers to it, as until
 * v1.23.
 */
function withToken(version: string, auto = false): { readonly cluster: SimCluster; readonly token: string } {
  const cluster = new SimCluster({ nodes: 0, version })
  cluster.create('secrets', {
    metadata: {
      name: 't',
      namespace: 'default',
      annotations: { 'kubernetes.io/service-account.name': 'default' },
    },
    type: 'kubernetes.io/service-account-token',
  })
  if (auto)
    cluster.patch(
      'serviceaccounts',
      { namespace: 'default', name: 'default' },
      { type: 'merge', body: { secrets: [{ name: 't' }] } },
    )
  cluster.settle()
  return {
    cluster,
    token: atob(cluster.get('secrets', { namespace: 'default', name: 't' }).data?.['token'] ?? ''),
  }
}

const labelsOf = (cluster: SimCluster): Readonly<Record<string, string>> =>
  cluster.get('secrets', { namespace: 'default', name: 't' }).metadata.labels ?? {}

function ask(cluster: SimCluster, token: string): { readonly status: number; readonly warning: unknown } {
  const { code: status, headers = {} } = cluster.http.handle({
    method: 'GET',
    path: '/api/v1/namespaces/default/pods',
    headers: { authorization: `Bearer ${token}` },
  })
  return { status, warning: headers['warning'] }
}

describe('tokens of service accounts that never end', () => {
  it('the day of their last use is on their Secret, the day when that began in a ConfigMap', () => {
    const { cluster, token } = withToken('v1.35')
    expect(
      cluster.get('configmaps', {
        namespace: 'kube-system',
        name: 'kube-apiserver-legacy-service-account-token-tracking',
      }).data,
    ).toEqual({ since: '2026-01-01' })
    expect(labelsOf(cluster)).toEqual({})
    expect(ask(cluster, token)).toEqual({ status: 403, warning: undefined })
    expect(labelsOf(cluster)).toEqual({ [LAST_USED]: '2026-01-01' })
    const { resourceVersion } = cluster.get('secrets', { namespace: 'default', name: 't' }).metadata
    ask(cluster, token)
    expect(cluster.get('secrets', { namespace: 'default', name: 't' }).metadata.resourceVersion).toBe(
      resourceVersion,
    )
    cluster.advance('25h')
    ask(cluster, token)
    expect(labelsOf(cluster)).toEqual({ [LAST_USED]: '2026-01-02' })
  })

  it('whoever uses one that Kubernetes has made by itself is warned', () => {
    const { cluster, token } = withToken('v1.35', true)
    expect(ask(cluster, token).warning).toEqual([
      '299 - "Use tokens from the TokenRequest API or manually created secret-based tokens instead of ' +
        'auto-generated secret-based tokens."',
    ])
  })

  it('one that is marked invalid is refused, and says how to get it back', () => {
    const { cluster, token } = withToken('v1.35')
    cluster.patch(
      'secrets',
      { namespace: 'default', name: 't' },
      { type: 'merge', body: { metadata: { labels: { [INVALID_SINCE]: '2025-01-01' } } } },
    )
    expect(ask(cluster, token).status).toBe(401)
    expect(cluster.http.identify({ headers: { authorization: `Bearer ${token}` } }).faults.join()).toContain(
      'the token in secret default/t for service account default/default has been marked invalid. Use ' +
        'tokens from the TokenRequest API or manually created secret-based tokens, or remove the ' +
        `'${INVALID_SINCE}' label from the secret to temporarily allow use of this token`,
    )
    expect(labelsOf(cluster)[LAST_USED]).toBe('2026-01-01')
    cluster.patch(
      'secrets',
      { namespace: 'default', name: 't' },
      { type: 'merge', body: { metadata: { labels: { [INVALID_SINCE]: null } } } },
    )
    expect(ask(cluster, token).status).toBe(403)
  })

  it('to ask who somebody is notes nothing, and old releases note nothing at all', () => {
    const { cluster, token } = withToken('v1.35')
    cluster.http.identify({ headers: { authorization: `Bearer ${token}` } })
    expect(labelsOf(cluster)).toEqual({})
    const old = withToken('v1.19')
    ask(old.cluster, old.token)
    expect(labelsOf(old.cluster)).toEqual({})
    expect(
      old.cluster.list('configmaps', { namespace: 'kube-system' }).items.map(({ metadata }) => metadata.name),
    ).not.toContain('kube-apiserver-legacy-service-account-token-tracking')
  })
})
