/**
 * Loaded with `--require` before a program of envtest: keeps the compiled code of what the program runs in
 * the folder that `SIMCLUSTER_CODE` names, for its next start. Why: docs/decisions/kept-code.md.
 */
import { basename, join } from 'node:path'
import { KeptCode } from '../../disk/kept-code.js'

/** The large files of the package. */
const CHUNK = /[\\/]chunks[\\/][^\\/]+\.js$/

/** Ms after which the start is over. Later, V8 forgets the code of what is not called any more. */
const START_MS = 3_000

const home = process.env['SIMCLUSTER_CODE']
if (home !== undefined) {
  // two programs call different functions of a chunk
  const folder = join(home, `${process.version}-${process.arch}`, basename(process.argv[1] ?? '', '.js'))
  const code = new KeptCode(folder, (filename) => CHUNK.test(filename))
  code.start()
  setTimeout(() => code.write(), START_MS).unref()
  // a start that fails has called little of what others will
  process.once('exit', (status) => status === 0 && code.write())
}
