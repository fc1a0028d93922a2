import { appendFileSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { LineRunner } from '../../../src/course/playback.js'
import type { SimCluster } from '../../../src/index.js'
import type { CommandResult } from '../../../src/host/index.js'
import { hostOf } from '../../../src/host/index.js'
import { ClusterHosts } from '../../../src/host/machine/hosts.js'
import { serve } from '../../../src/server/index.js'
import type { ClusterServer } from '../../../src/server/index.js'
import { Addresses, APISERVER } from './addresses.js'
import { reviewByRules } from '../../../src/rbac/modes/webhook-rules.js'
import { Bash } from './bash.js'
import { HostFolder } from './host-folder.js'
import type { Pair } from './host-folder.js'

/** Programs of the course that are real here. */
export type RealProgram = 'kubectl' | 'openssl' | 'curl' | 'etcdctl' | 'etcdutl'

/** Programs of a machine of the cluster, which the simulated host runs. `sleep` moves virtual time. */
const SIMULATED = [
  'kubeadm',
  'systemctl',
  'journalctl',
  'crictl',
  'docker',
  'ssh',
  'apt-get',
  'apt-mark',
  'sleep',
  'pkill',
]
/** What else the lines use: tools of this machine. */
const TOOLS = ['base64', 'bash', 'cat', 'grep', 'head', 'ls', 'sh', 'tail', 'tr']
/** Those that change files, which kubelets look at. */
const WRITERS = ['cp', 'mkdir', 'mv', 'rm', 'sed']

/** A call of a program in a line. */
export interface Ran {
  readonly program: string
  /** By whom: this machine, or a simulated one. */
  readonly by: 'real program' | 'simulated host'
}

/** How a {@link RealShell} is made. */
export interface RealShellOptions {
  /** Minor of the kubectl among the programs. */
  readonly kubectl: string
  /** Where the real programs are: absolute paths. */
  readonly programs: Readonly<Record<RealProgram, string>>
}

/** Runs a tool, and tells the test that it has. */
const WRITER_SHIM = `#!/usr/bin/env bash
"real-\${0##*/}" "$@"
code=$?
exec 9<>"/dev/tcp/127.0.0.1/$COURSE_PORT"
printf '%s\\0' "\${0##*/}" 0 >&9
read -r -d '' -u 9
exit $code
`

/**
 * Hands each call of a program to the test, which says what becomes of it: a real program takes its place, or
 * its output is there already.
 */
const SHIM = `#!/usr/bin/env bash
exec 9<>"/dev/tcp/127.0.0.1/$COURSE_PORT"
printf '%s\\0' "\${0##*/}" "$#" "$@" >&9
IFS= read -r -d '' kind <&9
if [ "$kind" = run ]; then
  IFS= read -r -d '' path <&9
  mapfile -d '' -t words <&9
  exec 9>&-
  exec "$path" "\${words[@]}"
fi
IFS= read -r -d '' code <&9
IFS= read -r -d '' out <&9
exec 9>&-
cat "$out.stdout"; cat "$out.stderr" >&2
exit "$code"
`

/**
 * A shell of the course in which the lines run as they are typed: bash and its tools on this machine, the
 * real kubectl, openssl, curl and etcdctl against the served cluster, and what only a machine of the cluster
 * has (kubeadm, systemctl, ssh, ...) on the simulated host. Both see the same files. Where the host's paths
 * and addresses cannot be this machine's, they are replaced in lines, files and outputs. Time is virtual.
 */
export class RealShell implements LineRunner {
  readonly kubectl: string
  /** Calls of programs, in their order. */
  readonly ran: Ran[]
  readonly #options: RealShellOptions
  readonly #cluster: SimCluster
  readonly #server: ClusterServer
  readonly #addresses: Addresses
  readonly #folder: HostFolder
  readonly #host: ReturnType<typeof hostOf>
  readonly #calls: Server
  readonly #others: RealShell[] = []
  readonly #authorizers: ReturnType<typeof createHttpServer>[] = []
  readonly #faults: unknown[]
  #bash: Bash | undefined
  #outputs = 0
  /** One call at a time: programs of a pipe come together. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(
    cluster: SimCluster,
    server: ClusterServer,
    faults: unknown[],
    options: RealShellOptions,
    ran: Ran[],
  ) {
    this.kubectl = options.kubectl
    this.ran = ran
    this.#options = options
    this.#cluster = cluster
    this.#server = server
    this.#addresses = new Addresses({ apiserver: server.port, etcd: server.etcd?.port })
    this.#faults = faults
    this.#host = hostOf(cluster, 'master')
    this.#folder = new HostFolder(
      mkdtempSync(join(tmpdir(), 'simcluster-course-')),
      () => ClusterHosts.of(cluster).machine('master'),
      () => this.#pairs(),
    )
    this.#calls = createServer((socket) => this.#hear(socket))
    const bin = join(this.#folder.path, 'bin')
    mkdirSync(bin)
    for (const [shim, text, names] of [
      ['shim', SHIM, [...Object.keys(options.programs), ...SIMULATED]],
      ['writer-shim', WRITER_SHIM, WRITERS],
    ] as const) {
      writeFileSync(join(bin, shim), text, { mode: 0o755 })
      for (const name of names) symlinkSync(shim, join(bin, name))
    }
    // a terminal shows no meter
    writeFileSync(
      join(this.#folder.path, '.curlrc'),
      `no-progress-meter\nconnect-to = "${APISERVER}:127.0.0.1:${server.port}"\n`,
    )
    for (const name of TOOLS) symlinkSync(located(name), join(bin, name))
    for (const name of WRITERS) symlinkSync(located(name), join(bin, `real-${name}`))
    // everybody is root
    writeFileSync(join(bin, 'sudo'), '#!/usr/bin/env bash\nexec "$@"\n', { mode: 0o755 })
  }

  /** Serves a cluster and sits down at its control plane. */
  static async at(cluster: SimCluster, options: RealShellOptions, ran: Ran[] = []): Promise<RealShell> {
    const faults: unknown[] = []
    // bare machines have no certificates yet for etcd to be served with
    const etcd = cluster.apiserver.running ? { etcd: {} } : {}
    const server = await serve(cluster, {
      time: 'virtual',
      ...etcd,
      onError: (error) => void faults.push(error),
    })
    const shell = new RealShell(cluster, server, faults, options, ran)
    await new Promise<void>((resolve) => void shell.#calls.listen(0, '127.0.0.1', resolve))
    await shell.#serveAuthorizers()
    return shell
  }

  async beside(cluster: SimCluster): Promise<LineRunner> {
    const other = await RealShell.at(cluster, this.#options, this.ran)
    this.#others.push(other)
    return other
  }

  async run(line: string): Promise<CommandResult> {
    const host = this.#host
    if (host.name !== ClusterHosts.of(this.#cluster).machine('master').name) {
      // logged in on another machine: this one does not see what is typed
      this.ran.push(
        ...line
          .split('\n')
          .map((each): Ran => ({ program: each.trim().split(' ')[0] ?? '', by: 'simulated host' })),
      )
      return host.sh(line)
    }
    this.#folder.outward(line)
    const result = await this.#lines.run(this.#folder.line(line))
    this.#folder.inward()
    return {
      stdout: this.#asOnHost(result.stdout),
      stderr: this.#asOnHost(result.stderr),
      exitCode: result.exitCode,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const other of this.#others) await other[Symbol.asyncDispose]()
    this.#bash?.end()
    await new Promise((resolve) => void this.#calls.close(resolve))
    for (const authorizer of this.#authorizers) authorizer.close()
    await this.#server.close()
    await rm(this.#folder.path, { recursive: true, force: true })
    if (this.#faults.length > 0)
      throw new AggregateError(this.#faults, `the server reported: ${this.#faults.map(String).join('; ')}`)
  }

  /** Serves the authorization webhooks of the cluster's options, so that the real curl reaches them. */
  async #serveAuthorizers(): Promise<void> {
    const { authorizationWebhooks = {} } = this.#cluster.internals.options.access ?? {}
    for (const [url, rules] of Object.entries(authorizationWebhooks)) {
      if (typeof rules === 'function' || 'error' in rules)
        throw new Error(`the course has rules at ${url}, no function`)
      const review = reviewByRules(rules)
      const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        const asked = JSON.parse(await text(request)) as Parameters<typeof review>[0]
        response.end(`${JSON.stringify({ ...asked, status: review(asked) })}\n`)
      }
      const server = createHttpServer((request, response) => {
        void answer(request, response)
      })
      this.#authorizers.push(server)
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      appendFileSync(
        join(this.#folder.path, '.curlrc'),
        `connect-to = "${new URL(url).host}:127.0.0.1:${port}"\n`,
      )
    }
  }

  /** The bash that runs the lines, once it is known where it is to call. */
  get #lines(): Bash {
    const { path } = this.#folder
    return (this.#bash ??= new Bash(join(path, 'bin', 'bash'), path, {
      PATH: join(path, 'bin'),
      HOME: join(path, 'root'),
      LANG: 'C',
      COURSE_PORT: String((this.#calls.address() as AddressInfo).port),
      // who lives for a moment needs no collector
      GOGC: 'off',
      CURL_HOME: path,
      ETCDCTL_ENDPOINTS: this.#server.etcd?.url ?? '',
    }))
  }

  #pairs(): readonly Pair[] {
    const { authority, url } = this.#server
    const path = '/etc/kubernetes/pki/ca.crt'
    const own = this.#cluster.pki.paths().includes(path) ? this.#cluster.pki.read(path) : ''
    // real clients look at their own clock: where the authority is not good by it, they are given one that is
    const authorities: readonly Pair[] =
      own === '' || own === authority
        ? []
        : [
            [btoa(own), btoa(authority)],
            [own, authority],
          ]
    return [[`https://${APISERVER}`, url], ...authorities]
  }

  #asOnHost(text: string): string {
    return this.#addresses.ofCourse(this.#folder.plain(text))
  }

  /** A program of a line has been called. */
  #hear(socket: Socket): void {
    let said = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const [program = '', count = '', ...words] = said.split('\0').slice(0, -1)
      if (count === '' || words.length < Number(count)) return
      socket.removeAllListeners('data')
      this.#turn = this.#turn
        .then(() => this.#call(program, words))
        .then(
          (response) => socket.end(response.map((word) => `${word}\0`).join('')),
          (fault: unknown) => {
            this.#faults.push(fault)
            socket.destroy()
          },
        )
    })
  }

  async #call(program: string, words: readonly string[]): Promise<readonly string[]> {
    this.#folder.inward()
    await this.#followed()
    if (WRITERS.includes(program)) return ['done']
    // a restored directory is for the etcd of the cluster, which cannot read a real one
    const isRestore = program.startsWith('etcd') && words.includes('restore')
    if (Object.hasOwn(this.#options.programs, program) && !isRestore) {
      this.ran.push({ program, by: 'real program' })
      return ['run', ...this.#realCall(program as RealProgram, words)]
    }
    this.ran.push({ program: isRestore ? `${program} snapshot restore` : program, by: 'simulated host' })
    const { stdout, stderr, exitCode } = await this.#host.sh(
      [program, ...words].map((word) => quoted(this.#folder.plain(word))).join(' '),
    )
    await this.#followed()
    this.#folder.outward([...words, '/var/log', '/etc/kubernetes'].join(' '))
    const out = join(this.#folder.path, `output-${this.#outputs++}`)
    writeFileSync(`${out}.stdout`, stdout)
    writeFileSync(`${out}.stderr`, stderr)
    return ['done', String(exitCode), out]
  }

  /** What a real program is called with: what a container is to do is not of this machine. */
  #realCall(program: RealProgram, words: readonly string[]): readonly string[] {
    const path = this.#options.programs[program]
    const end = words.indexOf('--')
    const here =
      program === 'curl'
        ? words
        : words.map((word, at) =>
            end >= 0 && at > end ? this.#folder.plain(word) : this.#addresses.here(word),
          )
    // etcdctl does not take both
    if (program === 'etcdctl' && words.some((word) => word.startsWith('--endpoints')))
      return [located('env'), '-u', 'ETCDCTL_ENDPOINTS', path, ...here]
    return [path, ...here]
  }

  /** The served apiserver is as the files say: it listens, or does not. */
  async #followed(): Promise<void> {
    this.#cluster.advance(0)
    for (let round = 0; round < 100; round++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#server.listening === this.#cluster.apiserver.running) return
    }
  }
}

/** Where a program of this machine is. */
export function located(program: string): string {
  if (program.includes('/')) return program
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path))
  if (found === undefined) throw new Error(`there is no ${program} on this machine`)
  return found
}

const quoted = (word: string): string =>
  /^[\w./=:@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
