/**
 * Loaded with `--require` before a program of envtest: keeps the compiled code of what the program runs in
 * the folder that `SIMCLUSTER_CODE` names, for its next start. Two thirds of a start are V8 reading text
 * otherwise. Why not Node's own cache or a snapshot: docs/decisions/envtest-start.md.
 */
import { isAscii } from 'node:buffer'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { constants, Script } from 'node:vm'

type Body = (this: unknown, exports: unknown, ...rest: unknown[]) => void

/** The large files of the package. Their names have a hash of what is inside. */
const CHUNK = /[\\/]chunks[\\/][^\\/]+-[\w-]{8}\.js$/
const [HEAD, TAIL] = ['(function (exports, require, module, __filename, __dirname) {', '\n})'].map((part) =>
  Buffer.from(part),
) as [Buffer, Buffer]

/** Ms after which the start is over. Later, V8 forgets the code of what is not called any more. */
const START_MS = 3_000

const home = process.env['SIMCLUSTER_CODE']
// V8 refuses code of another version or of other flags; two programs call different functions of a chunk
if (home !== undefined)
  keepCode(join(home, `${process.version}-${process.arch}`, basename(process.argv[1] ?? '', '.js')))

function keepCode(folder: string): void {
  const fresh = new Map<string, Script>()
  const load = require.extensions['.js']
  require.extensions['.js'] = (module, filename) => {
    if (!CHUNK.test(filename)) return load?.(module, filename)
    const kept = join(folder, `${basename(filename)}.code`)
    const script = compiled(filename, kept)
    if (script.cachedDataRejected !== false) fresh.set(kept, script)
    const body = script.runInThisContext() as Body
    const { exports } = module
    const require = (id: string): unknown => module.require(id)
    body.call(exports, exports, require, module, filename, dirname(filename))
  }
  const write = (): void => {
    for (const [path, script] of fresh) writeWhole(path, script.createCachedData())
    fresh.clear()
  }
  setTimeout(write, START_MS).unref()
  // a start that fails has called little of what others will
  process.once('exit', (code) => code === 0 && write())
}

function compiled(filename: string, kept: string): Script {
  const cachedData = read(kept)
  return new Script(textOf(filename), {
    filename,
    ...(cachedData === undefined ? {} : { cachedData }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** Joins bytes: a string that is joined exists twice, and text beyond Latin 1 takes twice the space. */
function textOf(filename: string): string {
  const bytes = Buffer.concat([HEAD, readFileSync(filename), TAIL])
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')
}

function writeWhole(path: string, data: Buffer): void {
  const own = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(own, data)
    renameSync(own, path)
  } catch {
    // a home that cannot be written to: the next start takes as long as this one
  }
}
