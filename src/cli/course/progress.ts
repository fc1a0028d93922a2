import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { env } from 'node:process'

/** The progress of a learner. */
export interface ChapterProgress {
  /** The step to go on with, from 0; 0 if the chapter was not begun, or was ended. */
  stepOf(chapter: string): number
  reached(chapter: string, step: number): void
  /** The fewest commands that a lesson was solved with; undefined if it was not solved. */
  bestOf(lesson: string): number | undefined
  solved(lesson: string, commands: number): void
}

interface Kept {
  readonly steps: Record<string, number>
  readonly solved: Record<string, number>
}

class KeptProgress implements ChapterProgress {
  readonly #kept: Kept
  readonly #save: (kept: Kept) => void

  constructor(kept: Kept, save: (kept: Kept) => void) {
    this.#kept = kept
    this.#save = save
  }

  stepOf(chapter: string): number {
    return this.#kept.steps[chapter] ?? 0
  }

  reached(chapter: string, step: number): void {
    this.#kept.steps[chapter] = step
    this.#save(this.#kept)
  }

  bestOf(lesson: string): number | undefined {
    return this.#kept.solved[lesson]
  }

  solved(lesson: string, commands: number): void {
    this.#kept.solved[lesson] = Math.min(commands, this.bestOf(lesson) ?? Infinity)
    this.#save(this.#kept)
  }
}

/** Progress that ends with the program. */
export const forgotten = (): ChapterProgress => new KeptProgress({ steps: {}, solved: {} }, () => undefined)

/**
 * Progress in `~/.local/state/simcluster/course.json` (or below `XDG_STATE_HOME`). A file that cannot be read
 * counts as none; one that cannot be written is not.
 */
export function keptProgress(): ChapterProgress {
  const path = join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'simcluster/course.json')
  const save = (kept: Kept): void => {
    try {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, `${JSON.stringify(kept, undefined, 2)}\n`)
    } catch {
      // a home that cannot be written is no reason to end a lesson
    }
  }
  return new KeptProgress(read(path), save)
}

function read(path: string): Kept {
  try {
    const { steps, solved } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Kept>
    return { steps: numbers(steps), solved: numbers(solved) }
  } catch {
    return { steps: {}, solved: {} }
  }
}

const numbers = (given: unknown): Record<string, number> =>
  Object.fromEntries(
    Object.entries((given ?? {}) as Record<string, unknown>).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] >= 0,
    ),
  )
