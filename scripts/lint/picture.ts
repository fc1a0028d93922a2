/**
 * `npx tsx scripts/lint/picture.ts` prints the picture of docs/architecture.md: the layers of src from the
 * top down, as the lint enforces them.
 */
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { isCore, levels, storeUsers, visible } from './layers.js'

/** What each folder of src holds. */
const contents: Readonly<Record<string, string>> = {
  course: 'chapters and lessons as data, and what plays them',
  cli: 'the program simcluster',
  explore: 'search of interleavings and faults, counter-examples',
  host: 'machines with files, a shell, systemd and kubeadm',
  server: "HTTPS, WebSocket and SPDY for real clients; etcd's gRPC API",
  'client-node': '@kubernetes/client-node in process',
  real: 'the same test on a simulated and on a real cluster',
  testing: 'invariants, arbitraries, matchers',
  cluster: 'SimCluster: options, components, nodes and faults, snapshots',
  kubectl: 'parse, call, print; one file for each command',
  view: 'a cluster and its verdicts as plain data and as pictures',
  images: 'what the programs of well-known images do',
  scheduler: 'queue, cycle, plugins, preemption',
  kubelet: 'pods, probes, eviction, containers',
  controllers: 'one folder or file for each controller',
  network: 'the data path: DNS, kube-proxy, routes, policies',
  rbac: 'evaluator, compiled form, proofs, default policy',
  pki: 'authorities, certificates, keys, tokens',
  netpol: 'network policies: evaluator, compiled form, comparison',
  apiserver: 'authentication, admission, registry, storage, watch, HTTP',
  client: 'Client, Informer, Component: what others see of the apiserver',
  api: 'one definition for each kind: fields, defaults, validation',
  etcd: 'key-value store: revisions, transactions, watches, leases',
  shell: "the interpreter of containers' scripts, and its programs",
  sim: 'clock, timers, random streams, queues, modules, trace',
  disk: 'files that only their owner reads, folders that are removed',
  lang: "what knows no Kubernetes: Go's formats, YAML, CEL, JSONPath, cron, patches, SVG",
}

/** The layers as text: a block for each level, whose folders may import those of the blocks below. */
export function layerPicture(): string {
  const width = Math.max(...levels.flat().map((folder) => folder.length)) + 2
  const blocks = levels.map((level) =>
    level.map((folder) => `${folder.padEnd(width)}${contents[folder] ?? ''}${markOf(folder)}`).join('\n'),
  )
  const seen = Object.entries(visible).map(
    ([folder, below]) => `${folder.padEnd(width)}may import only ${below.join(', ')}`,
  )
  const store = storeUsers.map((folder) => folder.replace(/\/$/, '')).join(', ')
  return [blocks.join('\n---\n'), '', ...seen, `${'etcd'.padEnd(width)}is imported only by ${store}`].join(
    '\n',
  )
}

function markOf(folder: string): string {
  return isCore(`${folder}/`) ? '' : ' (not core)'
}

if (argv[1] === fileURLToPath(import.meta.url)) console.log(layerPicture())
