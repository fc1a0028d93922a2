import type { Pause, ProcessUsage } from '../programs/command.js'
import type { ScriptFrame, ProcessStart, ShellProcess } from './state.js'
import { newShell } from './state.js'
import { quoteWord } from './syntax.js'

/** Makes a process that has not run yet. */
export function newProcess({ pid, words, env, cwd, stdin }: ProcessStart): ShellProcess {
  const text = words.map(quoteWord).join(' ')
  const frame: ScriptFrame = {
    text,
    at: 0,
    kind: 'process',
    contexts: [],
    captured: [],
    title: words.join(' '),
    outer: true,
  }
  const shell = newShell(new Map(Object.entries(env)), cwd, ['sh'])
  return {
    pid,
    nextPid: pid + 6,
    threads: [{ pid, frames: [frame], shells: [shell] }],
    stdin: { content: '', closed: !stdin },
    signals: [],
  }
}

/** Whether a command of the process listens on a port (`80`, `53/udp`). */
export function listensOn(process: ShellProcess, port: string): boolean {
  return pauseAt(process, port) !== undefined
}

/** Returns the pause of the command of a process that listens on a port. */
export function pauseAt({ threads }: ShellProcess, port: string): Pause | undefined {
  const pauses = threads.map(({ frames }) => frames.at(-1)?.paused)
  return pauses.find((pause) => pause?.listens?.includes(port) === true)
}

/** Returns the ports on which the commands of a process listen. */
export function listenedBy({ threads }: ShellProcess): readonly string[] {
  return threads.flatMap(({ frames }) => frames.at(-1)?.paused?.listens ?? [])
}

/** Returns what the commands of a process say that they use; undefined if none does. */
export function usageOf({ threads }: ShellProcess): ProcessUsage | undefined {
  const said = threads.flatMap(({ frames }) => frames.at(-1)?.paused?.uses ?? [])
  if (said.length === 0) return undefined
  const sum = (kind: keyof ProcessUsage): number => said.reduce((total, one) => total + one[kind], 0)
  return { cpu: sum('cpu'), memory: sum('memory') }
}

/** Delivers a signal to a trap. Returns whether the process has a trap for it (an empty trap ignores it). */
export function trapSignal(process: ShellProcess, name: string): boolean {
  const trap = process.threads[0]?.shells.at(-1)?.traps.get(name)
  if (trap === undefined) return false
  if (trap !== '') process.signals.push(name)
  return true
}
