import { describe, expect, it } from 'vitest'
import { closeOff, openWays, wordpressCluster } from '../../examples/wordpress.js'

describe.each(['v1.14', 'v1.35'])('the closing exercise, %s', (version) => {
  it('W1: WordPress and MySQL reach each other by name; with policies only that path is open', () => {
    const cluster = wordpressCluster(version)
    expect(
      cluster
        .list('deployments')
        .items.filter(({ metadata }) => metadata.namespace === 'default')
        .map(({ metadata, status }) => [metadata.name, status?.readyReplicas]),
    ).toEqual([
      ['wordpress', 1],
      ['wordpress-mysql', 1],
    ])
    expect(cluster.list('persistentvolumeclaims').items.map(({ status }) => status?.phase)).toEqual([
      'Bound',
      'Bound',
    ])
    expect(openWays(cluster)).toHaveLength(8)
    closeOff(cluster)
    expect(openWays(cluster)).toEqual([
      'wordpress -> wordpress-mysql.default:3306',
      'wordpress -> wordpress.default:80',
      'elsewhere/stranger -> wordpress.default:80',
    ])
    // what MySQL has on its disk outlives its pod
    const [pod] = cluster.list('pods', { labelSelector: 'tier=mysql' }).items
    cluster.exec(pod?.metadata.name ?? '', 'echo posts > /var/lib/mysql/posts')
    cluster.delete('pods', { namespace: 'default', name: pod?.metadata.name ?? '' })
    cluster.settle()
    const [next] = cluster.list('pods', { labelSelector: 'tier=mysql' }).items
    expect(next?.metadata.uid).not.toBe(pod?.metadata.uid)
    expect(cluster.exec(next?.metadata.name ?? '', 'cat /var/lib/mysql/posts').stdout).toBe('posts\n')
  })

  it('W2: nodes, pods and services with the connections that the running cluster allows', () => {
    const cluster = wordpressCluster(version)
    closeOff(cluster)
    const [frontend] = cluster.list('pods', { labelSelector: 'tier=frontend' }).items
    const hops = cluster.network
      .connect({ from: `default/${frontend?.metadata.name ?? ''}`, to: 'wordpress-mysql', port: 3306 })
      .proof.map(({ hop }) => hop)
    expect(hops).toEqual(expect.arrayContaining(['dns', 'policy']))
    expect(cluster.list('pods').items.filter(({ spec }) => spec.nodeName !== undefined).length).toBe(
      cluster.list('pods').items.length,
    )
  })
})
