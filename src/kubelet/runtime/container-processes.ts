import type { Connected, NetworkRequest, ProcessEntry } from '../commands/command.js'
import { FileFault } from '../files/file-system.js'
import { answersHostname } from '../images/known-images.js'
import type { ImageTable } from '../images/image-table.js'
import type { ImageContext, ImageEffect } from '../images/image.js'
import { signalName } from '../shell/builtins.js'
import type { ProcessHost } from '../shell/interpreter.js'
import { newProcess, runProcess, trapSignal } from '../shell/interpreter.js'
import type { ShellProcess } from '../shell/state.js'
import { quantityValue } from '../../api/quantity.js'
import type { PlainData } from '../../sim/plain-data.js'
import type { Slice, Topic } from '../../sim/module.js'
import type { Exit } from './containers.js'
import { POWER_LOSS, exitOf } from './containers.js'
import { appendLog, logTail, newLog } from './container-log.js'
import type { ContainerView } from './container-view.js'
import { containerSpec, environmentOf, workingDirectory, worldOf } from './container-view.js'
import { fullImageName } from './image-name.js'
import type { StartPlan } from './start-plan.js'
import { hasProgram, notFound, startPlan } from './start-plan.js'
import type { RuntimeContainer, RuntimePod, RuntimeState } from './state.js'
import { latestContainer } from './state.js'
import type { Surroundings } from './surroundings.js'

/** Someone who listens to a process: a session of exec or attach, or of a log that is followed. Not part of the state. */
export interface ProcessListener {
  output(stream: 'stdout' | 'stderr', text: string): void
  ended(exit: Exit): void
}

/** What the processes of a machine need of it. */
export interface ProcessPorts {
  readonly node: string
  readonly state: Slice<RuntimeState>
  readonly images: ImageTable
  readonly surroundings: () => Surroundings
  readonly now: () => number
  /** Wakes a process (`<pod uid>/<container>`, with `#<number>` behind it for one that exec started). */
  readonly wakes: Topic
  /** The first process of a container has ended. */
  readonly onEnd: (key: string, exit: Exit, message: string | undefined) => void
}

/** A process is waited for by `settle()` for so long; what runs longer counts as a server. Virtual ms. */
const LONGEST_WORK = 600_000
const SIGTERM = 15
const SIGKILL = 9
const MOST_TERMINATION_MESSAGE = 4096
const EXEC_FAILED = 'OCI runtime exec failed: exec failed: unable to start container process: '

/** What runs in the containers of one machine: services of images, and processes of the little shell. All that they are is in the machine's state. */
export class ContainerProcesses {
  readonly #ports: ProcessPorts
  readonly #listeners = new Map<string, Set<ProcessListener>>()

  constructor(ports: ProcessPorts) {
    this.#ports = ports
  }

  /** What a container runs, by its spec and its image. */
  plan(pod: RuntimePod, container: RuntimeContainer): StartPlan {
    const view = this.#view(pod, container)
    const spec = containerSpec(pod.pod, container.name)
    // most containers say nothing of it, and nobody needs their environment
    return startPlan(spec, view.image, spec?.command || spec?.args ? environmentOf(view) : {})
  }

  /** Starts what the plan says in a container that runs by now. */
  start(pod: RuntimePod, container: RuntimeContainer, plan: StartPlan): void {
    const key = keyOf(pod, container)
    if (plan.kind === 'process') {
      const view = this.#view(pod, container)
      const stdin = containerSpec(pod.pod, container.name)?.stdin === true
      container.process = newProcess({ pid: 1, words: plan.words, env: environmentOf(view), cwd: workingDirectory(view), stdin })
      this.#run(key)
      return
    }
    const { behavior } = this.#ports.images.facts(container.image)
    if (!behavior) return
    container.service = { state: undefined }
    if (behavior.start) this.#effect(pod, container, behavior.start(this.#context(pod, container)))
  }

  /** The handler of the wake topic. */
  woken(key: string): void {
    const found = this.#find(key)
    if (!found) return
    const { pod, container } = found
    if (key.includes('#') || container.process) return this.#run(key)
    const { behavior } = this.#ports.images.facts(container.image)
    if (container.service && behavior?.tick) this.#effect(pod, container, behavior.tick(container.service.state, this.#context(pod, container)))
  }

  /**
   * Asks the first process of a container to end. `default`: it does what processes do that say nothing about the signal; `handled`: it has taken
   * it (and may have ended by now). As the first of its pid namespace a process without a handler does not see the signal.
   */
  terminate(pod: RuntimePod, container: RuntimeContainer): 'default' | 'handled' {
    const { process, service } = container
    if (process) {
      const isFirst = pod.pod?.spec.shareProcessNamespace !== true && pod.pod?.spec.hostPID !== true
      if (!trapSignal(process, 'TERM')) return isFirst ? 'handled' : 'default'
      this.#run(keyOf(pod, container))
      return 'handled'
    }
    const { behavior } = this.#ports.images.facts(container.image)
    if (!service || !behavior?.signal) return 'default'
    this.#effect(pod, container, behavior.signal(service.state, SIGTERM, this.#context(pod, container)))
    return 'handled'
  }

  /** The container has ended: nothing of it runs any more. Answers its termination message, if it has one. */
  stopped(pod: RuntimePod, container: RuntimeContainer, exit: Exit): string | undefined {
    const message = this.#terminationMessage(pod, container, exit)
    const key = keyOf(pod, container)
    this.cancel(pod, container)
    for (const number of container.execs?.keys() ?? []) this.#tell(`${key}#${number}`, (listener) => listener.ended({ code: 137, reason: 'Error' }))
    delete container.process
    delete container.service
    delete container.execs
    delete container.files
    this.#tell(key, (listener) => listener.ended(exit))
    return message
  }

  /** Takes back the timers of a container. */
  cancel(pod: RuntimePod, container: RuntimeContainer): void {
    const key = keyOf(pod, container)
    this.#ports.wakes.cancel(key)
    for (const number of container.execs?.keys() ?? []) this.#ports.wakes.cancel(`${key}#${number}`)
  }

  /** Tells who listens that the machine is gone. */
  powerLost(): void {
    for (const key of [...this.#listeners.keys()]) this.#tell(key, (listener) => listener.ended(POWER_LOSS))
  }

  /** Appends to the log of a container, and tells who follows it. */
  log(pod: RuntimePod, container: RuntimeContainer, stream: 'stdout' | 'stderr', text: string): void {
    if (text === '') return
    appendLog((container.log ??= newLog()), this.#ports.now(), stream, text)
    this.#tell(keyOf(pod, container), (listener) => listener.output(stream, text))
  }

  /** Listens to a process (see {@link ProcessPorts.wakes} for its key) until the answer is called. */
  listen(key: string, listener: ProcessListener): () => void {
    const set = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, set)
    set.add(listener)
    return () => {
      set.delete(listener)
      if (set.size === 0) this.#listeners.delete(key)
    }
  }

  /**
   * Runs a command in a container. Answers the key of its process, the end of a command that the image itself has answered, or why it
   * cannot be started.
   */
  exec(pod: RuntimePod, container: RuntimeContainer, words: readonly string[], listener: ProcessListener, stdin: boolean): { readonly key: string } | { readonly error: string } | undefined {
    const view = this.#view(pod, container)
    const { image } = view
    const [first = ''] = words
    const own = image.behavior?.exec?.(container.service?.state, words, this.#context(pod, container))
    if (own) {
      if (own.stdout) listener.output('stdout', own.stdout)
      if (own.stderr) listener.output('stderr', own.stderr)
      listener.ended(exitOf(own.exitCode))
      this.#effect(pod, container, own)
      return undefined
    }
    const isFile = first.includes('/') && !hasProgram(image, first) && worldOf(view, NO_PROCESSES).files.stat(first)?.kind === 'file'
    if (!hasProgram(image, first) && !isFile) return { error: notFound(first, EXEC_FAILED) }
    const number = this.#ports.state.value.nextExec++
    const key = `${keyOf(pod, container)}#${number}`
    const process = newProcess({ pid: 6 + number * 10, words, env: environmentOf(view), cwd: workingDirectory(view), stdin })
    ;(container.execs ??= new Map()).set(String(number), process)
    this.listen(key, listener)
    this.#run(key)
    return { key }
  }

  /** Input for a process. */
  input(key: string, text: string, end: boolean): void {
    const process = this.#find(key)?.process
    if (!process || process.stdin.closed) return
    process.stdin.text += text
    if (end) process.stdin.closed = true
    this.#run(key)
  }

  /** Something arrives at a port of a pod. */
  request(pod: RuntimePod, port: number, request: NetworkRequest): Connected {
    const container = this.#listener(pod, port, request.protocol)
    if (!container) return { kind: 'refused' }
    const { behavior, page } = this.#ports.images.facts(container.image)
    if (behavior?.request) {
      const answer = behavior.request(container.service?.state, { ...request, port }, this.#context(pod, container))
      this.#effect(pod, container, answer)
      return answer.response === undefined ? { kind: 'reset' } : { kind: 'answered', response: answer.response }
    }
    if (request.protocol !== 'http') return { kind: 'answered', response: { body: '' } }
    if (request.path?.split('?')[0] !== '/' && page !== undefined) return { kind: 'answered', response: { status: 404, headers: HTML, body: NOT_FOUND } }
    const body = page === undefined ? `${pod.name}\n` : this.#pageOf(pod, container) ?? page
    return { kind: 'answered', response: { status: 200, headers: page === undefined ? TEXT : HTML, body } }
  }

  /** Whether anything in a pod listens on a TCP port. */
  accepts(pod: RuntimePod, port: number): boolean {
    return this.#listener(pod, port, 'tcp') !== undefined
  }

  #listener(pod: RuntimePod, port: number, protocol: NetworkRequest['protocol']): RuntimeContainer | undefined {
    return pod.containers.findLast((one) => one.state === 'running' && latestContainer(pod, one.name) === one && this.#listens(pod, one, port, protocol))
  }

  /** A file of a container; undefined when there is none that can be read. */
  readFile(pod: RuntimePod, container: RuntimeContainer, path: string): string | undefined {
    try {
      return worldOf(this.#view(pod, container), NO_PROCESSES).files.read(path)
    } catch (error) {
      if (error instanceof FileFault) return undefined
      throw error
    }
  }

  /** What nginx serves, which a volume may be mounted over. */
  #pageOf(pod: RuntimePod, container: RuntimeContainer): string | undefined {
    return containerSpec(pod.pod, container.name)?.volumeMounts?.some(({ mountPath }) => mountPath.startsWith('/usr/share/nginx')) === true || container.files
      ? this.readFile(pod, container, '/usr/share/nginx/html/index.html')
      : undefined
  }

  /** A service listens on the ports of its image, or on those that the container declares. */
  #listens(pod: RuntimePod, container: RuntimeContainer, port: number, protocol: NetworkRequest['protocol']): boolean {
    if (container.process) return false
    const { ports } = this.#ports.images.facts(container.image)
    const wanted = protocol === 'udp' ? 'UDP' : 'TCP'
    const declared = containerSpec(pod.pod, container.name)?.ports ?? []
    if (declared.some((one) => one.containerPort === port && (one.protocol ?? 'TCP') === wanted) && (ports === undefined || answersHostname(fullImageName(container.image)))) return true
    return (ports ?? []).some((one) => {
      const [number, kind = 'tcp'] = String(one).split('/')
      return Number(number) === port && kind.toUpperCase() === wanted
    })
  }

  #run(key: string): void {
    const found = this.#find(key)
    if (!found?.process) return
    const { pod, container, process } = found
    const next = runProcess(process, this.#hostOf(key, pod, container, process))
    const { wakes, now } = this.#ports
    if (process.exitCode !== undefined) {
      wakes.cancel(key)
      return this.#processEnded(key, pod, container, process)
    }
    if (next === undefined) {
      wakes.cancel(key)
      return
    }
    const isWork = (key.includes('#') || container.runsToCompletion === true) && next - (container.startedAt ?? now()) <= LONGEST_WORK
    wakes.wakeAfter(key, Math.max(next - now(), 0), { class: isWork ? 'work' : 'watchdog' })
  }

  #processEnded(key: string, pod: RuntimePod, container: RuntimeContainer, process: ShellProcess): void {
    const exit = exitOf(process.exitCode ?? 0)
    if (process === container.process) return this.#end(pod, container, exit)
    container.execs?.delete(key.slice(key.indexOf('#') + 1))
    this.#tell(key, (listener) => listener.ended(exit))
    this.#listeners.delete(key)
  }

  #end(pod: RuntimePod, container: RuntimeContainer, exit: Exit): void {
    this.#ports.onEnd(keyOf(pod, container), exit, undefined)
  }

  #hostOf(key: string, pod: RuntimePod, container: RuntimeContainer, process: ShellProcess): ProcessHost {
    const view = this.#view(pod, container)
    const isMain = process === container.process
    const toLog = (fd: number, text: string): void => this.log(pod, container, fd === 2 ? 'stderr' : 'stdout', text)
    return {
      world: worldOf(view, {
        list: () => this.#list(container),
        kill: (pid, signal) => this.#kill(pod, container, pid, signal),
      }),
      emit: isMain ? toLog : (fd, text) => this.#tell(key, (listener) => listener.output(fd === 2 ? 'stderr' : 'stdout', text)),
      emitMain: toLog,
      runImage: (words) => {
        const answer = view.image.behavior?.exec?.(container.service?.state, words, this.#context(pod, container))
        if (answer) this.#effect(pod, container, answer)
        return answer
      },
    }
  }

  #list(container: RuntimeContainer): readonly ProcessEntry[] {
    const uid = 0
    const main: ProcessEntry[] = container.process ? [] : [{ pid: 1, uid, command: this.#ports.images.facts(container.image).cmd?.join(' ') ?? container.name }]
    const processes = [...(container.process ? [container.process] : []), ...(container.execs?.values() ?? [])]
    return [...main, ...processes.flatMap(({ threads }) => threads.map(({ pid, frames }) => ({ pid, uid, command: frames.find(({ kind }) => kind === 'process')?.title ?? 'sh' })))]
  }

  #kill(pod: RuntimePod, container: RuntimeContainer, pid: number, signal: number): boolean {
    if (pid === 1) {
      this.#signalFirst(pod, container, signal)
      return true
    }
    for (const process of [...(container.process ? [container.process] : []), ...(container.execs?.values() ?? [])]) {
      const at = process.threads.findIndex((thread) => thread.pid === pid)
      if (at < 0) continue
      if (signal === 0) return true
      if (at > 0) process.threads.splice(at, 1)
      else if (signal === SIGKILL || !trapSignal(process, signalName(signal))) process.exitCode = 128 + signal
      return true
    }
    return false
  }

  /** The first process of a container does not see signals that it has no handler for, not even SIGKILL from inside. */
  #signalFirst(pod: RuntimePod, container: RuntimeContainer, signal: number): void {
    if (signal === SIGKILL || signal === 0) return
    if (container.process) {
      if (trapSignal(container.process, signalName(signal))) this.#ports.wakes.wakeAfter(keyOf(pod, container), 0)
      return
    }
    const { behavior } = this.#ports.images.facts(container.image)
    if (behavior?.signal && container.service) this.#effect(pod, container, behavior.signal(container.service.state, signal, this.#context(pod, container)))
    else this.#end(pod, container, exitOf(signal === SIGTERM || signal === 3 ? 0 : 128 + signal))
  }

  /** Does what a handler asked for. */
  #effect(pod: RuntimePod, container: RuntimeContainer, effect: ImageEffect): void {
    if (!container.service) return
    if ('state' in effect) container.service.state = effect.state as PlainData
    for (const line of effect.log ?? []) this.log(pod, container, 'stdout', `${line}\n`)
    for (const line of effect.errorLog ?? []) this.log(pod, container, 'stderr', `${line}\n`)
    const limit = containerSpec(pod.pod, container.name)?.resources?.limits?.['memory']
    if (effect.memory !== undefined && limit !== undefined && effect.memory > quantityValue(limit)) return this.#end(pod, container, { code: 137, reason: 'OOMKilled' })
    if (effect.exit !== undefined) return this.#end(pod, container, { ...exitOf(effect.exit), ...(effect.exitReason === undefined ? {} : { reason: effect.exitReason }) })
    if (effect.tickAfter === undefined) return
    this.#ports.wakes.wakeAfter(keyOf(pod, container), effect.tickAfter, { class: container.runsToCompletion ? 'work' : 'watchdog' })
  }

  #terminationMessage(pod: RuntimePod, container: RuntimeContainer, exit: Exit): string | undefined {
    if (!container.files && !container.log) return undefined
    const { terminationMessagePath = '/dev/termination-log', terminationMessagePolicy } = containerSpec(pod.pod, container.name) ?? {}
    const message = (container.files ? this.readFile(pod, container, terminationMessagePath) : undefined) ?? ''
    if (message !== '') return message.slice(0, MOST_TERMINATION_MESSAGE)
    return terminationMessagePolicy === 'FallbackToLogsOnError' && exit.code !== 0 && container.log ? logTail(container.log) : undefined
  }

  #context(pod: RuntimePod, container: RuntimeContainer): ImageContext {
    const { now, node } = this.#ports
    const view = this.#view(pod, container)
    return {
      now: now(), startedAt: container.startedAt ?? now(), namespace: pod.namespace, pod: pod.name, container: container.name, node, podIP: pod.ip ?? '',
      get env() {
        return environmentOf(view)
      },
      get command() {
        return wordsOf(view)
      },
      readFile: (path) => this.readFile(pod, container, path),
    }
  }

  #view(sandbox: RuntimePod, container: RuntimeContainer): ContainerView {
    const { state, images, surroundings, now } = this.#ports
    return { state: state.value, sandbox, container, image: images.facts(container.image), surroundings: surroundings(), now: now() }
  }

  #find(key: string): { pod: RuntimePod; container: RuntimeContainer; process: ShellProcess | undefined } | undefined {
    const hash = key.indexOf('#')
    const base = hash < 0 ? key : key.slice(0, hash)
    const slash = base.lastIndexOf('/')
    const pod = this.#ports.state.value.pods.get(base.slice(0, slash))
    const container = latestContainer(pod, base.slice(slash + 1))
    if (!pod || container?.state !== 'running') return undefined
    return { pod, container, process: hash < 0 ? container.process : container.execs?.get(key.slice(hash + 1)) }
  }

  #tell(key: string, tell: (listener: ProcessListener) => void): void {
    for (const listener of [...(this.#listeners.get(key) ?? [])]) tell(listener)
  }
}

const NO_PROCESSES = { list: (): readonly ProcessEntry[] => [], kill: (): boolean => false }
const HTML = { 'content-type': 'text/html' }
const TEXT = { 'content-type': 'text/plain' }
const NOT_FOUND = '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n'

function keyOf(pod: RuntimePod, container: RuntimeContainer): string {
  return `${pod.uid}/${container.name}`
}

function wordsOf(view: ContainerView): readonly string[] {
  const plan = startPlan(containerSpec(view.sandbox.pod, view.container.name), { ...view.image, closed: false }, environmentOf(view))
  return plan.kind === 'error' ? [] : plan.words
}
