import { describe, expect, it } from 'vitest'
import { SimCluster } from '../../src/index.js'

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.57'

function podOf(
  name: string,
  image: string,
  container: object = {},
  spec: object = {},
  labels: object = {},
): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'c', image, ...container }], ...spec },
  }
}

const proxied = (cluster: SimCluster, pod: string, path: string): unknown =>
  JSON.parse(cluster.kubectl(`get --raw /api/v1/namespaces/default/pods/${pod}/proxy/${path}`).stdout)

describe('images of the end-to-end tests', () => {
  it('nonewprivs gains root only where escalation is allowed', () => {
    const cluster = new SimCluster({ nodes: 1 })
    for (const allowed of [false, true]) {
      const securityContext = { allowPrivilegeEscalation: allowed, runAsUser: 1000 }
      const image = 'registry.k8s.io/e2e-test-images/nonewprivs:1.4'
      cluster.apply(podOf(`p-${allowed}`, image, { securityContext }, { restartPolicy: 'Never' }))
    }
    cluster.settle()
    expect(cluster.logs('p-false')).toBe('Effective uid: 1000\n')
    expect(cluster.logs('p-true')).toBe('Effective uid: 0\n')
  })

  it('nautilus serves the name of its picture', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.apply(podOf('n', 'registry.k8s.io/e2e-test-images/nautilus:1.7'))
    cluster.settle()
    expect(proxied(cluster, 'n', 'data.json')).toEqual({ image: 'nautilus.jpg' })
  })

  it('agnhost verifies a token with what its issuer publishes', () => {
    const cluster = new SimCluster({ nodes: 1 })
    const args = ['test-service-account-issuer-discovery', '--token-path=/tokens/t', '--audience=shop']
    for (const audience of ['shop', 'other']) {
      const sources = [{ serviceAccountToken: { path: 't', audience } }]
      const volumeMounts = [{ name: 'v', mountPath: '/tokens' }]
      const spec = { restartPolicy: 'Never', volumes: [{ name: 'v', projected: { sources } }] }
      cluster.apply(podOf(audience, AGNHOST, { args, volumeMounts }, spec))
    }
    cluster.settle()
    expect(cluster.logs('shop')).toContain('OK: Got valid claims from token!')
    expect(cluster.logs('other')).toContain('oidc: expected audience "shop" got ["other"]')
    const phase = (name: string): unknown => cluster.get('pods', { namespace: 'default', name }).status.phase
    expect([phase('shop'), phase('other')]).toEqual(['Succeeded', 'Failed'])
  })

  it('agnhost inclusterclient asks the apiserver with the token of its pod', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.apply(podOf('client', AGNHOST, { args: ['inclusterclient'] }))
    cluster.settle()
    cluster.advance('31s')
    expect(cluster.logs('client').match(/authz_header=eyJ/g)).toHaveLength(2)
    expect(cluster.logs('client')).not.toContain('error')
  })

  it('agnhost nettest remembers who has written to it', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.apply(podOf('server', AGNHOST, { args: ['nettest'], ports: [{ containerPort: 8080 }] }))
    cluster.apply(podOf('writer', 'busybox', { command: ['sleep', '600'] }))
    cluster.settle()
    const ip = cluster.get('pods', { namespace: 'default', name: 'server' }).status.podIP ?? ''
    const write = ['wget', '-qO-', '--post-data={"Source": "writer"}', `http://${ip}:8080/write`]
    for (const _ of ['once', 'again']) expect(cluster.exec('writer', write).stdout).toContain('"server"')
    expect(proxied(cluster, 'server', 'read')).toMatchObject({
      Hostname: 'server',
      Received: { writer: 2 },
      StillContactingPeers: true,
    })
  })

  it('agnhost nettest passes once it has written to its peers and they to it', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl('create clusterrolebinding view --clusterrole=view --group=system:serviceaccounts')
    const labels = { app: 'nettest' }
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'nettest', namespace: 'default' },
      spec: { selector: labels, ports: [{ port: 8080 }] },
    })
    for (const name of ['a', 'b'])
      cluster.apply(podOf(name, AGNHOST, { args: ['nettest', '--peers=2'] }, {}, labels))
    cluster.settle()
    cluster.advance('30s')
    const status = 'get --raw /api/v1/namespaces/default/pods/a:8080/proxy/status'
    expect(cluster.kubectl(status).stdout.trim()).toBe('pass')
  })
})
