import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestContext } from 'vitest'
import { SimCluster } from 'simcluster'
import { serve } from 'simcluster/server'
import type { ClusterServer, KubeconfigUser, ServeOptions } from 'simcluster/server'
import type { ClusterOptions } from '../../src/cluster/compose/options.js'

const tools = fileURLToPath(new URL('../../.ci/tools', import.meta.url))

/**
 * Where the real programs are to be found; each may be another one by an environment variable
 * (`KUBECTL=/usr/bin/kubectl`).
 */
export const programs: Readonly<Record<Program, string>> = {
  kubectl: process.env.KUBECTL ?? join(tools, 'bin/kubectl'),
  kubectl132: process.env.KUBECTL_1_32 ?? '/usr/bin/kubectl',
  helm: process.env.HELM ?? join(tools, 'bin/helm'),
  curl: process.env.CURL ?? 'curl',
  openssl: process.env.OPENSSL ?? 'openssl',
  bash: 'bash',
  etcdctl: process.env.ETCDCTL ?? '/usr/bin/etcdctl',
  etcdutl: process.env.ETCDUTL ?? '/usr/bin/etcdutl',
  python3: process.env.PYTHON3 ?? '/usr/bin/python3',
  script: 'script',
}

/** A real program. */
export type Program =
  | 'kubectl'
  | 'kubectl132'
  | 'helm'
  | 'curl'
  | 'openssl'
  | 'bash'
  | 'etcdctl'
  | 'etcdutl'
  | 'python3'
  | 'script'

/** What {@link has} has found: a program is started once to see whether it is there, not once a test. */
const found = new Map<Program, boolean>()

/**
 * Whether a program is there; python3 with its Kubernetes client. `kubectl132` is the kubectl of Debian 13.
 */
export function has(program: Program): boolean {
  const known = found.get(program) ?? isThere(program)
  found.set(program, known)
  return known
}

function isThere(program: Program): boolean {
  const path = programs[program]
  if (program === 'python3') return spawnSync(path, ['-c', 'import kubernetes']).status === 0
  return path.includes('/') ? existsSync(path) : spawnSync(path, ['--version']).error === undefined
}

/** Skips a test, with a word, when a program is missing here; in CI that is a failure. */
export function needs(context: TestContext, ...wanted: readonly Program[]): void {
  for (const program of wanted) {
    if (has(program)) continue
    const word =
      `${program} is missing: npm run e2e:setup, or Debian's package (kubectl for kubectl132, ` +
      'python3-kubernetes for python3, etcd-client for etcdctl and etcdutl)'
    if (process.env.CI) throw new Error(word)
    context.skip(word)
  }
}

/** What a program has printed and how it ended. */
export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/** How a program is run. */
export interface RunOptions {
  readonly stdin?: string
  /** Default `admin`; a user of {@link ServedCluster.user}. */
  readonly as?: string
  /** Ms after which it is interrupted (SIGINT). Default 30,000. */
  readonly timeout?: number
  readonly env?: Readonly<Record<string, string>>
}

/** A program that goes on. */
export interface Running {
  readonly process: ChildProcess
  /** What it has printed so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Waits until it has printed that; rejects after 20 s. */
  until(text: string | RegExp): Promise<void>
  /** Interrupts it, and waits for its end. */
  stop(): Promise<Outcome>
  readonly done: Promise<Outcome>
}

/**
 * A cluster that is served to real programs, with a home folder of its own. `await using served = await
 * serveCluster(...)`.
 */
export class ServedCluster {
  readonly cluster: SimCluster
  readonly server: ClusterServer
  /** Folder for files that commands name; the working directory of every command. */
  readonly folder: string
  /** What the server has reported: must stay empty. */
  readonly faults: unknown[]
  readonly #running = new Set<ChildProcess>()

  constructor(cluster: SimCluster, server: ClusterServer, folder: string, faults: unknown[]) {
    this.cluster = cluster
    this.server = server
    this.folder = folder
    this.faults = faults
    this.user('admin')
  }

  /** Writes the kubeconfig of a user, for {@link RunOptions.as}; answers its path. */
  user(name: string, user: KubeconfigUser = {}): string {
    const path = join(this.folder, `${name}.kubeconfig`)
    this.server.writeKubeconfig(path, user)
    return path
  }

  /** Writes a file beside which commands run. */
  file(name: string, text: string): string {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }

  /** Starts a program with words as a shell would split them, without quotes. */
  start(program: Program, args: string | readonly string[], options: RunOptions = {}): Running {
    const { stdin, as = 'admin', timeout = 30_000, env = {} } = options
    const child = spawn(programs[program], typeof args === 'string' ? args.split(' ') : [...args], {
      cwd: this.folder,
      // programs in Go end before it is worth while to look for garbage
      env: {
        GOGC: 'off',
        PATH: process.env.PATH,
        HOME: join(this.folder, 'home'),
        KUBECONFIG: join(this.folder, `${as}.kubeconfig`),
        ...env,
      },
    })
    this.#running.add(child)
    const timer = setTimeout(() => child.kill('SIGINT'), timeout)
    let [stdout, stderr] = ['', '']
    const watchers = new Set<() => void>()
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      for (const watcher of watchers) watcher()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
      for (const watcher of watchers) watcher()
    })
    child.stdin.on('error', () => undefined)
    if (stdin !== undefined) child.stdin.end(stdin)
    else if (!('keepStdin' in options)) child.stdin.end()
    const done = new Promise<Outcome>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        clearTimeout(timer)
        this.#running.delete(child)
        for (const watcher of watchers) watcher()
        resolve({ stdout, stderr, code })
      })
    })
    const until = (text: string | RegExp): Promise<void> =>
      new Promise((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`${program} did not print ${String(text)}:\n${stdout}${stderr}`)),
          20_000,
        )
        const look = (): void => {
          const all = stdout + stderr
          if (typeof text === 'string' ? !all.includes(text) : !text.test(all)) return
          clearTimeout(late)
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      })
    return {
      process: child,
      stdout: () => stdout,
      stderr: () => stderr,
      until,
      done,
      stop: () => {
        child.kill('SIGINT')
        return done
      },
    }
  }

  /** Runs a program to its end. */
  run(program: Program, args: string | readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.start(program, args, options).done
  }

  /** Runs the real kubectl. */
  kubectl(args: string | readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.run('kubectl', args, options)
  }

  /** Runs curl as a client that trusts the cluster; `path` begins with a slash. */
  curl(path: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome> {
    this.file('ca.crt', this.server.authority)
    return this.run('curl', ['-sS', '--cacert', 'ca.crt', ...args, `${this.server.url}${path}`], options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL')
    await this.server.close()
    await rm(this.folder, { recursive: true, force: true })
    if (this.faults.length > 0)
      throw new AggregateError(this.faults, `the server reported: ${this.faults.map(String).join('; ')}`)
  }
}

/** Makes a cluster and serves it. */
export async function serveCluster(
  options: ClusterOptions | SimCluster = {},
  serving: ServeOptions = {},
): Promise<ServedCluster> {
  const cluster = options instanceof SimCluster ? options : new SimCluster(options)
  const faults: unknown[] = []
  const server = await serve(cluster, { onError: (error) => void faults.push(error), ...serving })
  return new ServedCluster(cluster, server, mkdtempSync(join(tmpdir(), 'simcluster-e2e-')), faults)
}
