import type { Input, Invocation, Pause, World } from '../commands/command.js'
import { programOf } from '../commands/index.js'
import { FileFault } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { BuiltinCall } from './builtins.js'
import { builtinOf } from './builtins.js'
import { compile } from './compile.js'
import type { ExpandScope } from './expand.js'
import { expandText, expandWords, matches } from './expand.js'
import type { Context, Frame, ProcessStart, ShellProcess, ShellState, Target, Thread } from './state.js'
import { copyShell, exportedEnv, newShell } from './state.js'
import type { Operation, Program, Redirect } from './syntax.js'
import { SyntaxFault, quoteWord } from './syntax.js'

/** What a process needs around it. */
export interface ProcessHost {
  readonly world: World
  /** Output of the process: 1 or 2. */
  emit(fd: number, text: string): void
  /** Output of the container's first process (`> /proc/1/fd/1`). */
  emitMain(fd: number, text: string): void
  /** A program of the image itself. Undefined: the image has none of that name. */
  runImage(words: readonly string[]): { readonly stdout?: string; readonly stderr?: string; readonly exitCode: number } | undefined
}

/** So many operations run in one go; a loop without an end goes on a little later. */
const BUDGET = 20_000
/** Virtual ms after which a process that has used up its budget goes on; it doubles each time, so that a loop without an end costs little. */
const SLICE = 10
const LONGEST_SLICE = 60_000
/** Deepest nesting of scripts and functions. */
const MOST_FRAMES = 100
/** Largest text that a pipe or a substitution holds. */
const LARGEST_CAPTURE = 4 * 1024 * 1024

/** Names under which the little shell runs, where the image has them. */
export const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash'])

/** A process that has not done anything yet. */
export function newProcess({ pid, words, env, cwd, stdin }: ProcessStart): ShellProcess {
  const text = words.map(quoteWord).join(' ')
  const frame: Frame = { text, at: 0, kind: 'process', contexts: [], captured: [], title: words.join(' '), outer: true }
  const shell = newShell(new Map(Object.entries(env)), cwd, ['sh'])
  return { pid, nextPid: pid + 6, threads: [{ pid, frames: [frame], shells: [shell] }], stdin: { text: '', closed: !stdin }, signals: [] }
}

/**
 * Runs a process until it has ended or waits. Answers when it has to be looked at again (virtual ms); undefined: when input comes, or
 * never. All that it knows is in the process' state, so that a copy of the state goes on in the same way.
 */
export function runProcess(process: ShellProcess, host: ProcessHost): number | undefined {
  return new Interpreter(process, host).run()
}

/** Delivers a signal that can be trapped. Answers whether the process has a trap for it (an empty trap ignores it). */
export function trapSignal(process: ShellProcess, name: string): boolean {
  const trap = process.threads[0]?.shells.at(-1)?.traps.get(name)
  if (trap === undefined) return false
  if (trap !== '') process.signals.push(name)
  return true
}

class Interpreter {
  readonly #process: ShellProcess
  readonly #host: ProcessHost
  #left = BUDGET

  constructor(process: ShellProcess, host: ProcessHost) {
    this.#process = process
    this.#host = host
  }

  run(): number | undefined {
    const { threads } = this.#process
    let moved = true
    while (moved && this.#left > 0 && this.#process.exitCode === undefined) {
      moved = false
      for (const thread of [...threads]) if (threads.includes(thread) && this.#runThread(thread)) moved = true
    }
    if (this.#process.exitCode !== undefined) return undefined
    if (this.#left <= 0) {
      this.#process.busy = (this.#process.busy ?? 0) + 1
      return this.#host.world.now + Math.min(SLICE * 2 ** this.#process.busy, LONGEST_SLICE)
    }
    delete this.#process.busy
    const times = threads.map(({ frames }) => frames.at(-1)?.paused?.until ?? Infinity)
    const next = Math.min(...times)
    return next === Infinity ? undefined : next
  }

  /** Answers whether the thread has got on. */
  #runThread(thread: Thread): boolean {
    let moved = false
    while (this.#left > 0 && this.#process.exitCode === undefined && this.#process.threads.includes(thread)) {
      this.#deliverSignal(thread)
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

  /** A trap runs between two commands; `wait` is interrupted by it. */
  #deliverSignal(thread: Thread): void {
    if (this.#process.signals.length === 0 || thread !== this.#process.threads[0]) return
    const frame = thread.frames.at(-1)
    if (frame?.paused && frame.paused.words[0] !== 'wait') return
    const name = this.#process.signals.shift() as string
    const trap = shellOf(thread).traps.get(name)
    if (frame?.paused) this.#finished(thread, frame, 143)
    if (trap !== undefined && trap !== '') this.#push(thread, { text: trap, kind: 'call', title: trap })
  }

  #resume(thread: Thread, frame: Frame): boolean {
    const { paused } = frame
    if (!paused) return true
    const { now } = this.#host.world
    const due = paused.until !== undefined && paused.until <= now
    const input = paused.input === true && this.#inputOf(thread, (text) => text !== '', () => false)
    if (!due && !input && !(paused.input === true && this.#ended(thread)) && paused.words[0] !== 'wait') return false
    return this.#invoke(thread, frame, paused.words, paused.env, paused.memory)
  }

  /** Runs the next operation of the thread. Answers false when it waits. */
  #advance(thread: Thread, frame: Frame): boolean {
    this.#left--
    let program: Program
    try {
      program = compile(frame.text)
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      this.#write(thread, 2, `sh: ${error.message}\n`)
      shellOf(thread).status = 2
      this.#pop(thread)
      return true
    }
    const operation = program[frame.at]
    if (operation === undefined) {
      this.#pop(thread)
      return true
    }
    try {
      return this.#operate(thread, frame, operation)
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      this.#write(thread, 2, `sh: ${error.message}\n`)
      shellOf(thread).status = 2
      this.#exit(thread, 2)
      return true
    }
  }

  #operate(thread: Thread, frame: Frame, operation: Operation): boolean {
    const shell = shellOf(thread)
    switch (operation.op) {
      case 'run': return this.#runSimple(thread, frame, operation)
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
        const loop = frame.contexts.at(-1)
        if (loop?.kind !== 'loop' || loop.at >= loop.items.length) {
          frame.at = operation.exit
          return true
        }
        shell.vars.set(operation.name, loop.items[loop.at++] as string)
        break
      }
      case 'end': case 'endSubshell':
        this.#popContext(thread, frame)
        break
      case 'redirect': {
        const context = this.#redirected(thread, operation.redirects, this.#scope(thread, frame, operation.captures), false)
        if (context) frame.contexts.push(context)
        else {
          shell.status = 1
          frame.contexts.push({ kind: 'redirect', out: new Map(), once: false })
        }
        break
      }
      case 'capture': case 'pipe':
        frame.contexts.push({ kind: operation.op, text: '', saved: copyShell(shell), to: operation.to })
        break
      case 'subshell':
        frame.contexts.push({ kind: 'subshell', saved: copyShell(shell), to: operation.to })
        break
      case 'piped': {
        const stage = this.#popContext(thread, frame)
        if (operation.again) this.#popContext(thread, frame)
        frame.contexts.push({ kind: 'input', text: stage?.kind === 'pipe' ? stage.text : '', saved: copyShell(shellOf(thread)), to: operation.to })
        break
      }
      case 'endCapture': {
        const context = this.#popContext(thread, frame)
        frame.captured.push(context?.kind === 'capture' ? context.text.replace(/\n+$/, '') : '')
        break
      }
      case 'background':
        this.#background(thread, frame)
        frame.at = operation.to
        shell.status = 0
        return true
      case 'function':
        shell.functions.set(operation.name, { text: frame.text, at: frame.at + 1 })
        frame.at = operation.to
        shell.status = 0
        return true
      case 'return':
        this.#pop(thread)
        return true
      case 'case': {
        const scope = this.#scope(thread, frame, operation.captures)
        const text = expandText(operation.word, scope)
        const branch = operation.branches.find(({ patterns }) => patterns.some((pattern) => matches(text, pattern, scope)))
        shell.status = 0
        frame.at = branch?.to ?? operation.to
        return true
      }
    }
    frame.at++
    return true
  }

  #runSimple(thread: Thread, frame: Frame, { assigns, words, redirects, captures }: Extract<Operation, { op: 'run' }>): boolean {
    const shell = shellOf(thread)
    const scope = this.#scope(thread, frame, captures)
    const expanded = expandWords(words, scope)
    const values = assigns.map(([name, word]) => [name, expandText(word, scope)] as const)
    if (redirects.length > 0) {
      const context = this.#redirected(thread, redirects, scope, expanded[0] !== 'exec' || expanded.length > 1)
      if (!context) {
        frame.at++
        this.#commandOver(thread, frame, 1)
        return true
      }
      frame.contexts.push(context)
    }
    if (expanded.length === 0) {
      for (const [name, value] of values) shell.vars.set(name, value)
      this.#finished(thread, frame, captures > 0 ? shell.status : 0)
      return true
    }
    const env = exportedEnv(shell)
    for (const [name, value] of values) env.set(name, value)
    return this.#invoke(thread, frame, expanded, env, undefined)
  }

  /** Runs a command that is named by words, or goes on with it. Answers false when it waits. */
  #invoke(thread: Thread, frame: Frame, words: readonly string[], env: ReadonlyMap<string, string>, memory: Invocation['memory']): boolean {
    const [name = '', ...args] = words
    const shell = shellOf(thread)
    const known = shell.functions.get(name)
    if (known) return this.#call(thread, frame, known, words)
    const builtin = builtinOf(name)
    if (builtin && thread.frames.length > 0 && !this.#isOuter(thread)) {
      const outcome = builtin(this.#builtinCall(thread, frame, words, env, memory))
      return outcome === undefined ? true : this.#settle(thread, frame, words, env, outcome)
    }
    const base = baseOf(name)
    if (base === undefined || !this.#host.world.has(base)) return this.#runOther(thread, frame, words, env)
    if (SHELLS.has(base)) return this.#shell(thread, frame, words, env)
    const program = programOf(base)
    if (program === undefined) return this.#runOther(thread, frame, words, env)
    return this.#settle(thread, frame, words, env, program.run(this.#invocation(thread, { name: base, args, env, memory })))
  }

  /** The frame that holds nothing but the words that the container was started with: no shell reads them. */
  #isOuter({ frames }: Thread): boolean {
    return frames.length === 1 && frames[0]?.outer === true
  }

  #invocation(thread: Thread, { name, args, env, memory }: Pick<Invocation, 'name' | 'args' | 'memory'> & { env: ReadonlyMap<string, string> }): Invocation {
    return {
      name, args, memory, env: Object.fromEntries(env), cwd: shellOf(thread).cwd, world: this.#host.world, input: this.#input(thread),
      write: (text) => this.#write(thread, 1, text),
      error: (text) => this.#write(thread, 2, text),
    }
  }

  #settle(thread: Thread, frame: Frame, words: readonly string[], env: ReadonlyMap<string, string>, outcome: number | Pause): boolean {
    if (typeof outcome === 'number') {
      this.#finished(thread, frame, outcome)
      return true
    }
    frame.paused = { words, env, ...outcome }
    return false
  }

  /** A program of the image, a script, or nothing of that name. */
  #runOther(thread: Thread, frame: Frame, words: readonly string[], env: ReadonlyMap<string, string>): boolean {
    const [name = ''] = words
    const { files } = this.#host.world
    const path = absolutePath(shellOf(thread).cwd, name)
    if (name.includes('/') && files.stat(path)?.kind === 'file') {
      const text = files.read(path)
      if (/^#!.*\b(?:ba|a|da)?sh\b|^(?!#!)/.test(text)) return this.#enter(thread, frame, { text, args: words, env })
    }
    const answer = this.#host.runImage(words)
    if (answer !== undefined) {
      if (answer.stdout) this.#write(thread, 1, answer.stdout)
      if (answer.stderr) this.#write(thread, 2, answer.stderr)
      this.#finished(thread, frame, answer.exitCode)
      return true
    }
    const isDirectory = name.includes('/') && files.isDirectory(path)
    this.#write(thread, 2, `sh: ${name}: ${isDirectory ? 'Permission denied' : 'not found'}\n`)
    this.#finished(thread, frame, isDirectory ? 126 : 127)
    return true
  }

  /** `sh -c SCRIPT [NAME ARG...]`, `sh FILE [ARG...]`, `sh` with the script as its input. */
  #shell(thread: Thread, frame: Frame, words: readonly string[], env: ReadonlyMap<string, string>): boolean {
    let at = 1
    let errexit = false
    let isCommand = false
    for (; /^[-+]\w+$/.test(words[at] ?? ''); at++) {
      const letters = words[at] as string
      if (letters.includes('e')) errexit = true
      if (letters.includes('c')) isCommand = true
      if (letters.endsWith('o')) at++
    }
    const [first, ...args] = words.slice(at)
    const title = words.join(' ')
    if (isCommand) {
      if (first !== undefined) return this.#enter(thread, frame, { text: first, args: args.length === 0 ? ['sh'] : args, env, errexit, title })
      this.#write(thread, 2, 'sh: -c requires an argument\n')
      this.#finished(thread, frame, 2)
      return true
    }
    if (first !== undefined) {
      try {
        const text = this.#host.world.files.read(absolutePath(shellOf(thread).cwd, first))
        return this.#enter(thread, frame, { text, args: [first, ...args], env, errexit, title })
      } catch (error) {
        if (!(error instanceof FileFault)) throw error
        this.#write(thread, 2, `sh: can't open '${first}': ${error.message}\n`)
        this.#finished(thread, frame, 2)
        return true
      }
    }
    return this.#shellOverInput(thread, frame, env, title)
  }

  /** Reads one line after the other from standard input and runs it. */
  #shellOverInput(thread: Thread, frame: Frame, env: ReadonlyMap<string, string>, title: string): boolean {
    const text = "while IFS= read -r __line__; do eval \"$__line__\"; done"
    const input = this.#input(thread)
    if (input.ended && this.#source(thread)?.text === undefined) {
      this.#finished(thread, frame, 0)
      return true
    }
    return this.#enter(thread, frame, { text, args: ['sh'], env, title })
  }

  /** Begins a script in a shell of its own. */
  #enter(thread: Thread, frame: Frame, { text, args, env, errexit = false, title = args.join(' ') }: {
    readonly text: string; readonly args: readonly string[]; readonly env: ReadonlyMap<string, string>; readonly errexit?: boolean; readonly title?: string
  }): boolean {
    frame.at++
    delete frame.paused
    if (thread.frames.length >= MOST_FRAMES) {
      this.#write(thread, 2, "sh: can't fork: Resource temporarily unavailable\n")
      this.#commandOver(thread, frame, 2)
      return true
    }
    thread.shells.push({ ...newShell(env, shellOf(thread).cwd, args), errexit })
    this.#push(thread, { text, kind: 'process', title })
    return true
  }

  #call(thread: Thread, frame: Frame, known: { readonly text: string; readonly at: number }, words: readonly string[]): boolean {
    frame.at++
    if (thread.frames.length >= MOST_FRAMES) throw new SyntaxFault('maximum recursion depth exceeded')
    const shell = shellOf(thread)
    const callerArgs = shell.args
    shell.args = [callerArgs[0] ?? 'sh', ...words.slice(1)]
    thread.frames.push({ text: known.text, at: known.at, kind: 'call', contexts: [], captured: [], title: words.join(' '), callerArgs })
    return true
  }

  #push(thread: Thread, { text, kind, title }: Pick<Frame, 'text' | 'kind' | 'title'>): void {
    thread.frames.push({ text, at: 0, kind, contexts: [], captured: [], title })
  }

  /** The topmost script of the thread has come to its end. */
  #pop(thread: Thread): void {
    const frame = thread.frames.at(-1)
    if (!frame) return
    const shell = shellOf(thread)
    const onExit = frame.kind === 'process' ? shell.traps.get('EXIT') : undefined
    if (onExit !== undefined && onExit !== '') {
      shell.traps.delete('EXIT')
      frame.at = Number.MAX_SAFE_INTEGER
      frame.contexts.splice(0)
      this.#push(thread, { text: `${onExit}\nexit ${shell.status}`, kind: 'call', title: onExit })
      return
    }
    thread.frames.pop()
    if (frame.kind === 'call') {
      if (frame.callerArgs) shell.args = frame.callerArgs
    } else if (thread.shells.length > 1) {
      thread.shells.pop()
      shellOf(thread).status = shell.status
    }
    const caller = thread.frames.at(-1)
    if (caller) this.#commandOver(thread, caller, shellOf(thread).status)
  }

  /** The command of a frame is over. */
  #finished(thread: Thread, frame: Frame, status: number): void {
    delete frame.paused
    frame.at++
    this.#commandOver(thread, frame, status)
  }

  #commandOver(thread: Thread, frame: Frame, status: number): void {
    const last = frame.contexts.at(-1)
    if (last?.kind === 'redirect' && last.once) frame.contexts.pop()
    const shell = shellOf(thread)
    shell.status = status
    if (status === 0 || !shell.errexit) return
    const next = compile(frame.text)[frame.at]?.op
    if (next !== 'branch' && next !== 'not' && next !== 'piped' && next !== 'endCapture') this.#exit(thread, status)
  }

  /** Ends the innermost shell: a subshell, a substitution, a script. */
  #exit(thread: Thread, status: number): void {
    shellOf(thread).status = status
    for (;;) {
      const frame = thread.frames.at(-1)
      if (!frame) return
      delete frame.paused
      const at = frame.contexts.findLastIndex((context) => 'saved' in context)
      const found = frame.contexts[at]
      if (found && 'saved' in found) {
        frame.contexts.splice(at + 1)
        frame.at = found.to
        return
      }
      if (frame.kind === 'process') {
        frame.contexts.splice(0)
        frame.at = Number.MAX_SAFE_INTEGER
        return
      }
      if (frame.callerArgs) shellOf(thread).args = frame.callerArgs
      thread.frames.pop()
    }
  }

  #popContext(thread: Thread, frame: Frame): Context | undefined {
    const context = frame.contexts.pop()
    if (context && 'saved' in context) {
      const { status } = shellOf(thread)
      thread.shells[thread.shells.length - 1] = { ...context.saved, status }
    }
    return context
  }

  #background(thread: Thread, frame: Frame): void {
    const { threads, nextPid } = this.#process
    if (threads.length >= MOST_FRAMES) throw new SyntaxFault("can't fork: Resource temporarily unavailable")
    this.#process.nextPid++
    const started: Frame = { text: frame.text, at: frame.at + 1, kind: 'call', contexts: [], captured: [], title: frame.title }
    threads.push({ pid: nextPid, frames: [started], shells: [copyShell(shellOf(thread))] })
    shellOf(thread).vars.set('!', String(nextPid))
  }

  #builtinCall(thread: Thread, frame: Frame, words: readonly string[], env: ReadonlyMap<string, string>, memory: Invocation['memory']): BuiltinCall {
    const [name = '', ...args] = words
    return {
      ...this.#invocation(thread, { name, args, env, memory }),
      shell: shellOf(thread),
      jobs: this.#process.threads.filter((other) => other !== this.#process.threads[0]).map(({ pid }) => pid),
      isKnown: (program) => builtinOf(program) !== undefined || shellOf(thread).functions.has(program) || this.#host.world.has(program),
      exit: (status) => {
        delete frame.paused
        this.#exit(thread, status)
      },
      leave: (depth, again) => this.#leaveLoop(thread, frame, depth, again),
      return: (status) => {
        shellOf(thread).status = status
        delete frame.paused
        this.#pop(thread)
      },
      evaluate: (text) => {
        delete frame.paused
        frame.at++
        this.#push(thread, { text, kind: 'call', title: text })
      },
      execute: (replaced) => {
        delete frame.paused
        this.#push(thread, { text: `${replaced.map(quoteWord).join(' ')}; exit $?`, kind: 'call', title: replaced.join(' ') })
      },
    }
  }

  #leaveLoop(thread: Thread, frame: Frame, depth: number, again: boolean): undefined {
    let left = depth
    for (let at = frame.contexts.length - 1; at >= 0; at--) {
      const context = frame.contexts[at]
      if (context?.kind !== 'loop' || --left > 0) continue
      frame.contexts.splice(at + 1)
      frame.at = again ? context.next : context.exit
      shellOf(thread).status = 0
      return
    }
    this.#finished(thread, frame, 0)
  }

  #scope(thread: Thread, frame: Frame, captures: number): ExpandScope {
    const captured = captures === 0 ? [] : frame.captured.splice(frame.captured.length - captures)
    return { shell: shellOf(thread), pid: this.#process.pid, files: this.#host.world.files, captured }
  }

  /** Opens what a command's output and input are led to; undefined when that failed, which was told then. */
  #redirected(thread: Thread, redirects: readonly Redirect[], scope: ExpandScope, once: boolean): Extract<Context, { kind: 'redirect' }> | undefined {
    const context: Extract<Context, { kind: 'redirect' }> = { kind: 'redirect', out: new Map(), once }
    for (const { fd, mode, target } of redirects) {
      const text = expandText(target, scope)
      try {
        if (mode === '<<') context.input = text
        else if (mode === '<') context.input = text === '/dev/null' ? '' : this.#host.world.files.read(absolutePath(scope.shell.cwd, text))
        else if (mode === '>&') context.out.set(String(fd), text === '-' ? { kind: 'null' } : context.out.get(text) ?? { kind: 'stream', fd: Number(text) })
        else {
          const to = this.#openOutput(absolutePath(scope.shell.cwd, text), mode === '>>')
          for (const each of fd < 0 ? [1, 2] : [fd]) context.out.set(String(each), to)
        }
      } catch (error) {
        if (!(error instanceof FileFault)) throw error
        const why = error.message === 'No such file or directory' && mode !== '<' ? 'nonexistent directory' : error.message
        this.#write(thread, 2, mode === '<' ? `sh: can't open ${text}: ${why === 'No such file or directory' ? 'no such file' : why}\n` : `sh: can't create ${text}: ${why}\n`)
        return undefined
      }
    }
    return context
  }

  #openOutput(path: string, append: boolean): Target {
    switch (path) {
      case '/dev/null': return { kind: 'null' }
      case '/dev/stdout': case '/proc/self/fd/1': return { kind: 'stream', fd: 1 }
      case '/dev/stderr': case '/proc/self/fd/2': return { kind: 'stream', fd: 2 }
      case '/proc/1/fd/1': return { kind: 'main', fd: 1 }
      case '/proc/1/fd/2': return { kind: 'main', fd: 2 }
      default:
        this.#host.world.files.write(path, '', append)
        return { kind: 'file', path }
    }
  }

  /** Leads output to where the redirections and pipes around it say. */
  #write(thread: Thread, stream: number, text: string): void {
    let fd = stream
    for (const frame of thread.frames.toReversed()) {
      for (const context of frame.contexts.toReversed()) {
        if (fd === 1 && (context.kind === 'capture' || context.kind === 'pipe')) {
          if (context.text.length < LARGEST_CAPTURE) context.text += text
          return
        }
        const target = context.kind === 'redirect' ? context.out.get(String(fd)) : undefined
        if (target?.kind === 'stream') fd = target.fd
        else if (target !== undefined) return this.#writeTo(target, text)
      }
    }
    this.#host.emit(fd === 2 ? 2 : 1, text)
  }

  #writeTo(target: Target, text: string): void {
    if (target.kind === 'main') this.#host.emitMain(target.fd, text)
    if (target.kind !== 'file') return
    try {
      this.#host.world.files.write(target.path, text, true)
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
    }
  }

  #input(thread: Thread): Input {
    const isEnded = (): boolean => this.#ended(thread)
    return {
      take: () => {
        let taken = ''
        this.#inputOf(thread, (text) => {
          taken = text
          return true
        }, () => true)
        return taken
      },
      takeLine: () => {
        let line: string | undefined
        this.#inputOf(thread, (text) => {
          const end = text.indexOf('\n')
          if (end >= 0) line = text.slice(0, end + 1)
          else if (text !== '' && isEnded()) line = text
          return true
        }, (text) => line !== undefined && text.startsWith(line), () => line?.length ?? 0)
        return line
      },
      get ended() {
        return isEnded()
      },
    }
  }

  /** Looks at the text that waits to be read; `take` says whether (so many characters of) it is read by that. */
  #inputOf(thread: Thread, look: (text: string) => boolean, take: (text: string) => boolean, size?: () => number): boolean {
    const source = this.#source(thread)
    if (source === undefined) return look('')
    const answer = look(source.text)
    if (take(source.text)) source.set(source.text.slice(size === undefined ? source.text.length : size()))
    return answer
  }

  /** Input that is led here ends where its text does; that of the process when its client says so. */
  #ended(thread: Thread): boolean {
    const source = this.#source(thread)
    return source === undefined || source.closed
  }

  #source(thread: Thread): { readonly text: string; readonly closed: boolean; set(text: string): void } | undefined {
    for (const frame of thread.frames.toReversed()) {
      for (const context of frame.contexts.toReversed()) {
        if (context.kind === 'input') return { text: context.text, closed: true, set: (text) => void (context.text = text) }
        if (context.kind === 'redirect' && context.input !== undefined) return { text: context.input, closed: true, set: (text) => void (context.input = text) }
      }
    }
    if (thread !== this.#process.threads[0]) return undefined
    const { stdin } = this.#process
    return { text: stdin.text, closed: stdin.closed, set: (text) => void (stdin.text = text) }
  }
}

function shellOf(thread: Thread): ShellState {
  const shell = thread.shells.at(-1)
  if (!shell) throw new Error('assertion failed: a process without a shell')
  return shell
}

/** The program that a path or a name means: `/bin/ls` is `ls`. Undefined: a path to something else. */
export function baseOf(name: string): string | undefined {
  if (!name.includes('/')) return name === '' ? undefined : name
  return /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/.exec(name)?.[1]
}
