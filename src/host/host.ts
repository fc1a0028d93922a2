import type { CommandResult } from '../cluster/streams/pod-streams.js'
import * as z from 'zod/mini'
import { argumentsCheck } from '../api/checked-input.js'
import { aCluster } from '../cluster/inputs/a-cluster.js'
import { nodeShape } from '../cluster/compose/node-schema.js'
import { NotFoundError } from '../client/not-found.js'
import type { NodeOptions } from '../cluster/compose/options.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { latestContainer } from '../kubelet/index.js'
import { absolutePath } from '../shell/files/tree.js'
import type { ContainerState, Pod } from '../api/core/generated.js'
import { HOST_COMMAND_NAMES } from './command-names.js'
import { type CommandOutput, joined, type TerminalSession, type TerminalPlace } from './commands/command.js'
import {
  changed,
  type ContainerShell,
  type MadeContainer,
  inContainer,
  interactiveExec,
  reported,
  type ContainerShellState,
} from './container-shell.js'
import {
  farewell,
  imageOf,
  madeContainer,
  makingLine,
  type MakingLine,
  namespaceFlags,
  placeFlags,
  shellIn,
  shellOf,
  WELCOME,
  withoutAttaching,
} from './made-shell.js'
import { quoteWord } from '../shell/interpreter/syntax.js'
import { contentOf } from '../lang/bytes/content.js'
import type { HostMachine, Hosts } from './machine/host-machine.js'
import { ClusterHosts } from './machine/hosts.js'
import { runShell } from './shell.js'
import { waitUntil } from './wait-until.js'
import { throwAtCaller } from '../cluster/at-caller.js'
import { hostInputs } from './inputs.js'

const checkMachine = argumentsCheck(
  'addMachine()',
  "addMachine(cluster, 'node-4', { labels: { disk: 'ssd' } })",
  () => {
    const { name, registerReady: _always, ...options } = nodeShape()
    return { cluster: aCluster, name, options: z.strictObject(options) }
  },
)

const checkHost = argumentsCheck('hostOf()', "hostOf(cluster, 'node-1')", () => ({
  cluster: aCluster,
  name: z.string(),
}))

/**
 * Opens a terminal on a machine of a cluster: `hostOf(cluster, 'master')` is the control plane's,
 * `hostOf(cluster, 'node-1')` a node's. A terminal remembers its working directory, its exported variables
 * and where `ssh` has led. What the machine itself remembers (files, services, journal) is state of the
 * cluster, so two terminals and a fork see the same.
 * @throws NotFoundError if the cluster has no such machine
 * @example await hostOf(cluster, 'controlplane').sh('kubeadm certs check-expiration')
 */
export function hostOf(cluster: SimCluster, name: string): Host {
  checkHost([cluster, name])
  return new Host(ClusterHosts.of(cluster).machine(name))
}

/**
 * Adds a machine that belongs to no cluster yet. It has containerd, kubeadm, kubelet and kubectl of the
 * cluster's version (or of `kubeletVersion`), and `kubeadm join` makes it a node. @throws InputError if there
 * is a machine of that name.
 * @example await addMachine(cluster, 'node-3').sh('kubeadm join 10.0.0.10:6443 --token ...')
 */
export function addMachine(
  cluster: SimCluster,
  name: string,
  options: Omit<NodeOptions, 'name' | 'registerReady'> = {},
): Host {
  checkMachine([cluster, name, options])
  const hosts = ClusterHosts.of(cluster)
  hosts.addMachine(name, options)
  return new Host(hosts.machine(name))
}

/** What a script has printed, and its exit code. */
export interface HostResult extends CommandResult {
  /** Both streams in the order of writing, as a terminal shows them. */
  readonly terminal: string
}

/** A terminal on a simulated machine, as root. */
export class Host {
  static {
    throwAtCaller(this.prototype, hostInputs)
  }

  readonly #session: TerminalSession
  readonly #hosts: Hosts

  constructor(machine: HostMachine, places: TerminalSession['stack'] = [{ machine, cwd: '/root', env: {} }]) {
    this.#hosts = machine.hosts
    this.#session = { stack: places, runOn: (...call) => this.#runOn(...call) }
    this.#hosts.sync()
  }

  /** Name of the machine that it is logged in to. */
  get name(): string {
    return this.#machine.name
  }

  /**
   * Returns the same terminal on another cluster, such as a fork: where `cd` and `ssh` have led, and its
   * variables. @throws NotFoundError if the cluster lacks one of its machines
   */
  on(cluster: SimCluster): Host {
    const hosts = ClusterHosts.of(cluster)
    const places = this.#session.stack.map(({ machine, ...place }) => ({
      machine: hosts.machine(machine.name),
      ...place,
    }))
    return new Host(hosts.machine(this.#machine.name), places)
  }

  /** Who is logged in: `root`. */
  get user(): string {
    return 'root'
  }

  /** The directory that `cd` and `ssh` have led to, as a prompt shows it: `/root`. */
  get workingDirectory(): string {
    return this.#session.stack.at(-1)?.cwd ?? '/root'
  }

  /** The text before a line: `root@master:~# `; in a container `/ # `, or `root@web:/# ` by bash. */
  get prompt(): string {
    const { container, cwd = '/root' } = this.#session.stack.at(-1) ?? {}
    const sign = container?.isRoot === false ? '$' : '#'
    if (container === undefined) return `${this.user}@${this.name}:${cwd.replace(/^\/root(?=\/|$)/, '~')}# `
    return container.shell.endsWith('bash')
      ? `${container.isRoot ? 'root' : 'I have no name!'}@${container.pod}:${cwd}${sign} `
      : `${cwd} ${sign} `
  }

  /** What `exit` leaves: a container's shell, or a machine that `ssh` has led to; undefined if nothing. */
  get inner(): 'container' | 'machine' | undefined {
    const { stack } = this.#session
    if (stack.length < 2) return undefined
    return stack.at(-1)?.container === undefined ? 'machine' : 'container'
  }

  /** The cluster that the machine is in, or may join. */
  get cluster(): SimCluster {
    return this.#hosts.cluster
  }

  /**
   * Runs a shell script (pipes, here-documents, redirections, loops, substitutions, by just-bash) with the
   * commands of a Kubernetes machine. Commands that wait move virtual time. Before and after each command the
   * cluster is brought in line with the files. Never rejects for errors that a shell reports. @throws Error
   * if just-bash, an optional dependency, is not installed.
   */
  async sh(script: string): Promise<HostResult> {
    let stdout = ''
    let terminal = ''
    let stderr = ''
    let exitCode = 0
    for (const part of logins(script)) {
      const result = await this.#part(part)
      stdout += result.stdout ?? ''
      stderr += result.stderr ?? ''
      terminal += result.terminal ?? (result.stdout ?? '') + (result.stderr ?? '')
      exitCode = result.code ?? 0
    }
    return { stdout, stderr, terminal, exitCode }
  }

  /** Text of a file; undefined if there is none. */
  read(path: string): string | undefined {
    return this.#machine.files.text(absolutePath('/root', path))
  }

  /**
   * Writes a file and creates missing parent directories. The cluster is then brought in line with the files.
   */
  write(path: string, content: string | Uint8Array): this {
    this.#machine.files.put(
      absolutePath('/root', path),
      typeof content === 'string' ? content : contentOf(content),
    )
    this.#hosts.sync()
    return this
  }

  /** Edits a file, as with vi. @throws NotFoundError if there is none. */
  edit(path: string, change: (text: string) => string): this {
    const text = this.read(path)
    if (text === undefined) throw new NotFoundError(`${path}: no such file`)
    return this.write(path, change(text))
  }

  /** Removes a file. The cluster is then brought in line with the files. */
  remove(path: string): this {
    this.#machine.files.remove(absolutePath('/root', path))
    this.#hosts.sync()
    return this
  }

  /** The commands that it has besides the shell's. */
  get commands(): readonly string[] {
    return HOST_COMMAND_NAMES
  }

  get #machine(): HostMachine {
    const top = this.#session.stack.at(-1)
    if (top === undefined) throw new Error('assertion failed: a terminal that is nowhere')
    return this.#hosts.machine(top.machine.name)
  }

  async #part(part: string): Promise<CommandOutput> {
    const [, target] = /^\s*ssh\s+(?:\S+@)?([\w.-]+)\s*$/.exec(part) ?? []
    if (target !== undefined) return this.#login(target)
    const opened = interactiveExec(part)
    const isOnMachine = this.#session.stack.at(-1)?.container === undefined
    if (opened !== undefined && isOnMachine) return this.#openContainer(opened)
    const making = isOnMachine ? makingLine(part) : undefined
    const shell = making?.shell ?? (making === undefined ? undefined : this.#shellOf(imageOf(making)))
    if (making !== undefined && shell !== undefined) return this.#make(making, shell)
    if (/^\s*(?:exit|logout)\s*$/.test(part) && this.#session.stack.length > 1) {
      if (!isOnMachine) return this.#leave(0)
      const left = this.#session.stack.pop()?.machine.name ?? ''
      return { stderr: `logout\nConnection to ${left} closed.\n` }
    }
    const top = this.#session.stack.at(-1)
    const machine = this.#machine
    if (!machine.powered) return { stderr: `${machine.name}: no power\n`, code: 255 }
    if (top?.container !== undefined) return this.#inContainer(part, top, top.container)
    const result = await runShell(machine, this.#session, part, top ?? { cwd: '/root', env: {} })
    if (top !== undefined) Object.assign(top, { cwd: result.cwd, env: result.env })
    return result
  }

  /** Opens a shell in a container, if kubectl can run one there. */
  async #openContainer(
    opened: Pick<ContainerShell, 'call' | 'shell' | 'pod' | 'made'>,
  ): Promise<CommandOutput> {
    const begun = await this.#runInContainer(opened.call, ':', { cwd: '', env: {} })
    const { state } = begun
    if (state === undefined) return begun.output
    const [choice = ''] = DEFAULTED.exec(begun.output.stderr ?? '') ?? []
    const { isRoot, variables, cwd } = state
    const container = { ...opened, isRoot, variables }
    this.#session.stack.push({ machine: this.#machine, cwd, env: {}, container })
    return { stderr: choice }
  }

  /** Runs lines that were typed in a container's shell, which may end with them. */
  async #inContainer(lines: string, place: TerminalPlace, container: ContainerShell): Promise<CommandOutput> {
    const { output: said, state } = await this.#runInContainer(container.call, lines, place)
    const output = { ...said, stderr: (said.stderr ?? '').replace(DEFAULTED, '') }
    if (state !== undefined)
      Object.assign(place, { cwd: state.cwd, env: changed(state.variables, container.variables) })
    else if (!/syntax error|unterminated/i.test(output.stderr ?? '')) {
      if (container.made === undefined) this.#session.stack.pop()
      else {
        // of a made container kubectl says how it ended, not how the line did
        const ended = { ...output, stderr: withoutExitCode(output.stderr ?? '') }
        return joined([ended, await this.#leave(output.code ?? 0)])
      }
    }
    return output
  }

  /** The shell that an image runs by itself, as far as a machine of the cluster knows. */
  #shellOf(image: string): string | undefined {
    const [node] = this.#hosts.cluster.nodes()
    return node === undefined ? undefined : shellOf(node.machine.imageFacts(image))
  }

  /** Makes a container with a shell, and opens the shell once it runs. */
  async #make(making: MakingLine, shell: string): Promise<CommandOutput> {
    const place = this.#session.stack.at(-1) ?? { cwd: '/root', env: {} }
    const run = async (line: string): Promise<CommandOutput> =>
      runShell(this.#machine, this.#session, line, place)
    const { stdout = '', stderr = '', code } = await run(withoutAttaching(making))
    const found = code === 0 ? madeContainer(making, `${stdout}\n${stderr}`) : undefined
    if (found === undefined) return { stdout, stderr, code: code ?? 0 }
    const told = { stdout: making.verb === 'run' ? '' : stdout, stderr }
    const flags = placeFlags(making)
    const asked = await run(
      [
        'kubectl get pod',
        found.pod,
        ...flags,
        ...namespaceFlags(making),
        '-o jsonpath={.metadata.namespace}',
      ].join(' '),
    )
    const made: MadeContainer = {
      ...found,
      namespace: asked.stdout ?? '',
      isRemoved: making.args.includes('--rm') || making.args.includes('--rm=true'),
      isQuiet: making.args.some((word) => /^(?:-q|--quiet)(?:=true)?$/.test(word)),
    }
    const isRunning = (): boolean => stateOf(this.cluster, made)?.running !== undefined
    waitUntil(this.cluster, isRunning, LONGEST_START)
    if (!isRunning()) {
      const late = { stderr: 'error: timed out waiting for the condition\n', code: 1 }
      return joined([told, ...(made.isRemoved ? [await run(deleting(made))] : []), late])
    }
    const opened = await this.#openContainer({ ...shellIn(made, shell, flags), made })
    return joined([told, { stderr: made.isQuiet ? '' : WELCOME }, opened])
  }

  /** Whether a made container runs a shell of the simulation, which reads what is typed. */
  #isInterpreted(made: MadeContainer): boolean {
    const { metadata, spec } = podOf(this.cluster, made) ?? {}
    const { nodeName = '' } = spec ?? {}
    if (!this.cluster.nodes().some(({ name }) => name === nodeName)) return false
    const pod = this.cluster.node(nodeName).machine.pod(metadata?.uid ?? '')
    return latestContainer(pod, made.container)?.process !== undefined
  }

  /** Ends the shell of a container; one that was made for it ends, too. */
  async #leave(code: number): Promise<CommandOutput> {
    const made = this.#session.stack.pop()?.container?.made
    if (made === undefined) return {}
    const { cluster } = this
    const policy = podOf(cluster, made)?.spec.restartPolicy ?? ''
    const place = this.#session.stack.at(-1) ?? { cwd: '/root', env: {} }
    const run = async (line: string, stdin = ''): Promise<CommandOutput> =>
      runShell(this.#machine, this.#session, line, place, stdin)
    // its own shell, which waits for input, ends as the learner's has
    if (this.#isInterpreted(made))
      await run(
        `kubectl attach ${made.pod} -n ${made.namespace} -c ${made.container} -i -q`,
        `exit ${code}\n`,
      )
    const isFinal = policy === 'Never' || policy === 'OnFailure'
    if (isFinal || made.isEphemeral)
      waitUntil(cluster, () => stateOf(cluster, made)?.terminated !== undefined, LONGEST_END)
    const { exitCode = 0, reason = '' } = stateOf(cluster, made)?.terminated ?? {}
    const failed = isFinal && !made.isEphemeral && exitCode !== 0
    return joined([
      { stderr: farewell(made, policy) },
      ...(made.isRemoved ? [await run(deleting(made))] : []),
      failed ? { stderr: `pod ${made.namespace}/${made.pod} terminated (${reason})\n`, code: exitCode } : {},
    ])
  }

  async #runInContainer(
    call: string,
    lines: string,
    place: Pick<TerminalPlace, 'cwd' | 'env'>,
  ): Promise<{ readonly output: CommandOutput; readonly state?: ContainerShellState }> {
    const { cwd, env } = this.#session.stack.findLast(({ container }) => container === undefined) ?? {
      cwd: '/root',
      env: {},
    }
    const script = inContainer(lines, place)
    const result = await runShell(this.#machine, this.#session, `${call} -c ${quoteWord(script)}`, {
      cwd,
      env,
    })
    // a list of processes shows how the line is run
    const { stdout, state } = reported((result.stdout ?? '').replaceAll(` -c ${script}`, ''))
    // kubectl itself says nothing of the exit code of a shell's line
    const stderr = withoutExitCode(result.stderr ?? '')
    const output = {
      stdout,
      stderr: state === undefined ? (result.stderr ?? '') : stderr,
      code: result.code ?? 0,
    }
    return { output, ...(state === undefined ? {} : { state }) }
  }

  #login(target: string): CommandOutput {
    let machine
    try {
      machine = this.#hosts.machine(target)
    } catch {
      return { stderr: `ssh: Could not resolve hostname ${target}: Name or service not known\n`, code: 255 }
    }
    if (!machine.powered)
      return { stderr: `ssh: connect to host ${target} port 22: No route to host\n`, code: 255 }
    this.#session.stack.push({ machine, cwd: '/root', env: {} })
    return {}
  }

  async #runOn(machine: HostMachine, script: string, stdin = ''): Promise<CommandOutput> {
    if (!machine.powered)
      return { stderr: `ssh: connect to host ${machine.name} port 22: No route to host\n`, code: 255 }
    return runShell(machine, this.#session, script, { cwd: '/root', env: {} }, stdin)
  }
}

/** Longest wait for a container, in ms: kubectl's --pod-running-timeout. */
const LONGEST_START = 60_000

/** Longest wait for the end of a container whose shell has ended, in ms. */
const LONGEST_END = 5_000

/** What kubectl says once of the container that it has chosen. */
const DEFAULTED = /^Defaulted container [^\n]*\n/m

const withoutExitCode = (stderr: string): string =>
  stderr.replace(/(^|\n)command terminated with exit code \d+\n$/, '$1')

const deleting = ({ pod, namespace }: MadeContainer): string => `kubectl delete pod ${pod} -n ${namespace}`

const podOf = (cluster: SimCluster, { pod, namespace }: MadeContainer): Pod | undefined =>
  cluster.state.peek('pods').find(({ metadata }) => metadata.name === pod && metadata.namespace === namespace)

/** The state of a made container, as its pod's status says. */
function stateOf(cluster: SimCluster, made: MadeContainer): ContainerState | undefined {
  const { containerStatuses = [], ephemeralContainerStatuses = [] } = podOf(cluster, made)?.status ?? {}
  return [...containerStatuses, ...ephemeralContainerStatuses].find(({ name }) => name === made.container)
    ?.state
}

/**
 * Cuts a script into parts at lines that log in to another machine or open a shell in a container, or end
 * either, as in a terminal.
 */
function logins(script: string): readonly string[] {
  const ends = /^\s*(?:ssh\s+\S+|exit|logout|(?:sudo\s+)?(?:reboot|poweroff|halt))\s*$/
  const isAlone = (line: string): boolean =>
    ends.test(line) || interactiveExec(line) !== undefined || makingLine(line) !== undefined
  if (!script.split('\n').some(isAlone)) return [script]
  const parts: string[] = []
  let lines: string[] = []
  const flush = (): void => {
    if (lines.some((line) => line.trim() !== '')) parts.push(lines.join('\n'))
    lines = []
  }
  for (const line of script.split('\n')) {
    if (!isAlone(line)) {
      lines.push(line)
      continue
    }
    flush()
    parts.push(line)
  }
  flush()
  return parts
}
