import { readFileSync, statSync } from 'node:fs'
import type { Node } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { parseManifests } from '../../api/manifests.js'
import { DEFAULTS } from '../../cluster/compose/options.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { versionOf } from '../../cluster/storage/etcd-import.js'
import { writePrivateFile } from '../../disk/private-file.js'
import { readCluster } from '../../real/reading/from-cluster.js'
import type { CommandArguments, Command } from '../command.js'
import { UsageError } from '../command.js'
import { checkWritten, manifestsIn, releaseIn, textOf, textsOf } from '../files.js'
import { importObjects, type Imported } from '../what-if/import.js'
import { isEtcdSnapshot } from '../what-if/source.js'

/** Flags that say how kubectl reaches the cluster: nothing else needs them. */
const REACHED = ['kubeconfig', 'context', 'kubectl', 'namespaces', 'secrets'] as const

const isNode = (object: KubeObject): object is Node => object.kind === 'Node' && object.apiVersion === 'v1'

async function ofRealCluster(flags: CommandArguments['flags']): Promise<Imported> {
  const namespaces = textOf(flags, 'namespaces')?.split(',')
  const options = textsOf(flags, ['kubeconfig', 'context', 'kubectl'])
  const {
    objects,
    version,
    options: own,
    leftOut,
  } = await readCluster(
    { ...options, secrets: flags['secrets'] === true, ...(namespaces === undefined ? {} : { namespaces }) },
    true,
  )
  const told = leftOut.map((each) => `left out: ${each}`)
  if (!objects.some(isNode))
    throw new Error(
      `no Node can be read, so no pod would run anywhere; a user who may list nodes reads a cluster\n` +
        shown(told).join('\n'),
    )
  const { cluster, notes } = importObjects(objects, { ...own, version: releaseIn(flags) ?? version })
  return { cluster, notes: [...told, ...notes] }
}

function ofEtcd(path: string, bytes: Uint8Array, version: string | undefined): Imported {
  const cluster = SimCluster.fromEtcdSnapshot(bytes, version === undefined ? {} : { version })
  const notes = cluster.state
    .unreadable()
    .map(
      ({ key, kind, detail }) => `kept, and not read: ${key} is ${kind}${detail === '' ? '' : `: ${detail}`}`,
    )
  if (cluster.state.peek('nodes').length === 0)
    throw new UsageError(`${path} has no Node: it is of no cluster`)
  return { cluster, notes }
}

function ofFiles(paths: readonly string[], version: string | undefined): Imported {
  const [first = ''] = paths
  const only = paths.length === 1 && first !== '-' ? statSync(first, { throwIfNoEntry: false }) : undefined
  if (only?.isFile() === true) {
    const bytes = readFileSync(first)
    if (isEtcdSnapshot(bytes)) return ofEtcd(first, bytes, version)
  }
  const objects = paths.flatMap((path) => parseManifests(manifestsIn(path)))
  const nodes = objects.filter(isNode)
  if (nodes.length === 0)
    throw new UsageError(
      `${paths.join(', ')}: there is no Node, so no pod runs anywhere; add the output of kubectl get nodes ` +
        '-o yaml, or apply manifests to a new cluster: simcluster whatif DIR',
    )
  return importObjects(objects, { version: version ?? versionOf(nodes) ?? DEFAULTS.version })
}

/** Notes that are printed; the rest is counted. */
const SHOWN = 20

const shown = (notes: readonly string[]): readonly string[] =>
  notes.length <= SHOWN ? notes : [...notes.slice(0, SHOWN), `... and ${notes.length - SHOWN} more`]

/** `simcluster import`: a real cluster, as a snapshot. */
export const importCommand: Command = {
  name: 'import',
  about:
    'Reads a real cluster into a snapshot, which whatif, upgrade and serve take: by a kubeconfig (nothing ' +
    'is changed), from the text of kubectl get -A -o yaml, or from a snapshot of etcd.',
  words: '[FILE|DIR|-...]',
  flags: {
    output: { value: 'FILE', short: 'o', about: 'the snapshot to write; only you can read it' },
    kubeconfig: { value: 'FILE', about: 'kubeconfig of the real cluster', default: "kubectl's choice" },
    context: { value: 'NAME', about: 'context of the kubeconfig', default: 'the current one' },
    kubectl: {
      value: 'PATH',
      about: 'the kubectl that reaches the cluster',
      default: 'that of the path; without one, HTTPS with the certificate or token of the kubeconfig',
    },
    namespaces: { value: 'LIST', about: 'namespaces whose objects are read', default: 'all' },
    secrets: { about: 'reads Secrets, too; without it, empty ones stand in for those that pods name' },
    version: { value: 'VERSION', about: 'release of the snapshot', default: 'that of the cluster' },
  },
  examples: [
    'simcluster import -o cluster.snapshot',
    'simcluster import --context staging --namespaces shop,web -o staging.snapshot',
    'kubectl get nodes,deploy,rs,pods,svc,endpointslices -A -o yaml | simcluster import - -o my.snapshot',
    'simcluster import etcd.db -o cluster.snapshot',
  ],
  run: async ({ flags, words }, terminal) => {
    const output = textOf(flags, 'output')
    if (output === undefined)
      throw new UsageError('-o is missing: write the snapshot, such as -o cluster.snapshot')
    checkWritten('output', output)
    if (words.length > 0)
      for (const flag of REACHED)
        if (flags[flag] !== undefined)
          throw new UsageError(
            `--${flag} is for a real cluster, and ${words[0] ?? ''} is a file: leave one out`,
          )
    const { cluster, notes } =
      words.length === 0 ? await ofRealCluster(flags) : ofFiles(words, releaseIn(flags))
    writePrivateFile(output, cluster.snapshot().toFile())
    for (const note of shown(notes)) terminal.err(`${note}\n`)
    const [nodes, pods] = [cluster.state.peek('nodes').length, cluster.state.peek('pods').length]
    terminal.out(`${output}: ${cluster.version}, ${nodes} nodes, ${pods} pods\n`)
    return 0
  },
}
