import { describe, expect, it } from 'vitest'
import type { SimCluster } from '../../src/index.js'
import { begin } from './begin.js'
import type { Form } from './chapter1.js'
import { chapterOf, FORMS, manifest } from './chapter1.js'

/** Pods that have nothing to do with WordPress: in its namespace, and in another. */
const STRANGERS = ['default', 'elsewhere']

function wordpressCluster(form: Form): SimCluster {
  const cluster = begin(chapterOf(form.version, 9))
  for (const name of ['mysql.yaml', 'wordpress.yaml']) cluster.apply(manifest(form, 9, name))
  cluster.kubectl('create namespace elsewhere')
  for (const namespace of STRANGERS)
    cluster.kubectl(`run stranger -n ${namespace} --image=busybox --restart=Never --command -- sleep 1d`)
  return cluster.settle()
}

function closeOff(cluster: SimCluster, form: Form): void {
  cluster.apply(manifest(form, 9, 'policies.yaml'))
  cluster.settle()
}

const podOf = (cluster: SimCluster, tier: string): string =>
  `default/${cluster.list('pods', { labelSelector: `tier=${tier}` }).items[0]?.metadata.name ?? ''}`

/** The ways that are open, as `from -> to:port`. */
function openWays(cluster: SimCluster): readonly string[] {
  const who = [
    ['wordpress', podOf(cluster, 'frontend')],
    ['mysql', podOf(cluster, 'mysql')],
    ...STRANGERS.map((namespace) => [`${namespace}/stranger`, `${namespace}/stranger`] as const),
  ] as const
  const targets = [
    ['wordpress-mysql.default', 3306],
    ['wordpress.default', 80],
  ] as const
  return who.flatMap(([name, from]) =>
    targets
      .filter(([to, port]) => cluster.network.connect({ from, to, port }).connected)
      .map(([to, port]) => `${name} -> ${to}:${port}`),
  )
}

describe.each(FORMS)('the closing exercise, $form', (form) => {
  it('W1: WordPress and MySQL reach each other by name; with policies only that path is open', () => {
    const cluster = wordpressCluster(form)
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
    closeOff(cluster, form)
    expect(openWays(cluster)).toEqual([
      'wordpress -> wordpress-mysql.default:3306',
      'wordpress -> wordpress.default:80',
      'mysql -> wordpress-mysql.default:3306', // itself
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

  it('W2: the name of MySQL resolves for a stranger, and a policy refuses the connection', () => {
    const cluster = wordpressCluster(form)
    closeOff(cluster, form)
    const { outcome, proof } = cluster.network.connect({
      from: 'default/stranger',
      to: 'wordpress-mysql',
      port: 3306,
    })
    expect(outcome).toBe('timeout')
    expect(proof.find(({ hop }) => hop === 'dns')).toMatchObject({ rcode: 'NOERROR' })
    expect(proof.find(({ hop }) => hop === 'policy')).toMatchObject({ allowed: false })
  })
})
