/**
 * Ways in which things are not as wanted, and what the cluster says about each. Run it with
 * `npx tsx examples/troubleshooting.ts`; docs/troubleshooting.md explains it.
 */
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { SimCluster } from 'simcluster'

/** What somebody did, and what to look for in `cluster.why`. */
export interface Mishap {
  readonly what: string
  readonly lines: readonly string[]
  readonly says: string
}

const web = 'create deployment web --image=nginx'

export const mishaps: readonly Mishap[] = [
  { what: 'the image', lines: ['create deployment web --image=lost'], says: 'Failed to pull image "lost"' },
  {
    what: 'the command',
    lines: ['create deployment web --image=busybox -- sh -c "echo no config >&2; exit 3"'],
    says: 'exit code 3: Error; it wrote last: no config',
  },
  { what: 'the quota', lines: ['create quota few --hard=pods=0', web], says: 'exceeded quota: few' },
  {
    what: 'no node fits',
    lines: [web, 'set resources deployment web --requests=cpu=99'],
    says: 'Insufficient cpu',
  },
  { what: 'all nodes are cordoned', lines: ['cordon node-1', 'cordon node-2', web], says: 'unschedulable' },
  {
    what: 'the policy',
    lines: ['label namespace default pod-security.kubernetes.io/enforce=restricted', web],
    says: 'violates PodSecurity "restricted:latest"',
  },
  {
    what: 'the probe',
    lines: [
      web,
      `patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx",` +
        `"readinessProbe":{"httpGet":{"port":81}}}]}}}}'`,
    ],
    says: 'Readiness probe failed',
  },
]

/** Makes a cluster in which that has happened, and returns why the Deployment `web` is not as wanted. */
export function whatHappens({ lines }: Mishap): { readonly summary: string; readonly why: string } {
  const cluster = new SimCluster({ nodes: 2, images: { lost: { pullError: 'not found' } } })
  for (const line of lines) {
    cluster.kubectl(line)
    cluster.settle()
  }
  cluster.advance('1m')
  return { summary: cluster.summary(), why: cluster.why('deployments', 'web') }
}

if (argv[1] === fileURLToPath(import.meta.url))
  for (const mishap of mishaps) console.log(`== ${mishap.what}\n${whatHappens(mishap).why}\n`)
