/** `npm start`: the course in the terminal, as `simcluster play`; `npm start -- --help` has the flags. */
import { runHere } from '../src/cli/run.js'

await runHere(['play', ...process.argv.slice(2)])
