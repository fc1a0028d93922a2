import type { Outcome } from '../harness.js'
import { compared } from '../transcripts/normalise.js'

/** Commands of which kubectl prints the lines, or the parts of a line, in random order: those of a Go map, or as goroutines come. */
const UNORDERED = /^(drain |label node node1 --list|logs a --all-containers)/

/** What is compared of the outcome of a command. */
export function read(id: string, outcome: Outcome): Outcome {
  const { code, stdout, stderr } = compared(outcome)
  return UNORDERED.test(id) ? { code, stdout: parts(stdout), stderr: parts(stderr) } : { code, stdout, stderr }
}

const parts = (text: string): string =>
  text.split('\n').map((line) => line.split(/(?:[;,[\]] ?|(?<=Warning:) )/).sort().join('\n ')).sort().join('\n')
