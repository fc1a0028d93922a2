import { createServer } from 'node:http'
import { vi } from 'vitest'
import type { AddressInfo } from 'node:net'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SimCluster } from 'simcluster'
import type { ServeOptions } from 'simcluster/server'
import type { Outcome, RunOptions, Running, ServedCluster } from '../harness.js'
import { serveCluster } from '../harness.js'
import { inParallel } from '../transcripts/play.js'
import type { Entry } from './commands.js'
import { files } from './files.js'
import type { Situation } from './situations.js'
import {
  addConfigs,
  addCredentials,
  addKeyPair,
  adminConfig,
  first,
  kubeconfigs,
  special,
  userFor,
} from './kubeconfigs.js'
import type { Served } from './servers.js'
import { serverOf } from './servers.js'
import { bareCluster, meanwhile, settled, situationOf } from './situations.js'

/**
 * What a command printed, and what the kubectl of the cluster itself printed on a copy: undefined where the
 * server misbehaves, which only a served one does.
 */
export interface Played {
  readonly entry: Entry
  readonly real: Outcome
  readonly own: Outcome | undefined
}

/**
 * Watches and streams, which have no end here, are interrupted once they have written nothing for so many
 * real ms, or when they never write.
 */
const QUIET = 500
const SILENT = 6_000
/** Those of a server that misbehaves, so many ms after they have begun to write. */
const WATCHED = 3_000

const stdins: readonly (readonly [id: RegExp, stdin: string])[] = [
  [/^create -f -/, files['pod.yaml'] as string],
  [/^apply .*-f - /, files['immutable.yaml'] as string],
  [/^replace -f -/, files['stale.yaml'] as string],
  [/^attach -i/, 'ping\n'],
  [/^exec -i a -- cat/, 'hello\n'],
  [/^exec -i a -- cat/, 'hello\n'],
  [/^exec -i a -- sh/, 'zz\n'],
]

const editors: readonly (readonly [id: RegExp, editor: string])[] = [
  [/invalid object/, "sed -i 's/replicas: .*/replicas: -1/'"],
  [/unchanged/, 'true'],
  [/^edit/, "sed -i 's/replicas: 2/replicas: 4/'"],
]

/** The files as a command finds them. */
function filesFor(id: string): Readonly<Record<string, string>> {
  if (id.includes('422')) return { ...files, 'pod.yaml': files['pod-bad.yaml'] as string }
  if (id.includes('409')) return { ...files, 'dep.yaml': files['stale.yaml'] as string }
  return files
}

const isWatch = (id: string): boolean =>
  /( -w|--watch|--watch-only)( |$)|^attach|^logs -f|^debug a -i/.test(id)
/** Whether a command changes nothing, so that others may run beside it. */
const isReading = (id: string): boolean =>
  /^(get|describe|explain|api-|version|cluster-info|events|auth (can-i|whoami)|rollout history|logs) ?/.test(
    id,
  )

/** So many commands run at once: many of them wait. */
const AT_ONCE = 9

/** Real seconds that a command may wait, by its words. */
const patience = ({ command: { words } }: Entry): number =>
  Number(/--timeout=(\d+)/.exec(words.join(' '))?.[1] ?? 0)

/** Commands that change a kubeconfig, each as the one before has left it: they must run in their order. */
const isConfig = ({ id }: Entry): boolean => id.startsWith('config ')

/**
 * The clusters that commands run on: one for each that changes something, one in each situation for all that
 * only read.
 */
export class Stage implements AsyncDisposable {
  readonly #bare: SimCluster = bareCluster()
  readonly #measured: SimCluster = bareCluster({ addons: { metricsServer: true } })
  readonly #prepared = new Map<Situation, SimCluster>()
  readonly #measuredIn = new Map<Situation, SimCluster>()
  readonly #shared = new Map<Situation, Promise<ServedCluster>>()
  readonly #plain = createServer((_, response) => void response.end('no TLS here\n'))
  #workstation: ServedCluster | undefined

  /**
   * Runs commands, several at once where they do not build on each other; those that wait long begin first.
   */
  async playAll(entries: readonly Entry[]): Promise<readonly Played[]> {
    const played: Played[] = []
    const config = entries.filter(isConfig)
    const others = entries.filter((entry) => !isConfig(entry)).toSorted((a, b) => patience(b) - patience(a))
    const inOrder = async (): Promise<void> => {
      for (const entry of config) played.push(await this.play(entry))
    }
    await Promise.all([
      inOrder(),
      inParallel(others, async (entry) => void played.push(await this.play(entry)), AT_ONCE),
    ])
    return played
  }

  /** Runs one command on a cluster that is made as the command expects it. */
  async play(entry: Entry): Promise<Played> {
    const { id } = entry
    const situation = situationOf(id)
    if (isConfig(entry)) return run((this.#workstation ??= await this.#serve(situation, id)), entry)
    if (!isReading(id) || first(special, id) !== undefined || closes(id) || serverOf(id) !== undefined) {
      await using served = await this.#serve(situation, id)
      return await run(served, entry)
    }
    const shared = this.#shared.get(situation) ?? this.#serve(situation, id)
    this.#shared.set(situation, shared)
    return run(await shared, entry)
  }

  async #serve(situation: Situation, id: string): Promise<ServedCluster> {
    const cluster = this.#prepare(situation, id).fork()
    const served = await serveCluster(cluster, { time: 'virtual', ...optionsOf(serverOf(id), cluster) })
    const isShared = isReading(id) && serverOf(id) === undefined
    for (const [name, text] of Object.entries(filesFor(id)))
      if (isShared || isNamed(id, name)) served.file(name, text)
    if (id.includes('tls.crt')) addKeyPair(served)
    if (isShared || id.includes('cache warm') || first(kubeconfigs, id) !== undefined) addConfigs(served)
    if (serverOf(id)?.isPlain === true)
      served.file('plain.conf', adminConfig(served).replaceAll(served.server.url, await this.#plainUrl()))
    if (isReading(id) || userFor(id) === 'dev-user') served.user('dev-user', { user: 'dev-user' })
    if (userFor(id) === 'ending') served.user('ending', { namespace: 'ending' })
    if (first(special, id) !== undefined) addCredentials(served)
    return served
  }

  /** Address of a server that knows nothing of TLS, as if it did. */
  async #plainUrl(): Promise<string> {
    if (!this.#plain.listening)
      await new Promise<void>((resolve) => void this.#plain.listen(0, '127.0.0.1', resolve))
    return `https://127.0.0.1:${(this.#plain.address() as AddressInfo).port}`
  }

  #prepare(situation: Situation, id: string): SimCluster {
    // metrics are measured once a quarter of a minute
    if ((id.startsWith('top ') && !id.includes('not registered')) || id.includes('aggregated group'))
      return (
        this.#measuredIn.get(situation) ??
        this.#keep(this.#measuredIn, situation, situated(this.#measured, situation).advance('1m'))
      )
    return (
      this.#prepared.get(situation) ??
      this.#keep(this.#prepared, situation, situated(this.#bare, situation).advance('1s'))
    )
  }

  #keep(where: Map<Situation, SimCluster>, situation: Situation, cluster: SimCluster): SimCluster {
    where.set(situation, cluster)
    return cluster
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#plain.close()
    await this.#workstation?.[Symbol.asyncDispose]()
    for (const shared of this.#shared.values()) await (await shared)[Symbol.asyncDispose]()
  }
}

/** Whether a command may read a file, or something in its folder. */
const isNamed = (id: string, name: string): boolean => id.includes(name.split('/')[0] as string)

function optionsOf(server: Served | undefined, cluster: SimCluster): ServeOptions {
  if (server === undefined) return {}
  const { misbehaves, certificate, protocols } = server
  return {
    ...(misbehaves === undefined ? {} : { gateway: misbehaves() }),
    ...(certificate === undefined ? {} : { certificate: certificate(cluster) }),
    ...(protocols === undefined ? {} : { protocols }),
  }
}

function situated(bare: SimCluster, situation: Situation): SimCluster {
  const cluster = bare.fork()
  situation(cluster)
  return cluster
}

/** Whether the server is stopped before the command runs. */
const closes = (id: string): boolean => /connection refused.* warm/.test(id)

async function run(served: ServedCluster, entry: Entry): Promise<Played> {
  const {
    command: { words },
    id,
    nth,
  } = entry
  const options = optionsFor(id)
  if (id.includes('cache warm'))
    await served.kubectl(
      'get nodes',
      serverOf(id) === undefined ? {} : { env: { KUBECONFIG: 'insecure.conf' } },
    )
  if (nth > 0 && !isReading(id)) await served.kubectl(words, options)
  const own = serverOf(id) === undefined ? ownOutcome(served, entry, options) : undefined
  if (closes(id)) await served.server.close()
  const asked = new Set<string>()
  const unsubscribe = served.cluster.on('request', ({ resource }) => void asked.add(resource))
  const running = served.start('kubectl', words, options)
  const timers: NodeJS.Timeout[] = []
  for (const [, ms, happening, sign] of meanwhile.filter(([pattern]) => pattern.test(id))) {
    // A timer from the start of the program would run out before a busy machine has started it.
    if ('printed' in sign) await running.until(sign.printed)
    else await vi.waitUntil(() => asked.has(sign.asked), { timeout: 30_000 })
    timers.push(setTimeout(() => settled(happening)(served.cluster), ms))
  }
  if (isWatch(id)) await interrupt(running, quietOf(id))
  const port = localPort(id)
  if (port !== undefined) await visit(running, port, id)
  const done = await running.done
  unsubscribe()
  // SIGINT ends those that do not catch it
  const real = (isWatch(id) || port !== undefined) && done.code === null ? { ...done, code: 130 } : done
  timers.forEach(clearTimeout)
  return { entry, real, own }
}

/** The port that a command opens on this machine; undefined when it opens none. */
const localPort = (id: string): number | undefined => {
  const [, port] = /^(?:port-forward \S+ |proxy --port=)(\d+)/.exec(id) ?? []
  return port === undefined || /denied|not running/.test(id) ? undefined : Number(port)
}

/** Uses the port once it is open, then interrupts the command. */
async function visit(running: Running, port: number, id: string): Promise<void> {
  await running.until(id.startsWith('proxy') ? 'Starting to serve' : '[::1]')
  const received = await fetch(`http://127.0.0.1:${port}/version`).then(
    (response) => response.text(),
    () => '',
  )
  if (id.startsWith('port-forward')) await running.until('Handling connection')
  if (id.startsWith('proxy') && !received.includes('gitVersion'))
    throw new Error(`nothing came through the proxy: ${received}`)
  running.process.kill('SIGINT')
}

async function interrupt(running: Running, ms: number): Promise<void> {
  await Promise.race([running.done, running.until('\n').catch(() => undefined)])
  const written = (): number => running.stdout().length + running.stderr().length
  for (let before = -1; before !== written();) {
    before = written()
    await Promise.race([running.done, new Promise((resolve) => setTimeout(resolve, ms))])
  }
  running.process.kill('SIGINT')
}

/** A container that is to be debugged starts first; then the command ends by itself. */
const quietOf = (id: string): number =>
  id.startsWith('debug') ? SILENT : id.startsWith('attach') || serverOf(id) !== undefined ? WATCHED : QUIET

function optionsFor(id: string): RunOptions {
  const [stdin, editor, kubeconfig] = [first(stdins, id), first(editors, id), first(kubeconfigs, id)]
  return {
    timeout: isWatch(id) ? SILENT + quietOf(id) : 30_000,
    as: userFor(id),
    ...(editor === undefined ? {} : { env: { EDITOR: editor } }),
    ...(kubeconfig === undefined ? {} : { env: { KUBECONFIG: kubeconfig } }),
    ...(stdin === undefined ? {} : { stdin }),
  }
}

/** What `sed -i` of the table above does. */
function ownEditor(id: string): (text: string) => string {
  const [, from, to = ''] = /s\/(.*)\/(.*)\/'$/.exec(first(editors, id) ?? '') ?? []
  return from === undefined ? (text) => text : (text) => text.replaceAll(new RegExp(from, 'g'), to)
}

/** Copies of served clusters for commands that change nothing. */
const copies = new WeakMap<ServedCluster, SimCluster>()

/** The copy on which a command runs in process. */
function ownCluster(served: ServedCluster, id: string): SimCluster {
  if (!isReading(id) || isWatch(id) || closes(id)) return served.cluster.fork()
  const copy = copies.get(served) ?? served.cluster.fork()
  copies.set(served, copy)
  return copy
}

/**
 * The same on a copy of the cluster, whose own address takes the place of the server's. Watches are
 * interrupted at once: nothing happens meanwhile.
 */
function ownOutcome(
  served: ServedCluster,
  { command: { words }, id }: Entry,
  { as = 'admin', stdin, env = {} }: RunOptions,
): Outcome {
  const { folder, server } = served
  const text = (path: string): string =>
    readFileSync(path, 'utf8')
      .replaceAll(/https:\/\/127\.0\.0\.1:(?!1\n)\d+/g, 'https://127.0.0.1:6443')
      .replaceAll(`https://localhost:${server.port}`, 'https://localhost:6443')
  const written = readdirSync(folder)
    .filter((name) => /\.(conf|crt|key|kubeconfig)$/.test(name))
    .map((name) => [name, text(join(folder, name))])
  const fork = ownCluster(served, id)
  if (closes(id)) fork.apiserver.stop()
  happenLater(id, fork)
  const { stdout, stderr, exitCode } = fork.kubectl(words, {
    files: { ...filesFor(id), ...(Object.fromEntries(written) as Record<string, string>) },
    editor: ownEditor(id),
    version: 'v1.35.2',
    env:
      as === 'admin' &&
      !showsKubeconfig(id) &&
      !isKubeconfigNamed(words) &&
      !closes(id) &&
      env['KUBECONFIG'] === undefined
        ? {}
        : { KUBECONFIG: env['KUBECONFIG'] ?? `${as}.kubeconfig` },
    knowsServer: !id.includes('401') || id.includes('cache warm'),
    ...(stdin === undefined ? {} : { stdin }),
    forwarded: ([port]) => port?.connect().stop(),
    ...(isWatch(id) || id.startsWith('proxy') ? { interruptAfter: 0 } : {}),
  })
  return { stdout, stderr, code: exitCode }
}

/** Whether it matters which kubeconfig, or which certificate, the administrator has. */
const showsKubeconfig = (id: string): boolean => /^(cluster-info|auth whoami)/.test(id)

/** What happens while a command waits, after so many virtual ms. */
function happenLater(id: string, cluster: SimCluster): void {
  for (const [, ms, happening] of meanwhile.filter(([pattern]) => pattern.test(id))) {
    const at = cluster.now() + ms
    const end = cluster.internals.onStep(() => {
      if (cluster.now() < at) return
      end()
      happening(cluster)
    })
  }
}

/** Whether the words ask for a part of the kubeconfig. */
const isKubeconfigNamed = (words: readonly string[]): boolean =>
  words.some((word) => /^--(context|cluster|user|kubeconfig)=/.test(word))
