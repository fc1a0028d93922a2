/**
 * `npm start`: the course in the terminal, which is `simcluster play`. `npm start -- --help` lists the ways to
 * call it.
 */
import { run } from '../src/cli/run.js'

// whoever reads the pipe may have had enough
process.stdout.on('error', () => process.exit(0))
process.exitCode = await run(['play', ...process.argv.slice(2).filter((word) => !word.endsWith('.ts'))], {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
