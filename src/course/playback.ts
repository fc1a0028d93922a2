import { LEARNER } from './learner.js'
import { toMillis } from '../sim/duration.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import type { Host, HostResult, CommandResult } from '../host/index.js'
import { hostOf } from '../host/index.js'
import { askCluster } from './ask.js'
import type { CourseEvent, EventStep, PredictStep, Step } from './chapter.js'
import type { Language } from '../lang/text/phrases.js'

/** What runs the lines of a playback. */
export interface LineRunner {
  /** Runs a line, or a here-document, on the control plane or where `ssh` has led. */
  run(line: string): Promise<CommandResult & { readonly terminal?: string }>
  /** The same on the control plane of another cluster. */
  beside(cluster: SimCluster): Promise<LineRunner>
  /** The same terminal on a fork of the cluster. A runner that cannot be forked leaves it out. */
  onFork?(fork: SimCluster): LineRunner
}

/** What a step has printed. */
export interface Shown extends CommandResult {
  /** Both streams in the order of writing, as a terminal shows them. */
  readonly terminal: string
}

/** A line that has been typed, and what came of it. */
export interface Typed extends Shown {
  readonly line: string
}

/** Types into a shell of the simulated control plane. */
export class SimulatedShell implements LineRunner {
  /** The terminal that it types into: what a prompt shows. */
  readonly host: Host

  constructor(host: Host) {
    this.host = host
  }

  run(line: string): Promise<HostResult> {
    return this.host.sh(line)
  }

  beside(cluster: SimCluster): Promise<LineRunner> {
    return Promise.resolve(new SimulatedShell(hostOf(cluster, 'master')))
  }

  onFork(fork: SimCluster): LineRunner {
    return new SimulatedShell(this.host.on(fork))
  }
}

/** A cluster that a chapter has led to, and a terminal on its control plane. */
interface PlaybackDesk {
  readonly cluster: SimCluster
  readonly shell: LineRunner
}

/** A chapter that is being played: a cluster, a shell on its control plane, and what was typed so far. */
export class Playback {
  readonly typed: Typed[] = []
  /** The first cluster, and others that the chapter has led to. */
  #desks: PlaybackDesk[]

  /** `shell` runs the lines. Default: the simulated control plane's. */
  constructor(cluster: SimCluster, shell: LineRunner = new SimulatedShell(hostOf(cluster, 'master'))) {
    this.#desks = [{ cluster, shell }]
  }

  /** The cluster that is worked on now. */
  get cluster(): SimCluster {
    return this.#desk.cluster
  }

  /** The terminal on it. */
  get shell(): LineRunner {
    return this.#desk.shell
  }

  /** The simulated terminal on it. @throws Error if the shell is not simulated */
  get host(): Host {
    const { shell } = this
    if (!(shell instanceof SimulatedShell)) throw new Error('assertion failed: a shell that is not simulated')
    return shell.host
  }

  /**
   * An independent copy, with forks of the clusters, which goes on from here. @throws Error if a shell is not
   * simulated
   */
  fork(): Playback {
    const desks = this.#desks.map(({ cluster, shell }) => {
      const fork = cluster.fork()
      const copy = shell.onFork?.(fork)
      if (copy === undefined) throw new Error('a playback with shells of real machines cannot be forked')
      return { cluster: fork, shell: copy }
    })
    const copy = new Playback(this.cluster, this.shell)
    copy.#desks = desks
    copy.typed.push(...this.typed)
    return copy
  }

  /**
   * Leads a simulated terminal to the machine of a step, as its chapter has it: a learner may have gone into
   * a container or to another machine. Returns what a terminal shows of the way.
   */
  async lead(machine = 'master'): Promise<string> {
    if (!(this.shell instanceof SimulatedShell)) return ''
    const { name } = hostOf(this.cluster, machine)
    let shown = ''
    const go = async (line: string): Promise<void> => {
      const { prompt } = this.host
      shown += `${prompt}${line}\n${(await this.type(line)).terminal}`
    }
    for (;;) {
      const { inner } = this.host
      if (inner !== 'container' && (this.host.name === name || inner === undefined)) break
      await go('exit')
    }
    if (this.host.name !== name) await go(`ssh ${name}`)
    return shown
  }

  /** Plays a step. Returns what was typed, or the answer to a question in that language as `stdout`. */
  async play(step: Step, lang: Language = 'en'): Promise<Shown> {
    const nothing = { stdout: '', stderr: '', terminal: '', exitCode: 0 }
    switch (step.kind) {
      case 'prose':
        return nothing
      case 'file':
        return step.isInitial ? nothing : this.#typeOn(step.machine, writing(step.path, step.text))
      case 'command':
        return this.#typeOn(step.machine, step.line)
      case 'event':
        await this.#happen(step)
        return nothing
      case 'predict':
        return step.part === 'question' ? nothing : this.#answer(step)
      case 'ask':
        return shown(`${askCluster(this.cluster, step.question, lang)}\n`)
    }
  }

  /** Types a line. */
  async type(line: string): Promise<Typed> {
    const { stdout, stderr, exitCode, terminal = stdout + stderr } = await this.#desk.shell.run(line)
    const typed = { line, stdout, stderr, terminal, exitCode }
    this.typed.push(typed)
    return typed
  }

  /**
   * Runs `kubectl edit`. A text that was refused is shown again with the reasons; `editor` ends the command
   * if it returns what it was given.
   */
  edit(line: string, editor: (shown: string, path: string) => string): Typed {
    const { stdout, stderr, terminal, exitCode } = this.cluster.kubectl(line, { editor })
    const typed = { line, stdout, stderr, terminal, exitCode }
    this.typed.push(typed)
    return typed
  }

  /** Remembers a line that something else than the shell has acted on, and that has printed nothing. */
  noteTyped(line: string): Typed {
    const typed = { line, stdout: '', stderr: '', terminal: '', exitCode: 0 }
    this.typed.push(typed)
    return typed
  }

  async #typeOn(machine: string, line: string): Promise<Typed> {
    const way = await this.lead(machine)
    const typed = await this.type(line)
    return { ...typed, terminal: way + typed.terminal }
  }

  /** What a line prints on a copy, so that the question changes nothing; a real shell has no copies. */
  async #answer({ line, machine }: PredictStep): Promise<Shown> {
    const { shell } = this
    if (!(shell instanceof SimulatedShell)) return run(shell, line)
    const copy = this.fork()
    await copy.lead(machine)
    return run(copy.shell, line)
  }

  get #desk(): PlaybackDesk {
    const desk = this.#desks.at(-1)
    if (desk === undefined) throw new Error('assertion failed: a playback without a cluster')
    return desk
  }

  async #happen({ event, argument = '' }: EventStep): Promise<void> {
    const { cluster } = this
    const events: Readonly<Record<CourseEvent, () => unknown>> = {
      wait: () => cluster.advance(toMillis(argument)),
      settle: () => cluster.settle(),
      crash: () => cluster.node(argument).crash(),
      recover: () => cluster.node(argument).recover(),
      reboot: () => {
        cluster.node(argument).reboot()
        return cluster.settle()
      },
      'another-cluster': () =>
        this.#goTo(
          new SimCluster({
            ...LEARNER,
            version: cluster.version,
            like: 'kubeadm',
            nodes: 3,
            time: { start: cluster.now() },
          }),
        ),
      'first-cluster': () => this.#desks.splice(1),
    }
    await events[event]()
  }

  /** Opens a terminal on another cluster. The files in /root are copied. */
  async #goTo(cluster: SimCluster): Promise<void> {
    const [from, to] = [hostOf(this.cluster, 'master'), hostOf(cluster, 'master')]
    const names = (await from.sh('ls /root')).stdout.split('\n').filter((name) => name !== '')
    for (const name of names) {
      const text = from.read(`/root/${name}`)
      if (text !== undefined) to.write(`/root/${name}`, text)
    }
    this.#desks.push({ cluster, shell: await this.#desk.shell.beside(cluster) })
  }
}

const shown = (text: string): Shown => ({ stdout: text, stderr: '', terminal: text, exitCode: 0 })

async function run(shell: LineRunner, line: string): Promise<Shown> {
  const { stdout, stderr, exitCode, terminal = stdout + stderr } = await shell.run(line)
  return { stdout, stderr, exitCode, terminal }
}

/** A here-document that writes a file. */
function writing(path: string, text: string): string {
  return `cat > ${path} <<'EOF'\n${text}EOF`
}
