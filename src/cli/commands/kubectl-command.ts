import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivateFile } from '../../disk/private-file.js'
import type { Command } from '../command.js'
import { UsageError } from '../command.js'
import { manifestsIn, newCluster, snapshotIn, stdinText } from '../files.js'

/** Flags that name a server. */
const REMOTE = ['--kubeconfig', '--server', '-s', '--context', '--cluster']

/** Returns the real files, and the standard input, that the words of kubectl name with `-f`. */
function filesOf(words: readonly string[]): {
  readonly files: Record<string, string>
  readonly stdin?: string
} {
  const paths = words.flatMap((word, at) => {
    if (word === '-f' || word === '--filename') return words[at + 1] ?? []
    return /^(?:--filename=|-f=?)(.+)$/.exec(word)?.[1] ?? []
  })
  const files: Record<string, string> = {}
  for (const path of paths.flatMap((each) => each.split(','))) {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory() === true)
      for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted()) {
        const file = join(path, name)
        if (/\.(?:ya?ml|json)$/.test(name) && statSync(file).isFile())
          files[file] = readFileSync(file, 'utf8')
      }
    else if (found !== undefined) files[path] = readFileSync(path, 'utf8')
  }
  return paths.includes('-') ? { files, stdin: stdinText() } : { files }
}

/** `simcluster kubectl`: the flags of the program come before `--`, kubectl's words after it. */
export const kubectlCommand: Command = {
  name: 'kubectl',
  about: 'Runs a kubectl command on a cluster in this process: from manifests, or from a snapshot.',
  words: '-- WORDS',
  flags: {
    manifests: { value: 'DIR', about: 'manifests to apply first' },
    snapshot: { value: 'FILE', about: 'snapshot to begin with, if it exists; changed by the command' },
    nodes: { value: 'N', about: 'number of nodes of a new cluster', default: '3' },
    version: { value: 'VERSION', about: 'release of a new cluster', default: 'v1.35' },
  },
  examples: [
    'simcluster kubectl --manifests ./deploy -- get pods -o wide',
    'simcluster kubectl -- apply -f web.yaml --dry-run=server -o yaml',
    'simcluster kubectl --snapshot ./cluster.snapshot -- drain node-2 --ignore-daemonsets',
  ],
  run: ({ flags, words }, terminal) => {
    const { snapshot, manifests } = flags
    const remote = words.map((word) => word.split('=')[0] ?? '').find((word) => REMOTE.includes(word))
    if (remote !== undefined)
      throw new UsageError(
        `${remote}: this kubectl works on a cluster in its own process; use the real one for a server`,
      )
    const isKept = typeof snapshot === 'string'
    const cluster = isKept && existsSync(snapshot) ? snapshotIn(snapshot) : newCluster(flags)
    if (typeof manifests === 'string') cluster.apply(manifestsIn(manifests))
    cluster.settle()
    const { stdout, stderr, exitCode } = cluster.kubectl([...words], filesOf(words))
    cluster.settle()
    if (isKept) writePrivateFile(snapshot, cluster.snapshot().toFile())
    terminal.out(stdout)
    terminal.err(stderr)
    return exitCode
  },
}
