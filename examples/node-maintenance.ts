/**
 * The course's first chapter, node maintenance, played on a simulated cluster: as it was written (v1.14),
 * then as it is done today. Run it with `npm start`.
 */
import { readFileSync } from 'node:fs'
import { SimCluster } from 'simcluster'

const manifest = (name: string): string => readFileSync(new URL(`manifests/${name}`, import.meta.url), 'utf8')

/**
 * Runs a kubectl command as a terminal shows it; `grep` keeps the matching lines, as a pipe into grep would.
 */
function play(cluster: SimCluster, command: string, grep?: string): void {
  console.log(`$ kubectl ${command}${grep === undefined ? '' : ` | grep ${grep}`}`)
  const { stdout, terminal } = cluster.kubectl(command)
  if (grep === undefined) process.stdout.write(terminal)
  else for (const line of stdout.split('\n').filter((text) => text.includes(grep))) console.log(line)
  console.log()
}

function say(text: string): void {
  console.log(`# ${text}\n`)
}

/** The node that a pod of the namespace `default` runs on. */
function nodeOf(cluster: SimCluster, pod: string): string {
  return cluster.get('pods', { namespace: 'default', name: pod }).spec.nodeName as string
}

/** Rows N1 to N8: drain with and without the flags it asks for, and what uncordon does not do. */
function drainAndUncordon(cluster: SimCluster, node: string, flags: string): void {
  play(cluster, 'get node')
  play(cluster, `drain ${node}`)
  play(cluster, `drain ${node} ${flags}`)
  play(cluster, 'get node')
  say('Nothing but DaemonSet pods is left there; the replacements run elsewhere.')
  cluster.settle()
  play(cluster, 'get pod -A -o wide', node)
  play(cluster, 'get pod -o wide')
  play(cluster, `uncordon ${node}`)
  play(cluster, 'get node')
  say('Do the pods move back after uncordon? They do not:')
  cluster.advance('10m')
  play(cluster, 'get pod -o wide')
}

/** Row N9: a node goes down and comes back. */
function crash(cluster: SimCluster, node: string): void {
  say(`${node} loses power. Within the grace period nothing moves.`)
  cluster.node(node).crash()
  cluster.advance('30s')
  play(cluster, 'get node')
  cluster.advance('40s')
  play(cluster, 'get node')
  say('Five minutes later its pods are deleted and made anew on other nodes.')
  cluster.advance('6m')
  play(cluster, 'get pod -o wide')
  cluster.node(node).recover()
  cluster.advance('1m')
  play(cluster, 'get node')
}

/** Row N10: one node after the other, under a PodDisruptionBudget. */
function rollingMaintenance(cluster: SimCluster): void {
  say('Kernel updates, one node at a time, while a PodDisruptionBudget keeps two pods available.')
  cluster.apply(manifest('budget.yaml'))
  cluster.settle()
  for (const node of cluster.list('nodes').items) {
    const name = node.metadata.name as string
    play(cluster, `drain ${name} --ignore-daemonsets --force --delete-emptydir-data`)
    cluster.node(name).reboot()
    cluster.settle()
    play(cluster, `uncordon ${name}`)
  }
  play(cluster, 'get pdb')
  play(cluster, 'get pod -o wide')
}

/** Plays the chapter: as it was written, and today. */
export function playNodeMaintenance(): void {
  say('As the course has it: three nodes of Kubernetes 1.13, kubectl of the time.')
  const pool = 'gke-standard-cluster-1-default-pool-bdf36b75'
  const then = new SimCluster({
    version: 'v1.14',
    nodes: ['dlzj', 'rct0', 'x5j5'].map((suffix) => ({
      name: `${pool}-${suffix}`,
      kubeletVersion: 'v1.13.7-gke.8',
    })),
  })
  then.apply(manifest('office.yaml'))
  then.advance('30h')
  drainAndUncordon(then, nodeOf(then, 'two-containers'), '--delete-local-data --ignore-daemonsets --force')

  say('The same today, and what happens when a node fails.')
  const now = new SimCluster({ nodes: 3 })
  now.apply(manifest('office.yaml'))
  now.advance('1h')
  drainAndUncordon(now, nodeOf(now, 'two-containers'), '--delete-emptydir-data --ignore-daemonsets --force')
  crash(now, 'node-2')
  rollingMaintenance(now)
}
