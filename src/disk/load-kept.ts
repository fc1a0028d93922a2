import { basename, dirname, join, sep } from 'node:path'
import { KeptCode } from './kept-code.js'

/** Ms after which what most tests call has been called once, and its compiled code is worth keeping. */
const WORTH_MS = 500

let code: KeptCode | undefined

/**
 * Calls `load`, which requires an entry of the package, with compiled code of an earlier process from
 * `node_modules/.cache/simcluster`. The first process that runs for {@link WORTH_MS} writes it.
 * NODE_DISABLE_COMPILE_CACHE=1 switches this off, as it does Node's own cache.
 */
export function loadKept<T>(load: () => T): T {
  if (process.env['NODE_DISABLE_COMPILE_CACHE'] === '1') return load()
  const isFirst = code === undefined
  code ??= codeOfPackage()
  const end = code.start()
  try {
    return load()
  } finally {
    end()
    if (isFirst && !code.isComplete) writeLater(code)
  }
}

/** `__dirname` is dist/cjs/disk. */
function codeOfPackage(): KeptCode {
  const own = dirname(__dirname)
  const home = dirname(dirname(own))
  const modules = basename(dirname(home)) === 'node_modules' ? dirname(home) : join(home, 'node_modules')
  const folder = join(modules, '.cache', 'simcluster', `${process.version}-${process.arch}`)
  return new KeptCode(folder, (filename) => filename.startsWith(own + sep))
}

function writeLater(code: KeptCode): void {
  const due = performance.now() + WORTH_MS
  const write = (): void => void (performance.now() >= due && code.write())
  // tests that never wait reach only the end of their process
  setTimeout(write, WORTH_MS).unref()
  process.once('exit', write)
}
