import { spend } from '../../lang/bounds/budget.js'
import { compile } from './compile.js'
import type { Context, ScriptFrame, ShellState, Thread } from './state.js'

/** The innermost shell of a thread. */
export function shellOf(thread: Thread): ShellState {
  const shell = thread.shells.at(-1)
  if (!shell) throw new Error('assertion failed: a process without a shell')
  return shell
}

/** How the shell's messages begin. */
export function shellName(thread: Thread): string {
  return shellOf(thread).name ?? 'sh'
}

/** Steps of compiling a script, besides those for its length. */
const COST_OF_SCRIPT = 20

/** Begins a script on top of the thread. */
export function pushFrame(
  thread: Thread,
  { text, kind, title }: Pick<ScriptFrame, 'text' | 'kind' | 'title'>,
): void {
  // whether it is compiled or known must make no difference
  spend(COST_OF_SCRIPT + text.length)
  thread.frames.push({ text, at: 0, kind, contexts: [], captured: [], title })
}

/** Removes the finished topmost script of the thread. */
export function popFrame(thread: Thread): void {
  const frame = thread.frames.at(-1)
  if (!frame) return
  const shell = shellOf(thread)
  const onExit = frame.kind === 'process' ? shell.traps.get('EXIT') : undefined
  if (onExit !== undefined && onExit !== '') {
    shell.traps.delete('EXIT')
    frame.at = Number.MAX_SAFE_INTEGER
    frame.contexts.splice(0)
    pushFrame(thread, { text: `${onExit}\nexit ${shell.status}`, kind: 'call', title: onExit })
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
  if (caller) commandOver(thread, caller, shellOf(thread).status)
}

/** Ends the command of a frame. */
export function finished(thread: Thread, frame: ScriptFrame, status: number): void {
  delete frame.paused
  frame.at++
  commandOver(thread, frame, status)
}

/** Handles the end of a command: closes its redirections, and exits the shell under `set -e`. */
export function commandOver(thread: Thread, frame: ScriptFrame, status: number): void {
  const last = frame.contexts.at(-1)
  if (last?.kind === 'redirect' && last.once) frame.contexts.pop()
  const shell = shellOf(thread)
  shell.status = status
  if (status === 0 || !shell.errexit) return
  const next = compile(frame.text)[frame.at]?.op
  if (next !== 'branch' && next !== 'not' && next !== 'piped' && next !== 'endCapture')
    exitShell(thread, status)
}

/** Ends the innermost shell: a subshell, a substitution, a script. */
export function exitShell(thread: Thread, status: number): void {
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

/** Exit code of a command that SIGTERM has ended. */
const TERMINATED = 143

/** Ends the outermost command of the thread whose time is over, with all that it has started. */
export function endOverdue(thread: Thread, now: number): void {
  const { frames, shells } = thread
  const overdue = frames.find(({ deadline = Infinity }) => deadline <= now)
  if (overdue === undefined) return
  for (let top = frames.at(-1); top !== undefined && top !== overdue; top = frames.at(-1)) {
    frames.pop()
    if (top.kind === 'process' && shells.length > 1) shells.pop()
  }
  delete overdue.deadline
  delete overdue.paused
  const shell = shellOf(thread)
  shell.traps.delete('EXIT')
  shell.status = TERMINATED
  popFrame(thread)
}

/** Leaves the innermost context; variables of a subshell are lost. */
export function popContext(thread: Thread, frame: ScriptFrame): Context | undefined {
  const context = frame.contexts.pop()
  if (context && 'saved' in context) {
    const { status } = shellOf(thread)
    thread.shells[thread.shells.length - 1] = { ...context.saved, status }
  }
  return context
}

/** Leaves or continues the `depth`-th enclosing loop. */
export function leaveLoop(thread: Thread, frame: ScriptFrame, depth: number, again: boolean): undefined {
  let left = depth
  for (let at = frame.contexts.length - 1; at >= 0; at--) {
    const context = frame.contexts[at]
    if (context?.kind !== 'loop' || --left > 0) continue
    frame.contexts.splice(at + 1)
    frame.at = again ? context.next : context.exit
    shellOf(thread).status = 0
    return
  }
  finished(thread, frame, 0)
}
