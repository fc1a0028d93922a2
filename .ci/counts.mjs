// Names the tests of vitest's JSON reports that did not pass, with the beginning of what each said, and prints
// `N passed, N failed`. Ends with 1 when a test failed or was skipped, when a file could not be loaded, when a
// report is missing or when no test ran: in CI all of these are failures. A file of which the newcomer's run
// skipped something counts where it is played again, with all that it needs.
import { readFileSync } from 'node:fs'

const newcomer = 'reports/newcomer.json'
const expected = [newcomer, 'reports/vitest.json', 'reports/package.json']
let passed = 0
let failed = 0
let wrong = 0
for (const path of new Set([...expected, ...process.argv.slice(2)])) {
  let report
  try {
    report = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    console.error(`no report ${path}`)
    wrong += 1
    continue
  }
  for (const file of report.testResults) {
    const isSkipped = file.assertionResults.some(({ status }) => status === 'skipped' || status === 'pending')
    if (path === newcomer && isSkipped && file.assertionResults.every(({ status }) => status !== 'failed'))
      continue
    passed += file.assertionResults.filter(({ status }) => status === 'passed').length
    failed += file.assertionResults.filter(({ status }) => status === 'failed').length
    if (file.status === 'failed' && file.assertionResults.length === 0) {
      console.error(`could not load ${file.name}`)
      failed += 1
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') continue
      console.error(`${test.status}: ${file.name}: ${test.fullName}`)
      for (const message of test.failureMessages ?? [])
        console.error(message.split('\n').slice(0, 12).join('\n'))
      if (test.status !== 'failed') wrong += 1
    }
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = passed === 0 || failed > 0 || wrong > 0 ? 1 : 0
