import { existsSync } from 'node:fs'
import { writePrivateFile } from '../../disk/private-file.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import type { Command } from '../command.js'
import { UsageError } from '../command.js'
import { manifestsIn, snapshotIn, wholeNumber } from '../files.js'

/** Flags that name a server. */
const REMOTE = ['--kubeconfig', '--server', '-s', '--context', '--cluster']

/** `simcluster kubectl`: the flags of the program come before `--`, kubectl's words after it. */
export const kubectlCommand: Command = {
  name: 'kubectl',
  about: 'Runs a kubectl command on a cluster in this process: from manifests, or from a snapshot.',
  words: '-- WORDS',
  flags: {
    manifests: { value: 'DIR', about: 'manifests to apply first' },
    snapshot: { value: 'FILE', about: 'snapshot to begin with, if it exists; changed by the command' },
    nodes: { value: 'N', about: 'number of nodes of a new cluster', default: '3' },
  },
  examples: [
    'simcluster kubectl --manifests ./deploy -- get pods -o wide',
    'simcluster kubectl --snapshot ./cluster.snapshot -- drain node-2 --ignore-daemonsets',
  ],
  run: ({ flags, words }, terminal) => {
    const { snapshot, manifests, nodes } = flags
    const remote = words.map((word) => word.split('=')[0] ?? '').find((word) => REMOTE.includes(word))
    if (remote !== undefined)
      throw new UsageError(
        `${remote}: this kubectl works on a cluster in its own process; use the real one for a server`,
      )
    const isKept = typeof snapshot === 'string'
    const cluster =
      isKept && existsSync(snapshot)
        ? snapshotIn(snapshot)
        : new SimCluster({ nodes: wholeNumber('nodes', typeof nodes === 'string' ? nodes : '3') })
    if (typeof manifests === 'string') cluster.apply(manifestsIn(manifests))
    cluster.settle()
    const { stdout, stderr, exitCode } = cluster.kubectl([...words])
    cluster.settle()
    if (isKept) writePrivateFile(snapshot, cluster.snapshot().toFile())
    terminal.out(stdout)
    terminal.err(stderr)
    return exitCode
  },
}
