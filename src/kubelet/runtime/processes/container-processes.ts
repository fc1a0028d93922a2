import type { Content } from '../../../lang/bytes/content.js'
import { joinContent, sliceContent, textOfContent } from '../../../lang/bytes/content.js'
import type { ImageExec } from '../../images/image.js'
import type {
  Connected,
  NetworkRequest,
  ProcessEntry,
  ServedRequest,
} from '../../../shell/programs/command.js'
import { signalName } from '../../../shell/interpreter/builtins.js'
import type { ProcessHost } from '../../../shell/interpreter/shell-call.js'
import { runProcess, serveProcess, stopProcess } from '../../../shell/interpreter/interpreter.js'
import { newProcess, trapSignal, usageOf } from '../../../shell/interpreter/process.js'
import type { ShellProcess } from '../../../shell/interpreter/state.js'
import { ContainerListening } from './container-listening.js'
import type { Transport } from './container-listening.js'
import { logTail } from '../container-log.js'
import type { ProcessDependencies } from './container-scope.js'
import { ContainerScope, keyOf } from './container-scope.js'
import { containerSpec, environmentOf, workingDirectory } from './container-view.js'
import { ContainerWorld, makeSubPaths } from './container-world.js'
import type { Exit } from '../containers.js'
import { POWER_LOSS, exitOf } from '../containers.js'
import type { ProcessListener } from './process-listeners.js'
import { assumedUnlessAlone, isSelfContained } from './self-contained.js'
import type { StartPlan } from './start-plan.js'
import { hasProgram, isListed, notFound, startPlan } from './start-plan.js'
import { processEntries, sharedProcess } from './process-table.js'
import type { RuntimeContainer, RuntimePod, RuntimeTask } from '../state.js'

/** Virtual ms for which `settle()` waits for a process; one that runs longer counts as a server. */
const LONGEST_WORK = 600_000
/** Commands of the kubelet for which `settle()` waits. It waits for probes by timers of their own. */
const AWAITED_TASKS: ReadonlySet<string> = new Set(['postStart', 'preStop'])
const SIGQUIT = 3
/** SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH. */
const RELOADS: ReadonlySet<number> = new Set([1, 10, 12, 28])
const SIGKILL = 9
const SIGTERM = 15
const MOST_TERMINATION_MESSAGE = 4096
/** Most bytes of a probe's or a hook's output that are kept. Source: pkg/probe/exec maxReadLength. */
const MOST_TASK_OUTPUT = 10 * 1024
const EXEC_FAILED = 'OCI runtime exec failed: exec failed: unable to start container process: '

/**
 * The processes in the containers of one machine: services of images, and processes of the built-in shell.
 * Their entire state is in the machine's state.
 */
export class ContainerProcesses {
  readonly #scope: ContainerScope
  readonly #listening: ContainerListening
  readonly #dependencies: ProcessDependencies
  /** The kubelet's command that is being started; its caller itself notices if it ends at once. */
  #beginning: RuntimeTask | undefined

  constructor(dependencies: ProcessDependencies) {
    this.#scope = new ContainerScope(dependencies)
    this.#listening = new ContainerListening(this.#scope, (key, port, request) =>
      this.#serve(key, port, request),
    )
    this.#dependencies = dependencies
  }

  /** What a container runs, by its spec and its image. */
  plan(pod: RuntimePod, container: RuntimeContainer): StartPlan {
    const view = this.#scope.view(pod, container)
    const spec = containerSpec(pod.pod, container.name)
    // most containers have neither a command nor variables, and then the environment is not needed
    const needsEnv = spec?.command || spec?.args || container.env
    const env = needsEnv ? environmentOf(view) : {}
    const plan = startPlan(spec, view.image, env, (path) => this.#scope.hasFile(pod, container, path))
    return this.#dependencies.onCommand === 'run' ? plan : assumedUnlessAlone(plan, spec)
  }

  /** Starts the plan in a running container. */
  start(pod: RuntimePod, container: RuntimeContainer, plan: StartPlan): void {
    const key = keyOf(pod, container)
    const view = this.#scope.view(pod, container)
    makeSubPaths(view)
    if (plan.kind === 'process') {
      const stdin = containerSpec(pod.pod, container.name)?.stdin === true
      container.process = newProcess({
        pid: 1,
        words: plan.words,
        env: environmentOf(view),
        cwd: workingDirectory(view),
        stdin,
      })
      this.#run(key)
      return
    }
    if (plan.kind === 'assumed') {
      container.assumed = true
      return
    }
    const { behavior } = this.#dependencies.images.facts(container.image)
    if (!behavior) return
    container.service = { state: undefined }
    if (behavior.start)
      this.#scope.effect(pod, container, behavior.start(this.#scope.context(pod, container)))
  }

  /**
   * The lines that the image of a container logged at its start, before everything in its log; none if it
   * runs something else.
   */
  startLines(pod: RuntimePod, container: RuntimeContainer): readonly string[] {
    if (this.#dependencies.images.facts(container.image).logs === undefined) return []
    if ((container.log?.dropped ?? 0) > 0 || this.plan(pod, container).kind !== 'service') return []
    return this.#scope.startLines(pod, container)
  }

  /** Handles the wake topic. */
  woken(key: string): void {
    const found = this.#scope.find(key)
    if (!found) return
    const { pod, container } = found
    if (key.includes('#') || container.process) return this.#run(key)
    const { behavior } = this.#dependencies.images.facts(container.image)
    if (container.service && behavior?.tick)
      this.#scope.effect(
        pod,
        container,
        behavior.tick(container.service.state, this.#scope.context(pod, container)),
      )
  }

  /**
   * Sends the stop signal to the first process of a container. `default`: the process has no handler;
   * `handled`: it has handled the signal (and may have exited). Without a handler the first process of a pid
   * namespace does not see the signal.
   */
  terminate(pod: RuntimePod, container: RuntimeContainer, signal: number = SIGTERM): 'default' | 'handled' {
    const { process, service } = container
    if (process) {
      const isFirst = pod.pod?.spec.shareProcessNamespace !== true && pod.pod?.spec.hostPID !== true
      const key = keyOf(pod, container)
      const isHandled =
        trapSignal(process, signalName(signal)) ||
        (signal === SIGTERM && stopProcess(process, this.#hostOf(key, pod, container, process)))
      if (!isHandled) return isFirst ? 'handled' : 'default'
      this.#run(key)
      return 'handled'
    }
    const { behavior } = this.#dependencies.images.facts(container.image)
    if (!service || !behavior?.signal) return 'default'
    this.#scope.effect(
      pod,
      container,
      behavior.signal(service.state, signal, this.#scope.context(pod, container)),
    )
    return 'handled'
  }

  /** Ends all processes of an ended container. Returns its termination message, if it has one. */
  stopped(pod: RuntimePod, container: RuntimeContainer, exit: Exit): string | undefined {
    const message = this.#terminationMessage(pod, container, exit)
    const key = keyOf(pod, container)
    const { listeners } = this.#scope
    this.cancel(pod, container)
    for (const number of container.execs?.keys() ?? [])
      listeners.tell(`${key}#${number}`, (listener) => listener.ended({ code: 137, reason: 'Error' }))
    const cut = [...(container.tasks ?? [])].filter(([, task]) => task.end === undefined)
    delete container.process
    delete container.service
    delete container.execs
    delete container.files
    delete container.mounts
    delete container.usage
    for (const [name, task] of cut) this.#taskEnded(key, name, task, { exitCode: 137 })
    listeners.tell(key, (listener) => listener.ended(exit))
    return message
  }

  /** Cancels the timers of a container. */
  cancel(pod: RuntimePod, container: RuntimeContainer): void {
    const key = keyOf(pod, container)
    this.#dependencies.wakes.cancel(key)
    for (const number of container.execs?.keys() ?? []) this.#dependencies.wakes.cancel(`${key}#${number}`)
  }

  /** Tells listeners that the machine has lost power. */
  powerLost(): void {
    this.#scope.listeners.tellAll((listener) => listener.ended(POWER_LOSS))
  }

  /** Appends to the log of a container, and tells its followers. */
  log(pod: RuntimePod, container: RuntimeContainer, stream: 'stdout' | 'stderr', content: Content): void {
    this.#scope.log(pod, container, stream, content)
  }

  /**
   * Listens to a process (see {@link ProcessDependencies.wakes} for its key). Call the returned function to
   * stop.
   */
  listen(key: string, listener: ProcessListener): () => void {
    return this.#scope.listeners.add(key, listener)
  }

  /**
   * Runs a command in a container. Returns the key of its process, the result of a command that the image
   * itself handled, or why it cannot be started.
   */
  exec(
    pod: RuntimePod,
    container: RuntimeContainer,
    words: readonly string[],
    listener: ProcessListener,
    stdin: boolean,
  ): { readonly key: string } | { readonly error: string } | undefined {
    const own = this.#imageExec(pod, container, words)
    if (own) {
      if (own.stdout) listener.output('stdout', own.stdout)
      if (own.stderr) listener.output('stderr', own.stderr)
      listener.ended(exitOf(own.exitCode))
      this.#scope.effect(pod, container, own)
      return undefined
    }
    const error = this.#missing(pod, container, words)
    if (error !== undefined) return { error }
    const key = this.#newExec(pod, container, words, stdin)
    this.listen(key, listener)
    this.#run(key)
    return { key }
  }

  /**
   * Runs a command of the kubelet in a container. Its end is kept as data, and passed to {@link
   * ProcessPorts.onTask} unless it ends at once. A program that an open image lacks, or that an image lists
   * and the built-in shell lacks, is assumed to succeed without output.
   */
  runTask(pod: RuntimePod, container: RuntimeContainer, name: string, words: readonly string[]): RuntimeTask {
    this.stopTask(pod, container, name)
    const task: RuntimeTask = { output: '', errors: '' }
    ;(container.tasks ??= new Map()).set(name, task)
    if (this.#dependencies.onCommand !== 'run' && !isSelfContained(words)) {
      task.assumed = true
      task.end = { exitCode: 0 }
      return task
    }
    const own = this.#imageExec(pod, container, words)
    if (own) {
      this.#taskOutput(task, 1, own.stdout ?? '')
      this.#taskOutput(task, 2, own.stderr ?? '')
      task.end = { exitCode: own.exitCode }
      this.#scope.effect(pod, container, own)
      return task
    }
    const error = this.#missing(pod, container, words)
    if (error !== undefined) {
      const image = this.#dependencies.images.facts(container.image)
      const [first] = words
      const isOpen = image.closed !== true && image.distroless !== true
      task.assumed = first !== undefined && (isOpen || isListed(image, first))
      task.end = task.assumed ? { exitCode: 0 } : { error }
      return task
    }
    const key = this.#newExec(pod, container, words, false)
    task.number = key.slice(key.indexOf('#') + 1)
    // a probe that never ends in time must not get all of a new command's steps again and again
    const busy = container.busy?.get(name)
    const process = container.execs?.get(task.number)
    if (process !== undefined && busy !== undefined) process.busy = busy
    this.#beginning = task
    this.#run(key)
    this.#beginning = undefined
    return task
  }

  /** Ends a command of the kubelet silently, and forgets its output. */
  stopTask(pod: RuntimePod, container: RuntimeContainer, name: string): void {
    const task = container.tasks?.get(name)
    if (task?.number !== undefined) {
      const busy = container.execs?.get(task.number)?.busy
      if (busy !== undefined) (container.busy ??= new Map()).set(name, busy)
      this.#dependencies.wakes.cancel(`${keyOf(pod, container)}#${task.number}`)
      container.execs?.delete(task.number)
    }
    container.tasks?.delete(name)
  }

  /** Continues a process that a listener has held. */
  resume(key: string): void {
    this.#run(key)
  }

  /** Passes input to a process. */
  input(key: string, content: Content, end: boolean): void {
    const process = this.#scope.find(key)?.process
    if (!process || process.stdin.closed) return
    process.stdin.content = joinContent(process.stdin.content, content)
    if (end) process.stdin.closed = true
    this.#run(key)
  }

  /** Delivers a request to a port of a pod. */
  request(pod: RuntimePod, port: number, request: NetworkRequest): Connected {
    return this.#listening.request(pod, port, request)
  }

  /** Whether anything in a pod listens on a port. */
  accepts(pod: RuntimePod, port: number, transport: Transport = 'tcp'): boolean {
    return this.#listening.accepts(pod, port, transport)
  }

  /** Whether the program behind a port is told of raw connections, and may speak first. */
  talks(pod: RuntimePod, port: number): boolean {
    return this.#listening.talks(pod, port)
  }

  /** See {@link ContainerListening.isConstant}. */
  hasConstantResponse(pod: RuntimePod, port: number): boolean {
    return this.#listening.isConstant(pod, port)
  }

  /** Reads a file of a container; undefined if there is no readable one. */
  readFile(pod: RuntimePod, container: RuntimeContainer, path: string): string | undefined {
    return this.#scope.readFile(pod, container, path)
  }

  /** Sets the usage of a container from now on; undefined restores its image's. Too much memory ends it. */
  setUsage(pod: RuntimePod, container: RuntimeContainer, usage: RuntimeContainer['usage']): void {
    if (usage === undefined) delete container.usage
    else this.#scope.use(pod, container, usage)
  }

  /** Ends a container that uses more memory than its limit. Returns whether it did. */
  checkMemory(pod: RuntimePod, container: RuntimeContainer): boolean {
    return this.#scope.checkMemory(pod, container)
  }

  #imageExec(pod: RuntimePod, container: RuntimeContainer, words: readonly string[]): ImageExec | undefined {
    const { behavior } = this.#dependencies.images.facts(container.image)
    return behavior?.exec?.(container.service?.state, words, this.#scope.context(pod, container))
  }

  /** Returns why a command cannot be started; undefined if it can. */
  #missing(
    pod: RuntimePod,
    container: RuntimeContainer,
    [first = '']: readonly string[],
  ): string | undefined {
    const image = this.#dependencies.images.facts(container.image)
    if (hasProgram(image, first) || (first.includes('/') && this.#scope.hasFile(pod, container, first)))
      return undefined
    return notFound(first, EXEC_FAILED)
  }

  #newExec(pod: RuntimePod, container: RuntimeContainer, words: readonly string[], stdin: boolean): string {
    const view = this.#scope.view(pod, container)
    const number = this.#dependencies.state.value.nextExec++
    const process = newProcess({
      pid: 6 + number * 10,
      words,
      env: environmentOf(view),
      cwd: workingDirectory(view),
      stdin,
    })
    process.startedAt = this.#dependencies.now()
    ;(container.execs ??= new Map()).set(String(number), process)
    return `${keyOf(pod, container)}#${number}`
  }

  #run(key: string): void {
    const found = this.#scope.find(key)
    if (!found?.process) return
    const { pod, container, process } = found
    if (process.exitCode === undefined && this.#scope.listeners.hold(key))
      return void this.#dependencies.wakes.cancel(key)
    const next =
      process.exitCode === undefined
        ? runProcess(process, this.#hostOf(key, pod, container, process))
        : undefined
    const { wakes, now } = this.#dependencies
    if (process.exitCode !== undefined) {
      wakes.cancel(key)
      return this.#processEnded(key, pod, container, process)
    }
    if (usageOf(process) !== undefined) {
      this.#dependencies.state.value.measured = true
      if (this.#scope.checkMemory(pod, container)) return
    }
    if (next === undefined) {
      wakes.cancel(key)
      return
    }
    const task = key.includes('#') ? taskOf(container, key.slice(key.indexOf('#') + 1))?.[0] : undefined
    const isAwaited =
      task === undefined ? key.includes('#') || container.runsToCompletion === true : AWAITED_TASKS.has(task)
    const isWork = isAwaited && next - (process.startedAt ?? container.startedAt ?? now()) <= LONGEST_WORK
    wakes.wakeAfter(key, Math.max(next - now(), 0), { class: isWork ? 'work' : 'watchdog' })
  }

  /** Passes a request to a process that listens on a port (`80`, `53/udp`). */
  #serve(key: string, port: string, request: ServedRequest): Connected {
    const found = this.#scope.find(key)
    if (!found?.process) return { kind: 'refused' }
    const { pod, container, process } = found
    const { response, next } = serveProcess(
      process,
      this.#hostOf(key, pod, container, process),
      port,
      request,
    )
    if (next !== undefined) this.#run(key)
    return response === undefined ? { kind: 'reset' } : { kind: 'responded', response }
  }

  #processEnded(key: string, pod: RuntimePod, container: RuntimeContainer, process: ShellProcess): void {
    const exit = exitOf(process.exitCode ?? 0)
    if (process === container.process) return this.#scope.end(pod, container, exit)
    const number = key.slice(key.indexOf('#') + 1)
    container.execs?.delete(number)
    const task = taskOf(container, number)
    if (task) {
      container.busy?.delete(task[0])
      return this.#taskEnded(keyOf(pod, container), task[0], task[1], { exitCode: exit.code })
    }
    this.#scope.listeners.tell(key, (listener) => listener.ended(exit))
    this.#scope.listeners.drop(key)
  }

  #taskEnded(key: string, name: string, task: RuntimeTask, end: NonNullable<RuntimeTask['end']>): void {
    delete task.number
    task.end = end
    if (task !== this.#beginning) this.#dependencies.onTask(key, name)
  }

  #taskOutput(task: RuntimeTask, fd: number, content: Content): void {
    const text = textOfContent(sliceContent(content, 0, MOST_TASK_OUTPUT))
    task.output = (task.output + text).slice(0, MOST_TASK_OUTPUT)
    if (fd === 2) task.errors = (task.errors + text).slice(0, MOST_TASK_OUTPUT)
  }

  #hostOf(key: string, pod: RuntimePod, container: RuntimeContainer, process: ShellProcess): ProcessHost {
    const view = this.#scope.view(pod, container)
    const isMain = process === container.process
    const task = isMain ? undefined : taskOf(container, key.slice(key.indexOf('#') + 1))?.[1]
    const toLog = (fd: number, content: Content): void =>
      this.log(pod, container, fd === 2 ? 'stderr' : 'stdout', content)
    const toListeners = (fd: number, content: Content): void =>
      this.#scope.listeners.tell(key, (listener) => listener.output(fd === 2 ? 'stderr' : 'stdout', content))
    return {
      world: new ContainerWorld(view, {
        list: (): readonly ProcessEntry[] =>
          processEntries(pod, container, this.#dependencies.images, this.#dependencies.state.value),
        listening: () => this.#listening.portsOf(pod),
        kill: (pid, signal) => this.#kill(pod, container, pid, signal),
      }),
      emit: isMain ? toLog : task ? (fd, content) => this.#taskOutput(task, fd, content) : toListeners,
      emitMain: toLog,
      runImage: (words) => {
        const answer = this.#imageExec(pod, container, words)
        if (answer) this.#scope.effect(pod, container, answer)
        return answer
      },
    }
  }

  #kill(pod: RuntimePod, container: RuntimeContainer, pid: number, signal: number): boolean {
    const shared = sharedProcess(pod, pid)
    if (shared) {
      this.#signalShared(pod, shared, signal)
      return true
    }
    if (pid === 1) {
      if (pod.pod?.spec.shareProcessNamespace === true) return true
      this.#signalFirst(pod, container, signal)
      return true
    }
    for (const process of [
      ...(container.process ? [container.process] : []),
      ...(container.execs?.values() ?? []),
    ]) {
      const at = process.threads.findIndex((thread) => thread.pid === pid)
      if (at < 0) continue
      if (signal === 0) return true
      if (at > 0) process.threads.splice(at, 1)
      else if (signal === SIGKILL || !trapSignal(process, signalName(signal))) process.exitCode = 128 + signal
      return true
    }
    return false
  }

  /**
   * Signals a container in a shared pid namespace, where an unhandled signal ends the process. Servers reload
   * on SIGHUP and similar signals instead.
   */
  #signalShared(pod: RuntimePod, container: RuntimeContainer, signal: number): void {
    if (signal === 0) return
    if (signal === SIGKILL) return this.#scope.end(pod, container, exitOf(128 + signal))
    if (container.process) {
      if (trapSignal(container.process, signalName(signal)))
        this.#dependencies.wakes.wakeAfter(keyOf(pod, container), 0)
      else this.#scope.end(pod, container, exitOf(128 + signal))
      return
    }
    this.#signalFirst(pod, container, signal)
  }

  /**
   * Signals the first process of a container, which does not see unhandled signals from inside, not even
   * SIGKILL.
   */
  #signalFirst(pod: RuntimePod, container: RuntimeContainer, signal: number): void {
    if (signal === SIGKILL || signal === 0) return
    if (container.process) {
      if (trapSignal(container.process, signalName(signal)))
        this.#dependencies.wakes.wakeAfter(keyOf(pod, container), 0)
      return
    }
    const { behavior } = this.#dependencies.images.facts(container.image)
    if (behavior?.signal && container.service)
      this.#scope.effect(
        pod,
        container,
        behavior.signal(container.service.state, signal, this.#scope.context(pod, container)),
      )
    else if (!RELOADS.has(signal))
      this.#scope.end(pod, container, exitOf(signal === SIGTERM || signal === SIGQUIT ? 0 : 128 + signal))
  }

  #terminationMessage(pod: RuntimePod, container: RuntimeContainer, exit: Exit): string | undefined {
    const { terminationMessagePath = '/dev/termination-log', terminationMessagePolicy } =
      containerSpec(pod.pod, container.name) ?? {}
    const message =
      (container.files ? this.readFile(pod, container, terminationMessagePath) : undefined) ?? ''
    if (message !== '') return message.slice(0, MOST_TERMINATION_MESSAGE)
    if (terminationMessagePolicy !== 'FallbackToLogsOnError' || exit.code === 0) return undefined
    const written = (container.log?.lines ?? []).map(({ text }) => text)
    const tail = logTail([...this.startLines(pod, container).map((line) => `${line}\n`), ...written])
    return tail === '' ? undefined : tail
  }
}

function taskOf(container: RuntimeContainer, number: string): readonly [string, RuntimeTask] | undefined {
  for (const entry of container.tasks ?? []) if (entry[1].number === number) return entry
  return undefined
}
