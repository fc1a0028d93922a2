import type { Served, ServedRequest } from '../programs/command.js'
import type { Content } from '../../lang/bytes/content.js'
import { textOfContent } from '../../lang/bytes/content.js'
import { Budget, type BudgetLimits, OverBudget, spend, within } from '../../lang/bounds/budget.js'
import { Commands, MOST_FRAMES, NO_VARIABLES } from './commands.js'
import { compile } from './compile.js'
import type { ExpandScope } from './expand.js'
import { expandText, expandWords, matches } from './expand.js'
import {
  commandOver,
  endOverdue,
  exitShell,
  finished,
  popContext,
  popFrame,
  pushFrame,
  shellName,
  shellOf,
} from './frames.js'
import { MOST_MEMORY, memoryOf } from './memory.js'
import { ProcessPace } from './pace.js'
import type { ProcessHost } from './shell-call.js'
import type { ScriptFrame, ShellProcess, Thread } from './state.js'
import { copyShell, exportedEnv } from './state.js'
import { ShellStreams } from './streams.js'
import type { Operation, CompiledScript } from './syntax.js'
import { SyntaxFault } from './syntax.js'

/** What one step may use. A process that would need more is ended, as by the limits of a real kernel. */
export const STEP_LIMITS: BudgetLimits = {
  work: 'a step of a process',
  steps: 1_200_000,
  bytes: 64 * 1024 * 1024,
}
/** Exit codes of a process that used up its memory (SIGKILL) or its time (SIGXCPU). */
const OUT_OF_MEMORY = 137
const OUT_OF_TIME = 152
/** Steps of an operation, besides those of the program that it runs. */
const COST_OF_OPERATION = 5

/**
 * Runs a process until it has ended or waits. Returns when it must run again (virtual ms); undefined: when
 * input arrives, or never. Everything is in the process' state, so a copy of the state continues in the same
 * way.
 */
export function runProcess(process: ShellProcess, host: ProcessHost): number | undefined {
  return new Interpreter(process, host).run()
}

/** Passes a request to the command that listens on a port. Run the process afterwards if `next` is set. */
export function serveProcess(
  process: ShellProcess,
  host: ProcessHost,
  port: string,
  request: ServedRequest,
): Served {
  return new Interpreter(process, host).serve(port, request)
}

/**
 * Delivers SIGTERM to a process without a trap. Returns whether its command handles the signal: it has ended,
 * or goes on for a while. Run the process afterwards.
 */
export function stopProcess(process: ShellProcess, host: ProcessHost): boolean {
  return new Interpreter(process, host).stop()
}

class Interpreter {
  readonly #process: ShellProcess
  readonly #host: ProcessHost
  readonly #streams: ShellStreams
  readonly #budget = new Budget(STEP_LIMITS)
  readonly #pace: ProcessPace
  readonly #commands: Commands

  constructor(process: ShellProcess, host: ProcessHost) {
    this.#process = process
    this.#host = host
    this.#streams = new ShellStreams(process, host)
    this.#pace = new ProcessPace(process, host)
    this.#commands = new Commands(process, host, this.#streams, this.#pace, runProcess)
  }

  run(): number | undefined {
    this.#bounded(() => this.#runThreads())
    return this.#process.exitCode === undefined
      ? this.#pace.next(this.#budget.steps, this.#streams.written)
      : undefined
  }

  get #isTired(): boolean {
    return this.#pace.isOver(this.#budget.steps, this.#streams.written)
  }

  #runThreads(): void {
    const { threads } = this.#process
    let moved = true
    while (moved && !this.#isTired && this.#process.exitCode === undefined) {
      moved = false
      for (const thread of [...threads]) if (threads.includes(thread) && this.#runThread(thread)) moved = true
    }
    if (this.#process.exitCode === undefined && memoryOf(this.#process) > MOST_MEMORY)
      this.#kill(OUT_OF_MEMORY)
  }

  /** Runs some work of the process, and ends it if that is more than one step may use. */
  #bounded<T>(work: () => T): T | undefined {
    try {
      return within(this.#budget, work)
    } catch (error) {
      if (error instanceof OverBudget) this.#kill(error.unit === 'bytes' ? OUT_OF_MEMORY : OUT_OF_TIME)
      // a text or a nesting for which the engine has no room
      else if (error instanceof RangeError) this.#kill(OUT_OF_MEMORY)
      else throw error
      return undefined
    }
  }

  #kill(exitCode: number): void {
    this.#host.emit(2, exitCode === OUT_OF_TIME ? 'CPU time limit exceeded\n' : 'Out of memory\n')
    this.#process.exitCode = exitCode
    this.#process.threads.splice(0)
  }

  serve(port: string, request: ServedRequest): Served {
    return this.#bounded(() => this.#serve(port, request)) ?? {}
  }

  #serve(port: string, request: ServedRequest): Served {
    for (const thread of this.#process.threads) {
      const frame = thread.frames.at(-1)
      if (frame?.paused?.listens?.includes(port) === true)
        return this.#commands.serve(thread, frame, frame.paused, request)
    }
    return {}
  }

  stop(): boolean {
    return this.#bounded(() => this.#stop()) ?? true
  }

  #stop(): boolean {
    const [thread] = this.#process.threads
    const frame = thread?.frames.at(-1)
    if (thread === undefined || frame?.paused === undefined) return false
    return this.#commands.stop(thread, frame, frame.paused)
  }

  /** Runs a thread. Returns whether it has made progress. */
  #runThread(thread: Thread): boolean {
    let moved = false
    while (!this.#isTired && this.#process.exitCode === undefined && this.#process.threads.includes(thread)) {
      this.#deliverSignal(thread)
      endOverdue(thread, this.#host.world.now)
      const frame = thread.frames.at(-1)
      if (frame === undefined) {
        this.#threadEnded(thread)
        return true
      }
      if (frame.paused ? !this.#resume(thread, frame) : !this.#advance(thread, frame)) return moved
      moved = true
    }
    return moved
  }

  #threadEnded(thread: Thread): void {
    const { threads } = this.#process
    const status = thread.shells[0]?.status ?? 0
    if (thread === threads[0]) this.#process.exitCode = status & 0xff
    threads.splice(threads.indexOf(thread), 1)
  }

  /** Runs a trap, which happens between two commands and interrupts `wait`. */
  #deliverSignal(thread: Thread): void {
    if (this.#process.signals.length === 0 || thread !== this.#process.threads[0]) return
    const frame = thread.frames.at(-1)
    if (frame?.paused && frame.paused.words[0] !== 'wait') return
    const name = this.#process.signals.shift() as string
    const trap = shellOf(thread).traps.get(name)
    if (frame?.paused) finished(thread, frame, 143)
    if (trap !== undefined && trap !== '' && thread.frames.length < MOST_FRAMES)
      pushFrame(thread, { text: trap, kind: 'call', title: trap })
  }

  #resume(thread: Thread, frame: ScriptFrame): boolean {
    const { paused } = frame
    if (!paused) return true
    const { now } = this.#host.world
    const due =
      (paused.until !== undefined && paused.until <= now) ||
      (paused.busy === true && this.#host.isUninterrupted === true)
    const input = paused.input === true && this.#streams.hasInput(thread)
    if (
      !due &&
      !input &&
      !(paused.input === true && this.#streams.ended(thread)) &&
      paused.words[0] !== 'wait'
    )
      return false
    return this.#commands.invoke(thread, frame, paused.words, paused.env, paused.memory)
  }

  /** Runs the next operation of the thread. Returns false if it waits. */
  #advance(thread: Thread, frame: ScriptFrame): boolean {
    this.#pace.noteOperation()
    spend(COST_OF_OPERATION)
    let program: CompiledScript
    try {
      program = compile(frame.text)
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      this.#streams.write(thread, 2, `${shellName(thread)}: ${error.message}\n`)
      shellOf(thread).status = 2
      popFrame(thread)
      return true
    }
    const operation = program[frame.at]
    if (operation === undefined) {
      popFrame(thread)
      return true
    }
    try {
      return this.#operate(thread, frame, operation)
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      this.#streams.write(thread, 2, `${shellName(thread)}: ${error.message}\n`)
      shellOf(thread).status = 2
      exitShell(thread, 2)
      return true
    }
  }

  #operate(thread: Thread, frame: ScriptFrame, operation: Operation): boolean {
    const shell = shellOf(thread)
    switch (operation.op) {
      case 'run':
        return this.#runSimple(thread, frame, operation)
      case 'jump':
        frame.at = operation.to
        return true
      case 'branch':
        frame.at = (shell.status === 0) === operation.success ? operation.to : frame.at + 1
        return true
      case 'not':
        shell.status = shell.status === 0 ? 1 : 0
        break
      case 'status':
        shell.status = operation.status
        break
      case 'loop': {
        const items = expandWords(operation.items ?? [], this.#scope(thread, frame, operation.captures ?? 0))
        frame.contexts.push({ kind: 'loop', exit: operation.exit, next: operation.next, items, at: 0 })
        shell.status = 0
        break
      }
      case 'next': {
        const item = nextItem(frame)
        frame.at = item === undefined ? operation.exit : frame.at + 1
        if (item !== undefined) shell.vars.set(operation.name, item)
        return true
      }
      case 'end':
      case 'endSubshell':
        popContext(thread, frame)
        break
      case 'redirect':
        this.#redirect(thread, frame, operation)
        break
      case 'capture':
      case 'pipe':
        frame.contexts.push({ kind: operation.op, content: '', saved: copyShell(shell), to: operation.to })
        break
      case 'subshell':
        frame.contexts.push({ kind: 'subshell', saved: copyShell(shell), to: operation.to })
        break
      case 'piped':
        nextStage(thread, frame, operation)
        break
      case 'endCapture': {
        const context = popContext(thread, frame)
        frame.captured.push(context?.kind === 'capture' ? capturedText(context.content) : '')
        break
      }
      case 'background':
      case 'function':
        if (operation.op === 'background') this.#background(thread, frame)
        else shell.functions.set(operation.name, { text: frame.text, at: frame.at + 1 })
        frame.at = operation.to
        shell.status = 0
        return true
      case 'return':
        popFrame(thread)
        return true
      case 'case':
        this.#branch(thread, frame, operation)
        return true
    }
    frame.at++
    return true
  }

  #redirect(
    thread: Thread,
    frame: ScriptFrame,
    { redirects, captures }: Extract<Operation, { op: 'redirect' }>,
  ): void {
    const scope = this.#scope(thread, frame, captures)
    const context = this.#streams.redirected(thread, redirects, scope, false)
    // the context is pushed even after a failure, since the operation that ends it pops one
    if (context === undefined) shellOf(thread).status = 1
    frame.contexts.push(context ?? { kind: 'redirect', out: new Map(), once: false })
  }

  #branch(thread: Thread, frame: ScriptFrame, operation: Extract<Operation, { op: 'case' }>): void {
    const scope = this.#scope(thread, frame, operation.captures)
    const text = expandText(operation.word, scope)
    const branch = operation.branches.find(({ patterns }) =>
      patterns.some((pattern) => matches(text, pattern, scope)),
    )
    shellOf(thread).status = 0
    frame.at = branch?.to ?? operation.to
  }

  #runSimple(
    thread: Thread,
    frame: ScriptFrame,
    { assigns, words, redirects, captures }: Extract<Operation, { op: 'run' }>,
  ): boolean {
    const shell = shellOf(thread)
    const scope = this.#scope(thread, frame, captures)
    const expanded = expandWords(words, scope)
    const values = assigns.map(([name, word]) => [name, expandText(word, scope)] as const)
    if (redirects.length > 0) {
      const context = this.#streams.redirected(
        thread,
        redirects,
        scope,
        expanded[0] !== 'exec' || expanded.length > 1,
      )
      if (!context) {
        frame.at++
        commandOver(thread, frame, 1)
        return true
      }
      frame.contexts.push(context)
    }
    if (expanded.length === 0) {
      for (const [name, value] of values) shell.vars.set(name, value)
      finished(thread, frame, captures > 0 ? shell.status : 0)
      return true
    }
    const [command = ''] = expanded
    if (shell.functions.has(command) || this.#commands.hasBuiltin(thread, command))
      return this.#commands.invoke(thread, frame, expanded, NO_VARIABLES, undefined)
    spend(shell.vars.size >> 2)
    const env = exportedEnv(shell)
    for (const [name, value] of values) env.set(name, value)
    return this.#commands.invoke(thread, frame, expanded, env, undefined)
  }

  #background(thread: Thread, frame: ScriptFrame): void {
    const { threads, nextPid } = this.#process
    if (threads.length >= MOST_FRAMES) throw new SyntaxFault("can't fork: Resource temporarily unavailable")
    this.#process.nextPid++
    const started: ScriptFrame = {
      text: frame.text,
      at: frame.at + 1,
      kind: 'call',
      contexts: [],
      captured: [],
      title: frame.title,
    }
    threads.push({ pid: nextPid, frames: [started], shells: [copyShell(shellOf(thread))] })
    shellOf(thread).vars.set('!', String(nextPid))
  }

  #scope(thread: Thread, frame: ScriptFrame, captures: number): ExpandScope {
    const captured = captures === 0 ? [] : frame.captured.splice(frame.captured.length - captures)
    return { shell: shellOf(thread), pid: this.#process.pid, files: this.#host.world.files, captured }
  }
}

/** The text of a substitution: without line ends at its end, and without NUL. */
const capturedText = (content: Content): string =>
  textOfContent(content)
    .replaceAll('\0', '')
    .replace(/(?<!\n)\n+$/, '')

/** Begins the next stage of a pipe with the output of the last one as its input. */
function nextStage(
  thread: Thread,
  frame: ScriptFrame,
  { again, to }: Extract<Operation, { op: 'piped' }>,
): void {
  const stage = popContext(thread, frame)
  if (again) popContext(thread, frame)
  const content = stage?.kind === 'pipe' ? stage.content : ''
  frame.contexts.push({ kind: 'input', content, saved: copyShell(shellOf(thread)), to })
}

/** Takes the next item of the innermost loop; undefined at its end. */
function nextItem({ contexts }: ScriptFrame): string | undefined {
  const loop = contexts.at(-1)
  return loop?.kind === 'loop' && loop.at < loop.items.length ? loop.items[loop.at++] : undefined
}
