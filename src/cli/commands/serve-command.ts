import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClusterSnapshot } from '../../cluster/storage/snapshot.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import type { ServeTime } from '../../server/index.js'
import type { CommandArguments, Command, Terminal } from '../command.js'
import { UsageError } from '../command.js'
import { textOf } from '../files.js'
import { shellWord } from '../output.js'
import { programPath } from '../program-path.js'
import { KUBECONFIG, servedSnapshot } from '../served.js'
import { checkServing, SERVE_FLAGS, saveAtEnd, servedCluster, startServing, timeOf } from '../serving.js'
import { surviveErrors } from '../survive-errors.js'
import { untilStopped } from '../until-stopped.js'

/** Serves a cluster until SIGTERM, SIGINT or `simcluster stop`, and saves it then if the flags say so. */
async function serveUntilStopped(
  cluster: SimCluster,
  given: { readonly flags: CommandArguments['flags']; readonly time: ServeTime },
  terminal: Terminal,
): Promise<number> {
  const serving = await startServing(cluster, given, terminal)
  try {
    terminal.out(`# ${cluster.version} with ${cluster.nodes().length} nodes at ${serving.url}\n`)
    terminal.out(`export KUBECONFIG=${shellWord(serving.kubeconfig)}\n`)
    const endSurvival = surviveErrors((text) => terminal.err(text))
    await Promise.race([untilStopped(), serving.asked])
    endSurvival()
    saveAtEnd(cluster, given.flags)
  } finally {
    await serving.close()
  }
  return 0
}

function noWords(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`unexpected argument ${words[0] ?? ''}`)
}

/** Ms between two looks whether a detached server is ready. */
const READY_MS = 50

/** Starts this program again as a server of its own, and returns when it serves. */
async function detach(flags: CommandArguments['flags'], terminal: Terminal): Promise<number> {
  const words = Object.entries(flags).flatMap(([name, value]) => {
    if (name === 'detach' || value === undefined || value === false) return []
    return [value === true ? `--${name}` : `--${name}=${value}`]
  })
  const log = join(mkdtempSync(join(tmpdir(), 'simcluster-log-')), 'log')
  const output = openSync(log, 'w')
  const child = spawn(process.execPath, [...process.execArgv, programPath(), 'serve', ...words], {
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  let ended: number | undefined
  child.once('exit', (code) => void (ended = code ?? 1))
  for (;;) {
    const text = readFileSync(log, 'utf8')
    if (/^export KUBECONFIG=.*\n/m.test(text)) {
      child.unref()
      terminal.out(`${text}# simcluster stop ends it; its log is ${shellWord(log)}\n`)
      return 0
    }
    if (ended !== undefined) {
      terminal.err(text)
      return ended
    }
    await sleep(READY_MS)
  }
}

/** `simcluster serve` */
export const serveCommand: Command = {
  name: 'serve',
  about: 'Serves a cluster over HTTPS until SIGTERM, SIGINT or simcluster stop; prints how to reach it.',
  flags: {
    ...SERVE_FLAGS,
    detach: { short: 'd', about: 'returns when the cluster is ready; simcluster stop ends it' },
  },
  examples: [
    'simcluster serve --nodes 5 --kubeconfig ./kubeconfig',
    'simcluster serve --time virtual --manifests ./deploy --detach --kubeconfig ./kubeconfig',
    'simcluster serve --snapshot ./cluster.snapshot',
  ],
  run: async ({ flags, words }, terminal) => {
    noWords(words)
    if (flags['detach'] === true) return detach(flags, terminal)
    await checkServing(flags)
    const { cluster, time } = servedCluster(flags, 'real')
    return serveUntilStopped(cluster, { flags, time }, terminal)
  },
}

/** `simcluster fork`: serves a copy of a served cluster, which continues by itself. */
export const forkCommand: Command = {
  name: 'fork',
  about: 'Serves a copy of a served cluster, in virtual time, until it gets SIGTERM or SIGINT.',
  flags: {
    ...KUBECONFIG,
    to: { value: 'FILE', about: 'where to write the kubeconfig of the copy', default: 'a temporary file' },
    time: { value: 'real|virtual|10x', about: 'what moves the time of the copy', default: 'virtual' },
    port: { value: 'PORT', about: 'port to listen on; 0 takes a free one', default: '0' },
    host: { value: 'ADDRESS', about: 'address to listen on', default: '127.0.0.1' },
    save: { value: 'FILE', about: 'where to save a snapshot of the copy at the end' },
  },
  examples: [
    'simcluster fork --to ./copy.kubeconfig &',
    'KUBECONFIG=./copy.kubeconfig simcluster crash node-2',
  ],
  run: async ({ flags, words }, terminal) => {
    noWords(words)
    const copy = SimCluster.restore(ClusterSnapshot.fromFile(await servedSnapshot(flags)))
    const { kubeconfig: _, ...own } = flags
    await checkServing(own)
    const time = timeOf(textOf(flags, 'time') ?? 'virtual')
    return serveUntilStopped(copy, { flags: own, time }, terminal)
  },
}
