import type {
  Invocation,
  Pause,
  ProcessContext,
  Served,
  ServedRequest,
  Spawned,
} from '../programs/command.js'
import type { Program } from '../programs/command.js'
import { runProgram } from '../programs/command.js'
import type { Content } from '../../lang/bytes/content.js'
import { joinContent, textOfContent } from '../../lang/bytes/content.js'
import { programOf } from '../programs/programs.js'
import { FileFault } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { BuiltinCall } from './builtins.js'
import { builtinOf } from './builtins.js'
import {
  commandOver,
  exitShell,
  finished,
  leaveLoop,
  popFrame,
  pushFrame,
  shellName,
  shellOf,
} from './frames.js'
import type { ProcessPace } from './pace.js'
import { newProcess } from './process.js'
import type { ProcessHost } from './shell-call.js'
import { SHELLS, TIMEOUT_USAGE, baseOf, shellCall, timeoutOf } from './shell-call.js'
import type { ScriptFrame, ShellProcess, Thread } from './state.js'
import { newShell } from './state.js'
import type { ShellStreams } from './streams.js'
import { SyntaxFault, quoteWord } from './syntax.js'

/** What functions and builtins see of the exported variables: they have those of the shell. */
export const NO_VARIABLES: ReadonlyMap<string, string> = new Map()
/** Deepest nesting of scripts and functions. */
export const MOST_FRAMES = 100

type Paused = NonNullable<ScriptFrame['paused']>

/**
 * The commands of a process: starts functions, builtins, programs, scripts and shells, and resumes those that
 * have paused.
 */
export class Commands {
  readonly #process: ShellProcess
  readonly #host: ProcessHost
  readonly #streams: ShellStreams
  readonly #pace: ProcessPace
  readonly #run: (process: ShellProcess, host: ProcessHost) => void

  /** `run` runs the process of a program that another one starts. */
  constructor(
    process: ShellProcess,
    host: ProcessHost,
    streams: ShellStreams,
    pace: ProcessPace,
    run: (process: ShellProcess, host: ProcessHost) => void,
  ) {
    this.#process = process
    this.#host = host
    this.#streams = streams
    this.#pace = pace
    this.#run = run
  }

  /** Passes a request to the command that listens. */
  serve(thread: Thread, frame: ScriptFrame, { words, env, memory }: Paused, request: ServedRequest): Served {
    const [name = '', ...args] = words
    const invocation = this.#invocation(thread, { name, args, env, memory })
    const served = this.#programOf(name)?.serve?.(invocation, request)
    if (served?.next !== undefined) this.#settle(thread, frame, words, env, served.next)
    return served ?? {}
  }

  /** Delivers SIGTERM to the command. Returns whether it handles the signal. */
  stop(thread: Thread, frame: ScriptFrame, { words, env, memory }: Paused): boolean {
    const [name = '', ...args] = words
    const outcome = this.#programOf(name)?.stop?.(this.#invocation(thread, { name, args, env, memory }))
    if (outcome === undefined) return false
    if (typeof outcome === 'number') this.#process.exitCode = outcome
    else this.#settle(thread, frame, words, env, outcome)
    return true
  }

  /** Whether the shell of the thread has a builtin of that name. */
  hasBuiltin(thread: Thread, name: string): boolean {
    return this.#builtinOf(thread, name) !== undefined
  }

  /** Builtins are those of a shell, not of the container's command. */
  #builtinOf(thread: Thread, name: string): ReturnType<typeof builtinOf> {
    return thread.frames.length > 0 && !this.#isOuter(thread) ? builtinOf(name) : undefined
  }

  /** Runs or resumes a command given as words. Returns false if it waits. */
  invoke(
    thread: Thread,
    frame: ScriptFrame,
    words: readonly string[],
    env: ReadonlyMap<string, string>,
    memory: Invocation['memory'],
  ): boolean {
    const [name = '', ...args] = words
    const shell = shellOf(thread)
    const known = shell.functions.get(name)
    if (known) return this.#call(thread, frame, known, words)
    const builtin = this.#builtinOf(thread, name)
    if (builtin) {
      const outcome = builtin(this.#builtinCall(thread, frame, words, memory))
      return outcome === undefined ? true : this.#settle(thread, frame, words, env, outcome)
    }
    const base = baseOf(name)
    const own = this.#host.world.ownProgram(name)
    if (own === undefined && (base === undefined || !this.#host.world.has(base)))
      return this.#runOther(thread, frame, words, env)
    if (own === undefined && base !== undefined && SHELLS.has(base))
      return this.#shell(thread, frame, words, env)
    if (own === undefined && base === 'timeout') return this.#limit(thread, frame, words, env)
    const program = this.#programOf(name)
    if (program === undefined) return this.#runOther(thread, frame, words, env)
    if (memory === undefined) this.#pace.noteStart()
    return this.#settle(
      thread,
      frame,
      words,
      env,
      runProgram(program, this.#invocation(thread, { name: base ?? name, args, env, memory })),
    )
  }

  /** Runs the command of `timeout`, which ends with it, or when its time is over. */
  #limit(
    thread: Thread,
    frame: ScriptFrame,
    words: readonly string[],
    env: ReadonlyMap<string, string>,
  ): boolean {
    const limited = timeoutOf(words.slice(1))
    if (limited === undefined) {
      this.#streams.write(thread, 2, TIMEOUT_USAGE)
      finished(thread, frame, 1)
      return true
    }
    const { ms, command } = limited
    const text = command.map(quoteWord).join(' ')
    const moved = this.#enter(thread, frame, { text, args: command, env, title: words.join(' ') })
    const entered = thread.frames.at(-1)
    if (entered !== undefined && entered !== frame && ms > 0) entered.deadline = this.#host.world.now + ms
    return moved
  }

  /** Whether this is the frame with the container's command, which no shell parses. */
  #isOuter({ frames }: Thread): boolean {
    return frames.length === 1 && frames[0]?.outer === true
  }

  #invocation(
    thread: Thread,
    {
      name,
      args,
      env,
      memory,
    }: Pick<Invocation, 'name' | 'args' | 'memory'> & { env: ReadonlyMap<string, string> },
  ): Invocation {
    return {
      name,
      args,
      memory,
      // few programs look at it
      get env() {
        return Object.fromEntries(env)
      },
      cwd: shellOf(thread).cwd,
      world: this.#host.world,
      input: this.#streams.input(thread),
      write: (text) => this.#streams.write(thread, 1, text),
      error: (text) => this.#streams.write(thread, 2, text),
      spawn: (words, stdin = '', world = this.#host.world) =>
        this.#spawn(words, env, shellOf(thread).cwd, stdin, world),
    }
  }

  #spawn(
    words: readonly string[],
    env: ReadonlyMap<string, string>,
    cwd: string,
    stdin: Content,
    world: ProcessContext,
  ): Spawned | undefined {
    const child = newProcess({
      pid: this.#process.nextPid++,
      words,
      env: Object.fromEntries(env),
      cwd,
      stdin: true,
    })
    child.stdin.content = stdin
    child.stdin.closed = true
    const output: Content[] = ['', '', '']
    this.#run(child, {
      ...this.#host,
      world,
      isUninterrupted: true,
      emit: (fd, content) => void (output[fd] = joinContent(output[fd] ?? '', content)),
    })
    if (child.exitCode === undefined) return undefined
    const [, stdout = '', stderr = ''] = output.map(textOfContent)
    return { stdout, stderr, exitCode: child.exitCode }
  }

  #settle(
    thread: Thread,
    frame: ScriptFrame,
    words: readonly string[],
    env: ReadonlyMap<string, string>,
    outcome: number | Pause,
  ): boolean {
    if (typeof outcome === 'number') {
      finished(thread, frame, outcome)
      return true
    }
    frame.paused = { words, env, ...outcome }
    return outcome.busy === true && this.#host.isUninterrupted === true
  }

  /** Runs a program of the image or a script; fails if there is none of that name. */
  #runOther(
    thread: Thread,
    frame: ScriptFrame,
    words: readonly string[],
    env: ReadonlyMap<string, string>,
  ): boolean {
    const [name = ''] = words
    const { files } = this.#host.world
    const path = absolutePath(shellOf(thread).cwd, name)
    if (name.includes('/') && files.stat(path)?.kind === 'file') {
      const text = files.read(path)
      if (/^#!.*\b(?:ba|a|da)?sh\b|^(?!#!)/.test(text))
        return this.#enter(thread, frame, { text, args: words, env })
    }
    const answer = this.#host.runImage(words)
    if (answer !== undefined) {
      if (answer.stdout) this.#streams.write(thread, 1, answer.stdout)
      if (answer.stderr) this.#streams.write(thread, 2, answer.stderr)
      finished(thread, frame, answer.exitCode)
      return true
    }
    const isDirectory = name.includes('/') && files.isDirectory(path)
    this.#streams.write(
      thread,
      2,
      `${shellName(thread)}: ${name}: ${isDirectory ? 'Permission denied' : 'not found'}\n`,
    )
    finished(thread, frame, isDirectory ? 126 : 127)
    return true
  }

  #shell(
    thread: Thread,
    frame: ScriptFrame,
    words: readonly string[],
    env: ReadonlyMap<string, string>,
  ): boolean {
    const { isCommand, first, args, errexit } = shellCall(words)
    const title = words.join(' ')
    if (isCommand) {
      if (first !== undefined)
        return this.#enter(thread, frame, {
          text: first,
          args: args.length === 0 ? [words[0] ?? 'sh'] : args,
          name: words[0] ?? 'sh',
          env,
          errexit,
          title,
        })
      this.#streams.write(thread, 2, 'sh: -c requires an argument\n')
      finished(thread, frame, 2)
      return true
    }
    if (first === undefined) return this.#shellOverInput(thread, frame, env, title)
    try {
      const text = this.#host.world.files.read(absolutePath(shellOf(thread).cwd, first))
      return this.#enter(thread, frame, { text, args: [first, ...args], env, errexit, title })
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      this.#streams.write(thread, 2, `sh: can't open '${first}': ${error.message}\n`)
      finished(thread, frame, 2)
      return true
    }
  }

  /** Runs a shell that reads its script line by line from standard input. */
  #shellOverInput(
    thread: Thread,
    frame: ScriptFrame,
    env: ReadonlyMap<string, string>,
    title: string,
  ): boolean {
    const text = 'while IFS= read -r __line__; do eval "$__line__"; done'
    const input = this.#streams.input(thread)
    if (input.ended && this.#streams.source(thread) === undefined) {
      finished(thread, frame, 0)
      return true
    }
    return this.#enter(thread, frame, { text, args: ['sh'], env, title })
  }

  /** Runs a script in a new shell. */
  #enter(
    thread: Thread,
    frame: ScriptFrame,
    {
      text,
      args,
      env,
      errexit = false,
      title = args.join(' '),
      name,
    }: {
      readonly text: string
      readonly args: readonly string[]
      readonly env: ReadonlyMap<string, string>
      readonly errexit?: boolean
      readonly title?: string
      readonly name?: string
    },
  ): boolean {
    frame.at++
    delete frame.paused
    if (thread.frames.length >= MOST_FRAMES) {
      this.#streams.write(thread, 2, "sh: can't fork: Resource temporarily unavailable\n")
      commandOver(thread, frame, 2)
      return true
    }
    thread.shells.push({
      ...newShell(env, shellOf(thread).cwd, args),
      errexit,
      ...(name === undefined || name === 'sh' ? {} : { name }),
    })
    pushFrame(thread, { text, kind: 'process', title })
    return true
  }

  #call(
    thread: Thread,
    frame: ScriptFrame,
    known: { readonly text: string; readonly at: number },
    words: readonly string[],
  ): boolean {
    frame.at++
    if (thread.frames.length >= MOST_FRAMES) throw new SyntaxFault('maximum recursion depth exceeded')
    const shell = shellOf(thread)
    const callerArgs = shell.args
    shell.args = [callerArgs[0] ?? 'sh', ...words.slice(1)]
    thread.frames.push({
      text: known.text,
      at: known.at,
      kind: 'call',
      contexts: [],
      captured: [],
      title: words.join(' '),
      callerArgs,
    })
    return true
  }

  #builtinCall(
    thread: Thread,
    frame: ScriptFrame,
    words: readonly string[],
    memory: Invocation['memory'],
  ): BuiltinCall {
    const [name = '', ...args] = words
    return {
      shell: shellOf(thread),
      jobs: this.#process.threads.filter((other) => other !== this.#process.threads[0]).map(({ pid }) => pid),
      isKnown: (program) =>
        builtinOf(program) !== undefined ||
        shellOf(thread).functions.has(program) ||
        this.#host.world.has(program),
      exit: (status) => {
        delete frame.paused
        exitShell(thread, status)
      },
      leave: (depth, again) => leaveLoop(thread, frame, depth, again),
      return: (status) => {
        shellOf(thread).status = status
        delete frame.paused
        popFrame(thread)
      },
      evaluate: (text) => {
        delete frame.paused
        frame.at++
        if (thread.frames.length >= MOST_FRAMES) throw new SyntaxFault('maximum recursion depth exceeded')
        pushFrame(thread, { text, kind: 'call', title: text })
      },
      execute: (replaced) => {
        delete frame.paused
        if (thread.frames.length >= MOST_FRAMES) throw new SyntaxFault('maximum recursion depth exceeded')
        pushFrame(thread, {
          text: `${replaced.map(quoteWord).join(' ')}; exit $?`,
          kind: 'call',
          title: replaced.join(' '),
        })
      },
      ...this.#invocation(thread, { name, args, env: NO_VARIABLES, memory }),
    }
  }

  /** Returns a program of the image, or one that every container has. */
  #programOf(name: string): Program | undefined {
    const base = baseOf(name)
    return (
      this.#host.world.ownProgram(name) ??
      (base !== undefined && this.#host.world.has(base) ? programOf(base) : undefined)
    )
  }
}
