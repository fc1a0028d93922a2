import { InputError } from '../../../lang/input-error.js'
import { refuseUnknown } from '../../../api/known-keys.js'
import type { OnCommand } from './self-contained.js'
import type { Content } from '../../../lang/bytes/content.js'
import { textOfContent } from '../../../lang/bytes/content.js'
import type { Slice, Topic } from '../../../sim/modules/module.js'
import type { PlainData } from '../../../sim/data/plain-data.js'
import { FileFault } from '../../../shell/files/file-system.js'
import type { ImageTable } from '../../images/image-table.js'
import type { ImageContext, ImageEffect } from '../../images/image.js'
import type { ShellProcess } from '../../../shell/interpreter/state.js'
import type { ContainerBehavior } from '../behavior.js'
import { appendLog, newLog } from '../container-log.js'
import { declaresUsage, exceedsMemory, limitsStorage } from '../container-usage.js'
import type { ContainerView } from './container-view.js'
import { containerSpec, environmentOf } from './container-view.js'
import { ContainerWorld, type Processes } from './container-world.js'
import type { Exit } from '../containers.js'
import { exitOf } from '../containers.js'
import { ProcessListeners } from './process-listeners.js'
import { startPlan } from './start-plan.js'
import type { RuntimeContainer, RuntimePod, RuntimeState } from '../state.js'
import { latestContainer } from '../state.js'
import type { MachineDependencies } from '../machine-dependencies.js'

/** What the processes of a machine need. */
export interface ProcessDependencies {
  readonly node: string
  readonly state: Slice<RuntimeState>
  readonly images: ImageTable
  readonly surroundings: () => MachineDependencies
  readonly now: () => number
  readonly onCommand: OnCommand
  readonly behavior: (pod: RuntimePod, container: RuntimeContainer) => ContainerBehavior
  /** Wakes a process: `<pod uid>/<container>`, with the suffix `#<number>` for one that exec started. */
  readonly wakes: Topic
  /** Called when the first process of a container has ended. */
  readonly onEnd: (key: string, exit: Exit, message: string | undefined) => void
  /** Called when a command of the kubelet has ended: `<pod uid>/<container>`, and its purpose. */
  readonly onTask: (key: string, task: string) => void
}

/** Exit of a container that exceeds its memory limit. */
const OUT_OF_MEMORY: Exit = { code: 137, reason: 'OOMKilled' }

const NO_PROCESSES: Processes = { list: () => [], listening: () => [], kill: () => false }

/** Key of a container's first process. */
export function keyOf(pod: RuntimePod, container: RuntimeContainer): string {
  return `${pod.uid}/${container.name}`
}

/** A process with its container. */
export interface FoundProcess {
  readonly pod: RuntimePod
  readonly container: RuntimeContainer
  readonly process: ShellProcess | undefined
}

/** What a handler of an image may return. */
const EFFECT = [
  'state',
  'log',
  'errorLog',
  'exit',
  'exitReason',
  'memory',
  'cpu',
  'storage',
  'tickAfter',
  'response',
  'stdout',
  'stderr',
  'exitCode',
]

/**
 * Shared by everything that handles the processes of one machine: the view of a container, its log, and the
 * effects of handlers.
 */
export class ContainerScope {
  readonly dependencies: ProcessDependencies
  readonly listeners: ProcessListeners = new ProcessListeners()

  constructor(dependencies: ProcessDependencies) {
    this.dependencies = dependencies
  }

  view(sandbox: RuntimePod, container: RuntimeContainer): ContainerView {
    const { state, images, surroundings, now } = this.dependencies
    return {
      state: state.value,
      sandbox,
      container,
      image: images.facts(container.image),
      surroundings: surroundings(),
      now: now(),
    }
  }

  /** The context of an image's handler. */
  context(pod: RuntimePod, container: RuntimeContainer): ImageContext {
    return new SeenByImage(this.view(pod, container), this.dependencies.node, (path) =>
      this.readFile(pod, container, path),
    )
  }

  /** Finds the running container and the process of a key. */
  find(key: string): FoundProcess | undefined {
    const hash = key.indexOf('#')
    const base = hash < 0 ? key : key.slice(0, hash)
    const slash = base.lastIndexOf('/')
    const pod = this.dependencies.state.value.pods.get(base.slice(0, slash))
    const container = latestContainer(pod, base.slice(slash + 1))
    if (!pod || container?.state !== 'running') return undefined
    return {
      pod,
      container,
      process: hash < 0 ? container.process : container.execs?.get(key.slice(hash + 1)),
    }
  }

  /** Reads a file of a container; undefined if there is no readable one. */
  readFile(pod: RuntimePod, container: RuntimeContainer, path: string): string | undefined {
    try {
      return new ContainerWorld(this.view(pod, container), NO_PROCESSES).files.read(path)
    } catch (error) {
      if (error instanceof FileFault) return undefined
      throw error
    }
  }

  /** Whether a container has a file. */
  hasFile(pod: RuntimePod, container: RuntimeContainer, path: string): boolean {
    return new ContainerWorld(this.view(pod, container), NO_PROCESSES).files.stat(path)?.kind === 'file'
  }

  /** Appends to the log of a container, and tells its followers. */
  log(pod: RuntimePod, container: RuntimeContainer, stream: 'stdout' | 'stderr', content: Content): void {
    if (content === '') return
    appendLog((container.log ??= newLog()), this.dependencies.now(), stream, textOfContent(content))
    const state = this.dependencies.state.value
    if (!state.measured && limitsStorage(pod.pod)) state.measured = true
    this.listeners.tell(keyOf(pod, container), (listener) => listener.output(stream, content))
  }

  /**
   * The lines that the image of a container logs when it starts. They are not part of the state, and precede
   * what was written.
   */
  startLines(pod: RuntimePod, container: RuntimeContainer): readonly string[] {
    const { logs } = this.dependencies.images.facts(container.image)
    if (logs === undefined || container.startedAt === undefined || container.hasWholeLog === true) return []
    if (typeof logs !== 'function') return logs
    const view = { ...this.view(pod, container), now: container.startedAt }
    return logs(new SeenByImage(view, this.dependencies.node, (path) => this.readFile(pod, container, path)))
  }

  /** Ends the first process of a container. */
  end(pod: RuntimePod, container: RuntimeContainer, exit: Exit): void {
    this.dependencies.onEnd(keyOf(pod, container), exit, undefined)
  }

  /** Applies the effects of a handler. */
  effect(pod: RuntimePod, container: RuntimeContainer, effect: ImageEffect): void {
    if (!container.service) return
    refuseUnknown(`what a handler of the image ${container.image} returns`, effect, EFFECT)
    if ('state' in effect) container.service.state = effect.state as PlainData
    for (const line of effect.log ?? []) this.log(pod, container, 'stdout', `${line}\n`)
    for (const line of effect.errorLog ?? []) this.log(pod, container, 'stderr', `${line}\n`)
    const { cpu, memory, storage, exit, exitReason, tickAfter } = effect
    if (declaresUsage(effect)) {
      const said = {
        ...(cpu === undefined ? {} : { cpu }),
        ...(memory === undefined ? {} : { memory }),
        ...(storage === undefined ? {} : { storage }),
      }
      if (this.use(pod, container, said)) return
    }
    if (exit !== undefined)
      return this.end(pod, container, {
        ...exitOf(exit),
        ...(exitReason === undefined ? {} : { reason: exitReason }),
      })
    if (tickAfter === undefined) return
    this.dependencies.wakes.wakeAfter(keyOf(pod, container), tickAfter, {
      class: container.runsToCompletion ? 'work' : 'watchdog',
    })
  }

  /**
   * Sets a container's usage. Returns whether it exceeded the memory limit, which has ended the container.
   */
  use(pod: RuntimePod, container: RuntimeContainer, usage: RuntimeContainer['usage']): boolean {
    container.usage = { ...container.usage, ...usage }
    this.dependencies.state.value.measured = true
    return this.checkMemory(pod, container)
  }

  /** Ends a container that uses more memory than its limit. Returns whether it did. */
  checkMemory(pod: RuntimePod, container: RuntimeContainer): boolean {
    if (
      container.state !== 'running' ||
      !exceedsMemory(container, this.dependencies.behavior(pod, container))
    )
      return false
    this.end(pod, container, OUT_OF_MEMORY)
    return true
  }
}

/** The context of an image's handler; environment and command are computed on demand. */
class SeenByImage implements ImageContext {
  readonly now: number
  readonly startedAt: number
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly image: string
  readonly node: string
  readonly readFile: (path: string) => string | undefined
  readonly #view: ContainerView

  constructor(view: ContainerView, node: string, readFile: (path: string) => string | undefined) {
    const { now, sandbox, container } = view
    this.now = now
    this.startedAt = container.startedAt ?? now
    this.namespace = sandbox.namespace
    this.pod = sandbox.name
    this.container = container.name
    this.image = container.image
    this.node = node
    this.readFile = (path) => {
      if (typeof path !== 'string')
        throw new InputError(`readFile() takes a path such as '/etc/config/a', not ${JSON.stringify(path)}`)
      return readFile(path)
    }
    this.#view = view
  }

  get podIP(): string {
    const { sandbox, surroundings } = this.#view
    return sandbox.ip ?? (sandbox.hostNetwork ? surroundings.nodeAddress(this.node) : '')
  }

  get env(): Readonly<Record<string, string>> {
    return environmentOf(this.#view)
  }

  get command(): readonly string[] {
    const { sandbox, container, image } = this.#view
    const spec = containerSpec(sandbox.pod, container.name)
    const plan = startPlan(spec, { ...image, closed: false }, this.env, () => true)
    return plan.kind === 'error' ? [] : plan.words
  }
}
