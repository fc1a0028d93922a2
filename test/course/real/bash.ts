import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { CommandResult } from '../../../src/host/index.js'

/** Runs each file that it is told of, and says how that ended. Variables and the directory are kept. */
const LOOP =
  'cd "$HOME"; while IFS= read -r file; do . "$file" > "$file.stdout" 2> "$file.stderr" < /dev/null; ' +
  'echo "$?"; done'
/** Ms that a line may take. */
const PATIENCE = 60_000

/**
 * A bash that goes on: a process as large as this one takes long to be copied, which each start of a program
 * needs.
 */
export class Bash {
  readonly #process: ChildProcess
  readonly #folder: string
  #answer: (code: number) => void = () => undefined
  #count = 0

  /** Lines begin in `env.HOME`; files of it lie in `folder`. */
  constructor(program: string, folder: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder
    this.#process = spawn(program, ['-c', LOOP], {
      cwd: folder,
      env: { ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    })
    createInterface({ input: this.#process.stdout as NodeJS.ReadableStream }).on('line', (code) =>
      this.#answer(Number(code)),
    )
  }

  /** Runs a script; one at a time. Rejects when it takes too long: what it runs is ended then. */
  async run(script: string): Promise<CommandResult> {
    const file = join(this.#folder, `line-${this.#count++}`)
    writeFileSync(file, `${script}\n`)
    const exitCode = await new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => {
        this.end()
        reject(new Error(`after ${PATIENCE / 1000} s still at it: ${script}`))
      }, PATIENCE)
      this.#answer = (code) => {
        clearTimeout(late)
        resolve(code)
      }
      this.#process.stdin?.write(`${file}\n`)
    })
    return {
      stdout: readFileSync(`${file}.stdout`, 'utf8'),
      stderr: readFileSync(`${file}.stderr`, 'utf8'),
      exitCode,
    }
  }

  /** Ends it, and what it runs. */
  end(): void {
    if (this.#process.pid === undefined || this.#process.exitCode !== null) return
    try {
      process.kill(-this.#process.pid, 'SIGKILL')
    } catch {
      // it has ended meanwhile
    }
  }
}
