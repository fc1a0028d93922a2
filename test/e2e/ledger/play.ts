import type { SimCluster } from '../../../src/cluster/sim-cluster.js'
import type { Outcome, RunOptions, ServedCluster } from '../harness.js'
import { serveCluster } from '../harness.js'
import type { Entry } from './commands.js'
import { files } from './files.js'
import type { Situation } from './situations.js'
import { bareCluster, meanwhile, situationOf } from './situations.js'

/** What a command printed, and what the kubectl of the cluster itself printed on a copy; undefined where it was not asked. */
export interface Played {
  readonly entry: Entry
  readonly real: Outcome
  readonly own: Outcome | undefined
}

/** Watches and streams, which have no end here, are interrupted after so many real ms. */
const WATCHED = 2_500

const stdins: readonly (readonly [id: RegExp, stdin: string])[] = [
  [/^create -f -/, files['pod.yaml'] as string],
  [/^apply .*-f - /, files['immutable.yaml'] as string],
  [/^replace -f -/, files['stale.yaml'] as string],
  [/^attach -i/, 'ping\n'],
  [/^exec -i a -- cat/, 'hello\n'],
  [/^exec -i a -- sh/, 'zz\n'],
]

const editors: readonly (readonly [id: RegExp, editor: string])[] = [
  [/invalid object/, "sed -i 's/replicas: .*/replicas: -1/'"],
  [/unchanged/, 'true'],
  [/^edit/, "sed -i 's/replicas: 2/replicas: 4/'"],
]

const first = (table: readonly (readonly [id: RegExp, value: string])[], id: string): string | undefined =>
  table.find(([pattern]) => pattern.test(id))?.[1]

/** The files as a command finds them. */
function filesFor(id: string): Readonly<Record<string, string>> {
  if (id.includes('422')) return { ...files, 'pod.yaml': files['pod-bad.yaml'] as string }
  if (id.includes('409')) return { ...files, 'dep.yaml': files['stale.yaml'] as string }
  return files
}

const isWatch = (id: string): boolean => /( -w|--watch|--watch-only)( |$)|^attach|^logs -f|^debug a -i/.test(id)
/** Whether a command changes nothing, so that others may run beside it. */
const isReading = (id: string): boolean => /^(get|describe|explain|api-|version|cluster-info|events|auth (can-i|whoami)|rollout history|logs) ?/.test(id)

/** As whom a command runs: dev-user may do nothing. */
function userFor(id: string): string {
  if (/ denied|without rights|^auth can-i create pods -q|^auth can-i --list \(2\)/.test(id)) return 'dev-user'
  return id.includes('terminating') ? 'ending' : 'admin'
}

/** The clusters that commands run on: one for each that changes something, one in each situation for all that only read. */
export class Stage implements AsyncDisposable {
  readonly #bare: SimCluster = bareCluster()
  readonly #prepared = new Map<Situation, SimCluster>()
  readonly #shared = new Map<Situation, Promise<ServedCluster>>()

  /** Runs one command on a cluster that is made as the command expects it. */
  async play(entry: Entry): Promise<Played> {
    const { id } = entry
    const situation = situationOf(id)
    if (!isReading(id)) {
      await using served = await this.#serve(situation, id)
      return await run(served, entry)
    }
    const shared = this.#shared.get(situation) ?? this.#serve(situation, id)
    this.#shared.set(situation, shared)
    return run(await shared, entry)
  }

  async #serve(situation: Situation, id: string): Promise<ServedCluster> {
    const served = await serveCluster(this.#prepare(situation).fork(), { time: 'virtual' })
    for (const [name, text] of Object.entries(filesFor(id))) served.file(name, text)
    if (id.includes('tls.crt')) addKeyPair(served)
    if (isReading(id) || userFor(id) === 'dev-user') served.user('dev-user', { user: 'dev-user' })
    if (userFor(id) === 'ending') served.user('ending', { namespace: 'ending' })
    return served
  }

  #prepare(situation: Situation): SimCluster {
    const found = this.#prepared.get(situation)
    if (found) return found
    const cluster = this.#bare.fork()
    situation(cluster)
    this.#prepared.set(situation, cluster.advance('1s'))
    return cluster
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const shared of this.#shared.values()) await (await shared)[Symbol.asyncDispose]()
  }
}

function addKeyPair(served: ServedCluster): void {
  const { cluster } = served
  const { certificate, key } = cluster.pki.clientCertificate({ commonName: 't', organizations: [] }, { notBefore: cluster.now(), validFor: 3_600_000 })
  served.file('tls.crt', certificate)
  served.file('tls.key', key)
}

async function run(served: ServedCluster, entry: Entry): Promise<Played> {
  const { command: { words }, id, nth } = entry
  const options = optionsFor(id)
  if (nth > 0 && !isReading(id)) await served.kubectl(words, options)
  const own = options.as === 'admin' && !isWatch(id) ? ownOutcome(served.cluster.fork(), words, id, options.stdin) : undefined
  const running = served.start('kubectl', words, options)
  const timers = meanwhile.filter(([pattern]) => pattern.test(id)).map(([, ms, happening]) => setTimeout(() => happening(served.cluster), ms))
  const real = await running.done
  timers.forEach(clearTimeout)
  return { entry, real, own }
}

function optionsFor(id: string): RunOptions {
  const [stdin, editor] = [first(stdins, id), first(editors, id)]
  return {
    timeout: isWatch(id) ? WATCHED : 30_000,
    as: userFor(id),
    ...(stdin === undefined ? {} : { stdin }),
    ...(editor === undefined ? {} : { env: { EDITOR: editor } }),
  }
}

function ownOutcome(cluster: SimCluster, words: readonly string[], id: string, stdin: string | undefined): Outcome {
  const { stdout, stderr, exitCode } = cluster.kubectl(words, { files: filesFor(id), ...(stdin === undefined ? {} : { stdin }) })
  return { stdout, stderr, code: exitCode }
}
