/**
 * `npm start`: the course in the terminal, as `simcluster play`, and the commands of teachers;
 * `npm start -- --help` has the flags.
 */
import { runHere } from '../src/cli/run.js'

const words = process.argv.slice(2)
await runHere(['lessons', 'slides', 'grade'].includes(words[0] ?? '') ? words : ['play', ...words])
