import { readdirSync, readFileSync } from 'node:fs'
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

/** What a command printed, and what the kubectl of the cluster itself printed on a copy. */
export interface Played {
  readonly entry: Entry
  readonly real: Outcome
  readonly own: Outcome
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

/** The file that is the kubeconfig of a command; see {@link addConfigs}. */
const kubeconfigs: readonly (readonly [id: RegExp, path: string])[] = [
  [/connection refused(?!.* warm)/, 'refused.conf'], [/not resolve/, 'nowhere.conf'], [/no kubeconfig|names a missing file$|kubeconfig empty/, 'missing.conf'],
  [/current-context does not exist/, 'nocontext.conf'], [/no base64/, 'badb64.conf'], [/no PEM/, 'badpem.conf'], [/client-certificate file missing/, 'nofile.conf'],
  [/private key does not match/, 'otherkey.conf'], [/kubeconfig is no YAML/, 'garbage.conf'], [/^config /, 'work.conf'],
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

/** Commands that change a kubeconfig, each as the one before has left it: they must run in their order. */
export const isConfig = ({ id }: Entry): boolean => id.startsWith('config ')

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
  readonly #measured: SimCluster = bareCluster({ metricsServer: true })
  readonly #prepared = new Map<Situation, SimCluster>()
  readonly #shared = new Map<Situation, Promise<ServedCluster>>()
  #workstation: ServedCluster | undefined

  /** Runs one command on a cluster that is made as the command expects it. */
  async play(entry: Entry): Promise<Played> {
    const { id } = entry
    const situation = situationOf(id)
    if (isConfig(entry)) return run((this.#workstation ??= await this.#serve(situation, id)), entry)
    if (!isReading(id) || first(special, id) !== undefined || closes(id)) {
      await using served = await this.#serve(situation, id)
      return await run(served, entry)
    }
    const shared = this.#shared.get(situation) ?? this.#serve(situation, id)
    this.#shared.set(situation, shared)
    return run(await shared, entry)
  }

  async #serve(situation: Situation, id: string): Promise<ServedCluster> {
    const served = await serveCluster(this.#prepare(situation, id).fork(), { time: 'virtual' })
    for (const [name, text] of Object.entries(filesFor(id))) served.file(name, text)
    if (id.includes('tls.crt')) addKeyPair(served)
    if (isReading(id) || first(kubeconfigs, id) !== undefined) addConfigs(served)
    if (isReading(id) || userFor(id) === 'dev-user') served.user('dev-user', { user: 'dev-user' })
    if (userFor(id) === 'ending') served.user('ending', { namespace: 'ending' })
    if (first(special, id) !== undefined) addCredentials(served)
    return served
  }

  #prepare(situation: Situation, id: string): SimCluster {
    // metrics are measured once a quarter of a minute
    if (id.startsWith('top ') && !id.includes('not registered')) return situated(this.#measured, situation).advance('1m')
    const found = this.#prepared.get(situation)
    if (found) return found
    const cluster = situated(this.#bare, situation).advance('1s')
    this.#prepared.set(situation, cluster)
    return cluster
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workstation?.[Symbol.asyncDispose]()
    for (const shared of this.#shared.values()) await (await shared)[Symbol.asyncDispose]()
  }
}

/** Kubeconfigs that lead nowhere, or cannot be used. */
function addConfigs(served: ServedCluster): void {
  const admin = readFileSync(join(served.folder, 'admin.kubeconfig'), 'utf8')
  const at = (server: string): string => admin.replaceAll(served.server.url, server)
  const withData = (field: string, data: string): string => admin.replace(new RegExp(`${field}: \\S+`), `${field}: ${data}`)
  const other = served.cluster.pki.clientCertificate({ commonName: 't', organizations: [] }, { notBefore: served.cluster.now(), validFor: 3_600_000 })
  const texts: Readonly<Record<string, string>> = {
    'refused.conf': at('https://127.0.0.1:1'), 'nowhere.conf': at('https://nope.invalid:6443'), 'garbage.conf': 'a: [b\n',
    'nocontext.conf': admin.replace(/current-context: .*/, 'current-context: nope'), 'badb64.conf': withData('client-certificate-data', '"%%%"'),
    'badpem.conf': withData('client-certificate-data', btoa('no PEM')), 'otherkey.conf': withData('client-key-data', btoa(other.key)),
    'nofile.conf': admin.replace(/client-certificate-data: .*/, 'client-certificate: /nonexistent/client.crt'), 'work.conf': at('https://127.0.0.1:6443'),
    'jane.crt': other.certificate, 'jane.key': other.key, 'client.crt': other.certificate, 'client.key': other.key,
  }
  for (const [name, text] of Object.entries(texts)) served.file(name, text)
}

function situated(bare: SimCluster, situation: Situation): SimCluster {
  const cluster = bare.fork()
  situation(cluster)
  return cluster
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

/** Whether the server is stopped before the command runs. */
const closes = (id: string): boolean => /connection refused.* warm/.test(id)

async function run(served: ServedCluster, entry: Entry): Promise<Played> {
  const { command: { words }, id, nth } = entry
  const options = optionsFor(id)
  if (id.includes('cache warm')) await served.kubectl('get nodes')
  if (nth > 0 && !isReading(id)) await served.kubectl(words, options)
  const own = ownOutcome(served, entry, options)
  if (closes(id)) await served.server.close()
  const running = served.start('kubectl', words, options)
  const timers = meanwhile.filter(([pattern]) => pattern.test(id))
    .map(([, ms, happening]) => setTimeout(() => happening(served.cluster), ms))
  if (isWatch(id)) await interrupt(running)
  const done = await running.done
  // SIGINT ends those that do not catch it
  const real = isWatch(id) && done.code === null ? { ...done, code: 130 } : done
  timers.forEach(clearTimeout)
  return { entry, real, own }
}

async function interrupt(running: Running): Promise<void> {
  await Promise.race([running.done, running.until('\n').catch(() => undefined)])
  await new Promise((resolve) => setTimeout(resolve, WATCHED))
  running.process.kill('SIGINT')
}

function optionsFor(id: string): RunOptions {
  const [stdin, editor, kubeconfig] = [first(stdins, id), first(editors, id), first(kubeconfigs, id)]
  return {
    timeout: isWatch(id) ? SILENT : 30_000,
    as: userFor(id),
    ...(editor === undefined ? {} : { env: { EDITOR: editor } }), ...(kubeconfig === undefined ? {} : { env: { KUBECONFIG: kubeconfig } }),
    ...(stdin === undefined ? {} : { stdin }),
  }
}

/** What `sed -i` of the table above does. */
function ownEditor(id: string): (text: string) => string {
  const [, from, to = ''] = /s\/(.*)\/(.*)\/'$/.exec(first(editors, id) ?? '') ?? []
  return from === undefined ? (text) => text : (text) => text.replaceAll(new RegExp(from, 'g'), to)
}

/** The same on a copy of the cluster, whose own address takes the place of the server's. Watches are interrupted at once: nothing happens meanwhile. */
function ownOutcome(served: ServedCluster, { command: { words }, id }: Entry, { as = 'admin', stdin, env = {} }: RunOptions): Outcome {
  const { cluster, folder, server } = served
  const text = (path: string): string => readFileSync(path, 'utf8').replaceAll(server.url, 'https://127.0.0.1:6443')
  const written = readdirSync(folder).filter((name) => /\.(conf|crt|key|kubeconfig)$/.test(name)).map((name) => [name, text(join(folder, name))])
  const fork = cluster.fork()
  if (closes(id)) fork.stopApiserver()
  const { stdout, stderr, exitCode } = fork.kubectl(words, {
    files: { ...filesFor(id), ...Object.fromEntries(written) as Record<string, string> }, editor: ownEditor(id), version: 'v1.35.2',
    env: as === 'admin' && !isKubeconfigNamed(words) && !closes(id) && env['KUBECONFIG'] === undefined ? {} : { KUBECONFIG: env['KUBECONFIG'] ?? `${as}.kubeconfig` },
    knowsServer: !id.includes('401') || id.includes('cache warm'),
    ...(stdin === undefined ? {} : { stdin }), ...(isWatch(id) ? { interruptAfter: 0 } : {}),
  })
  return { stdout, stderr, code: exitCode }
}

/** Whether the words ask for a part of the kubeconfig. */
const isKubeconfigNamed = (words: readonly string[]): boolean => words.some((word) => /^--(context|cluster|user|kubeconfig)=/.test(word))
