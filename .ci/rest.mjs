// Prints the test files of which the newcomer's run (its JSON report is the argument) skipped something: those that
// need a program or material that a newcomer does not have.
import { readFileSync } from 'node:fs'

const [, , path] = process.argv
for (const { name, assertionResults } of JSON.parse(readFileSync(path, 'utf8')).testResults)
  if (assertionResults.some(({ status }) => status === 'skipped' || status === 'pending'))
    console.log(name.replace(/^.*?\/(?=(?:test|examples)\/)/, ''))
