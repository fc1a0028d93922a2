/**
 * Compiled code of CommonJS files, kept in a folder for the next process: most of what it takes to load this
 * package is V8 reading text. Why not Node's own cache: docs/decisions/kept-code.md.
 */
import { isAscii } from 'node:buffer'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'

type Body = (this: unknown, exports: unknown, ...rest: unknown[]) => void

const [HEAD, TAIL] = ['(function (exports, require, module, __filename, __dirname) {', '\n})'].map((part) =>
  Buffer.from(part),
) as [Buffer, Buffer]

/** The kept code of some files, see above. */
export class KeptCode {
  readonly #folder: string
  readonly #isOwn: (filename: string) => boolean
  /** Scripts that were compiled in this process, by where their code belongs. */
  readonly #fresh = new Map<string, Script>()

  /** `folder` need not exist. `isOwn` says for which files code is kept. */
  constructor(folder: string, isOwn: (filename: string) => boolean) {
    this.#folder = folder
    this.#isOwn = isOwn
  }

  /** Loads files with their kept code from now on, until the function that is returned is called. */
  start(): () => void {
    const { extensions } = require
    const load = extensions['.js']
    extensions['.js'] = (module, filename) => {
      const text = this.#isOwn(filename) ? readFileSync(filename) : undefined
      // compiled code that comes from a file has lost its import()
      if (text === undefined || text.includes('import(')) return load?.(module, filename)
      const body = this.#compiled(filename, text).runInThisContext() as Body
      const { exports } = module
      const require = (id: string): unknown => module.require(id)
      body.call(exports, exports, require, module, filename, dirname(filename))
    }
    return () => (extensions['.js'] = load)
  }

  /** Whether all files that were loaded had kept code. */
  get isComplete(): boolean {
    return this.#fresh.size === 0
  }

  /**
   * Writes the code of files that had none: of the functions that were called until now, since V8 compiles
   * the others when they are called. Where the folder cannot be written, nothing is kept.
   */
  write(): void {
    for (const [path, script] of this.#fresh) writeWhole(path, script.createCachedData())
    this.#fresh.clear()
  }

  #compiled(filename: string, text: Buffer): Script {
    // V8 compares only the length of the text
    const hash = createHash('sha1').update(text).digest('hex')
    const path = join(this.#folder, `${hash}.code`)
    const cachedData = read(path)
    const script = new Script(wrapped(text), {
      filename,
      ...(cachedData === undefined ? {} : { cachedData }),
    })
    // undefined if there was none, true if V8 refused that of another version or of other flags
    if (script.cachedDataRejected !== false) this.#fresh.set(path, script)
    return script
  }
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** Joins bytes: a string that is joined exists twice, and text beyond Latin 1 takes twice the space. */
function wrapped(text: Buffer): string {
  const bytes = Buffer.concat([HEAD, text, TAIL])
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')
}

/** Two processes may write the same file: each replaces it as a whole. */
function writeWhole(path: string, data: Buffer): void {
  const own = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(own, data)
    renameSync(own, path)
  } catch {
    // the next start takes as long as this one
  }
}
