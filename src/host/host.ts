import type { CommandResult } from '../cluster/streams/pod-streams.js'
import * as z from 'zod/mini'
import { argumentsCheck } from '../api/checked-input.js'
import { aCluster } from '../cluster/inputs/a-cluster.js'
import { nodeShape } from '../cluster/compose/option-schema.js'
import { NotFoundError } from '../client/not-found.js'
import type { NodeOptions } from '../cluster/compose/options.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { absolutePath } from '../shell/files/tree.js'
import type { CommandOutput, Terminal, TerminalPlace } from './commands/command.js'
import {
  changed,
  type ContainerShell,
  inContainer,
  interactiveExec,
  reported,
  type ShellState,
} from './container-shell.js'
import { HOST_COMMANDS } from './commands/table.js'
import { contentOf } from '../lang/bytes/content.js'
import type { HostMachine, Hosts } from './machine/host-machine.js'
import { ClusterHosts } from './machine/hosts.js'
import { runShell } from './shell.js'
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
 * cluster, so two terminals and a fork see the same. @throws RangeError if the cluster has no such machine.
 * @example await hostOf(cluster, 'controlplane').sh('kubeadm certs check-expiration')
 */
export function hostOf(cluster: SimCluster, name: string): Host {
  checkHost([cluster, name])
  return new Host(ClusterHosts.of(cluster).machine(name))
}

/**
 * Adds a machine that belongs to no cluster yet. It has containerd, kubeadm, kubelet and kubectl of the
 * cluster's version (or of `kubeletVersion`), and `kubeadm join` makes it a node. @throws RangeError if there
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

  readonly #session: Terminal
  readonly #hosts: Hosts

  constructor(machine: HostMachine, places: Terminal['stack'] = [{ machine, cwd: '/root', env: {} }]) {
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
   * variables. @throws RangeError if the cluster lacks one of its machines
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

  /** Edits a file, as with vi. @throws RangeError if there is none. */
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
    return Object.keys(HOST_COMMANDS)
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
    if (opened !== undefined && this.#session.stack.at(-1)?.container === undefined)
      return this.#openContainer(opened)
    if (/^\s*(?:exit|logout)\s*$/.test(part) && this.#session.stack.length > 1) {
      if (this.#session.stack.at(-1)?.container !== undefined) {
        this.#session.stack.pop()
        return {}
      }
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
  async #openContainer(opened: Pick<ContainerShell, 'call' | 'shell' | 'pod'>): Promise<CommandOutput> {
    const begun = await this.#runInContainer(opened.call, ':', { cwd: '', env: {} })
    const { state } = begun
    if (state === undefined) return begun.output
    const { isRoot, variables, cwd } = state
    const container = { ...opened, isRoot, variables }
    this.#session.stack.push({ machine: this.#machine, cwd, env: {}, container })
    return {}
  }

  /** Runs lines that were typed in a container's shell, which may end with them. */
  async #inContainer(lines: string, place: TerminalPlace, container: ContainerShell): Promise<CommandOutput> {
    const { output, state } = await this.#runInContainer(container.call, lines, place)
    if (state !== undefined)
      Object.assign(place, { cwd: state.cwd, env: changed(state.variables, container.variables) })
    else if (!/syntax error|unterminated/i.test(output.stderr ?? '')) this.#session.stack.pop()
    return output
  }

  async #runInContainer(
    call: string,
    lines: string,
    place: Pick<TerminalPlace, 'cwd' | 'env'>,
  ): Promise<{ readonly output: CommandOutput; readonly state?: ShellState }> {
    const { cwd, env } = this.#session.stack.findLast(({ container }) => container === undefined) ?? {
      cwd: '/root',
      env: {},
    }
    const result = await runShell(this.#machine, this.#session, inContainer(call, lines, place), { cwd, env })
    const { stdout, state } = reported(result.stdout ?? '')
    // kubectl itself says nothing of the exit code of a shell's line
    const stderr = (result.stderr ?? '').replace(/(^|\n)command terminated with exit code \d+\n$/, '$1')
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

/**
 * Cuts a script into parts at lines that log in to another machine or open a shell in a container, or end
 * either, as in a terminal.
 */
function logins(script: string): readonly string[] {
  const ends = /^\s*(?:ssh\s+\S+|exit|logout|(?:sudo\s+)?(?:reboot|poweroff|halt))\s*$/
  const isAlone = (line: string): boolean => ends.test(line) || interactiveExec(line) !== undefined
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
