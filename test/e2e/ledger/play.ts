import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { testKeys } from '../../../src/pki/index.js'
import { kubeconfigFor } from '../../../src/server/kubeconfig.js'
import type { Outcome, RunOptions, Running, ServedCluster } from '../harness.js'
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

/** Watches and streams, which have no end here, are interrupted so many real ms after their first output, or when none comes. */
const WATCHED = 1_500
const SILENT = 6_000

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
const isReading = (id: string): boolean =>
  /^(get|describe|explain|api-|version|cluster-info|events|auth (can-i|whoami)|rollout history|logs) ?/.test(id)

/** Users whose credentials are bad, or no certificates. */
const special: readonly (readonly [id: RegExp, name: string])[] = [
  [/bad bearer token/, 'bad-token'], [/valid bearer token/, 'service-account'],
  [/expired client certificate/, 'expired'], [/of another CA/, 'foreign'],
]

/** As whom a command runs: dev-user may do nothing. */
function userFor(id: string): string {
  const name = first(special, id)
  if (name !== undefined) return name
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
    if (!isReading(id) || first(special, id) !== undefined) {
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
    if (first(special, id) !== undefined) addCredentials(served)
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

function addCredentials(served: ServedCluster): void {
  const { cluster, server } = served
  const account = cluster.client.createSubresource('serviceaccounts', { namespace: 'default', name: 'default' }, 'token', { spec: {} })
  served.user('bad-token', { token: 'nonsense' })
  served.user('service-account', { token: (account as unknown as { readonly status: { readonly token: string } }).status.token })
  served.user('expired', { validFor: 1_000 })
  const foreign = new SimCluster({ nodes: 0, keys: testKeys(99) })
  const text = kubeconfigFor(foreign, { server: server.url, authority: server.authority })
  served.file('foreign.kubeconfig', text)
  cluster.advance('1h')
}

function addKeyPair(served: ServedCluster): void {
  const { cluster } = served
  const during = { notBefore: cluster.now(), validFor: 3_600_000 }
  const { certificate, key } = cluster.pki.clientCertificate({ commonName: 't', organizations: [] }, during)
  served.file('tls.crt', certificate)
  served.file('tls.key', key)
}

async function run(served: ServedCluster, entry: Entry): Promise<Played> {
  const { command: { words }, id, nth } = entry
  const options = optionsFor(id)
  if (id.includes('cache warm')) await served.kubectl('get nodes')
  if (nth > 0 && !isReading(id)) await served.kubectl(words, options)
  const own = options.as === 'admin' && !isWatch(id) ? ownOutcome(served, words, id, options.stdin) : undefined
  const running = served.start('kubectl', words, options)
  const timers = meanwhile.filter(([pattern]) => pattern.test(id))
    .map(([, ms, happening]) => setTimeout(() => happening(served.cluster), ms))
  if (isWatch(id)) await interrupt(running)
  const real = await running.done
  timers.forEach(clearTimeout)
  return { entry, real, own }
}

async function interrupt(running: Running): Promise<void> {
  await Promise.race([running.done, running.until('\n').catch(() => undefined)])
  await new Promise((resolve) => setTimeout(resolve, WATCHED))
  running.process.kill('SIGINT')
}

function optionsFor(id: string): RunOptions {
  const [stdin, editor] = [first(stdins, id), first(editors, id)]
  return {
    timeout: isWatch(id) ? SILENT : 30_000,
    as: userFor(id),
    ...(stdin === undefined ? {} : { stdin }),
    ...(editor === undefined ? {} : { env: { EDITOR: editor } }),
  }
}

/** What `sed -i` of the table above does. */
function ownEditor(id: string): (text: string) => string {
  const [, from, to = ''] = /s\/(.*)\/(.*)\/'$/.exec(first(editors, id) ?? '') ?? []
  return from === undefined ? (text) => text : (text) => text.replaceAll(new RegExp(from, 'g'), to)
}

function ownOutcome({ cluster, folder }: ServedCluster, words: readonly string[], id: string, stdin: string | undefined): Outcome {
  const pair = id.includes('tls.crt') ? Object.fromEntries(['tls.crt', 'tls.key'].map((name) => [name, readFileSync(join(folder, name), 'utf8')])) : {}
  const { stdout, stderr, exitCode } = cluster.fork().kubectl(words, {
    files: { ...filesFor(id), ...pair }, editor: ownEditor(id), ...(stdin === undefined ? {} : { stdin }),
  })
  return { stdout, stderr, code: exitCode }
}
