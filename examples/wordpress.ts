/**
 * The course's closing exercise: WordPress and MySQL with volumes and a password, first open to everybody,
 * then with policies that leave one path only. Run it with `npx tsx examples/wordpress.ts`.
 */
import { readFileSync } from 'node:fs'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { SimCluster } from 'simcluster'

const manifest = (name: string): string => readFileSync(new URL(`manifests/${name}`, import.meta.url), 'utf8')

/** Pods that try the way: a stranger in the same namespace, and one in another. */
const STRANGERS = ['default', 'elsewhere']

/** A cluster with CoreDNS and a class of disks, on which WordPress and MySQL run. */
export function wordpressCluster(version?: string): SimCluster {
  const cluster = new SimCluster({ nodes: 3, coreDNS: true, ...(version === undefined ? {} : { version }) })
  cluster.apply({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'disk' },
    provisioner: 'csi.example.com',
  })
  cluster.apply(manifest('wordpress.yaml'))
  cluster.kubectl('create namespace elsewhere')
  for (const namespace of STRANGERS)
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stranger', namespace },
      spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '100000'] }] },
    })
  return cluster.settle()
}

/** Lets only WordPress reach MySQL, and nobody reach anything else but WordPress' page. */
export function closeOff(cluster: SimCluster): void {
  cluster.apply(manifest('wordpress-policies.yaml'))
  cluster.settle()
}

/** The ways that are open, as `from -> to:port`. */
export function openWays(cluster: SimCluster): readonly string[] {
  const [wordpress = ''] = cluster
    .list('pods', { labelSelector: 'tier=frontend' })
    .items.map(({ metadata }) => `default/${metadata.name ?? ''}`)
  const [mysql = ''] = cluster
    .list('pods', { labelSelector: 'tier=mysql' })
    .items.map(({ metadata }) => `default/${metadata.name ?? ''}`)
  const who = new Map([
    ['wordpress', wordpress],
    ['mysql', mysql],
    ...STRANGERS.map((namespace) => [`${namespace}/stranger`, `${namespace}/stranger`] as const),
  ])
  const targets = [
    ['wordpress-mysql.default', 3306],
    ['wordpress.default', 80],
  ] as const
  return [...who].flatMap(([name, from]) =>
    targets
      .filter(([to, port]) => cluster.network.connect({ from, to, port }).connected)
      .map(([to, port]) => `${name} -> ${to}:${port}`),
  )
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const cluster = wordpressCluster()
  console.log(cluster.kubectl('get deployments,pods,services,pvc').stdout)
  console.log(`open: ${openWays(cluster).join(', ')}\n`)
  closeOff(cluster)
  console.log(cluster.kubectl('get networkpolicies').stdout)
  console.log(`open: ${openWays(cluster).join(', ')}`)
}
