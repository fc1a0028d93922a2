import { spend } from '../../lang/bounds/budget.js'
import type { Content } from '../../lang/bytes/content.js'
import { sizeOf, sliceContent } from '../../lang/bytes/content.js'
import type { PlainData } from '../../sim/data/plain-data.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Pause } from './command.js'
import { attempt } from './command.js'

/** Bytes that a program copies in one virtual ms, after which it lets others run. */
export const SLICE: number = 1024 * 1024
/** Virtual ms that a slice takes. */
const SLICE_MS = 1
/** Bytes that are handled in one step of the budget. */
const BYTES_OF_STEP = 1024

/** What a program does with its files, or with standard input. */
export interface SliceWork<State extends PlainData> {
  /** Bytes of one slice. Default {@link SLICE}. */
  readonly most?: number
  /** Returns the state before the first byte of a file. */
  readonly begin: () => State
  /** Handles the next bytes; returns the new state. */
  readonly add: (state: State, slice: Content) => State
  /** Handles the end of a file; `path` is undefined for standard input. */
  readonly finish: (state: State, path: string | undefined) => void
}

/** How far a program has come. */
interface Progress<State extends PlainData> {
  /** Number of the file. */
  file: number
  at: number
  status: number
  state: State
}

/**
 * Works through files, or standard input for `-` and without a file, slice by slice. Returns the exit code,
 * or a pause after each slice. A failure is printed as busybox does, with `fault` before the file's name.
 */
export function inSlices<State extends PlainData>(
  call: Invocation,
  paths: readonly string[],
  fault: string,
  work: SliceWork<State>,
): number | Pause {
  const { most = SLICE, begin } = work
  const known = call.memory as Progress<State> | null | undefined
  const progress: Progress<State> = { file: 0, at: 0, status: 0, state: known?.state ?? begin(), ...known }
  let left = most
  const names = paths.length === 0 ? ['-'] : paths
  for (; progress.file < names.length; nextFile(progress, begin)) {
    const path = names[progress.file] as string
    if (path === '-') {
      const taken = call.input.take(left)
      if (taken !== '') progress.state = work.add(progress.state, taken)
      left -= charged(taken)
      if (!call.input.isEmpty) return pauseForOthers(call, { ...progress })
      if (!call.input.ended) return { input: true, memory: { ...progress } }
      work.finish(progress.state, undefined)
      continue
    }
    let size = 0
    const failed = attempt(call, path, fault, () => {
      const content = call.world.files.content(absolutePath(call.cwd, path))
      size = sizeOf(content)
      const slice = sliceContent(content, progress.at, progress.at + left)
      if (slice !== '') progress.state = work.add(progress.state, slice)
      const taken = charged(slice)
      progress.at += taken
      left -= taken
    })
    if (failed !== 0) progress.status = failed
    else if (progress.at < size) return pauseForOthers(call, { ...progress })
    else work.finish(progress.state, path)
  }
  return progress.status
}

/** Begins the next file. */
function nextFile<State extends PlainData>(progress: Progress<State>, begin: () => State): void {
  progress.file++
  progress.at = 0
  progress.state = begin()
}

/** Charges a slice. Returns its size. */
function charged(slice: Content): number {
  const size = sizeOf(slice)
  spend(size / BYTES_OF_STEP)
  return size
}

/** Returns a pause that lets others run for the time that so many bytes take. */
export const pauseForOthers = (call: Invocation, memory: Pause['memory'], bytes: number = SLICE): Pause => ({
  until: call.world.now + Math.ceil(bytes / SLICE) * SLICE_MS,
  busy: true,
  memory,
})
