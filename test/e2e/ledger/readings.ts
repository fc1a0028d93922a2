import type { Outcome } from '../harness.js'
import { compared } from '../transcripts/normalise.js'

/**
 * Commands of which kubectl prints the lines, or the parts of a line, in random order: those of a Go map, or
 * as goroutines come.
 */
const UNORDERED = /^(drain |label node node1 --list|logs a --all-containers)/

/** One that tries until it is let, how often depends on how fast the machine is: equal lines count once. */
const REPEATED = /PDB blocks/

/** What is compared of the outcome of a command. */
export function read(id: string, outcome: Outcome): Outcome {
  const { code, stdout, stderr } = compared(outcome)
  const once = (text: string): string =>
    REPEATED.test(id) ? [...new Set(text.split('\n'))].join('\n') : text
  return UNORDERED.test(id)
    ? { code, stdout: parts(once(stdout)), stderr: parts(once(stderr)) }
    : { code, stdout, stderr }
}

const parts = (text: string): string =>
  text
    .split('\n')
    .map((line) =>
      line
        .split(/(?:[;,[\]] ?|(?<=Warning:) )/)
        .sort()
        .join('\n '),
    )
    .sort()
    .join('\n')
