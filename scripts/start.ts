/** `npm start`: the course in the terminal, as `simcluster play`; `npm start -- --help` has the flags. */
import { run } from '../src/cli/run.js'

// whoever reads the pipe may have had enough
process.stdout.on('error', () => process.exit(0))
process.exitCode = await run(['play', ...process.argv.slice(2).filter((word) => !word.endsWith('.ts'))], {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
