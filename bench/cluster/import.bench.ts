/** What `import 'simcluster'` costs in a fresh process: the built package, after `npm run build`. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { median, printFigures } from './figures.js'
import { BUNDLE } from './webernetes.js'

const ROUNDS = 15
const OURS = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
const COMMONJS = fileURLToPath(new URL('../../dist/cjs/index.js', import.meta.url))

/** Milliseconds of processor time that the import takes in a process of its own. */
function importTime(file: string): number {
  const url = JSON.stringify(pathToFileURL(file).href)
  const script = `
    const before = process.cpuUsage()
    await import(${url})
    const { user, system } = process.cpuUsage(before)
    console.log((user + system) / 1000)`
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }))
}

const candidates = [
  ['simcluster', OURS],
  ['simcluster as CommonJS', COMMONJS],
  ['@ngrok/webernetes (one bundle)', BUNDLE],
] as const
const present = candidates.filter(([, file]) => existsSync(file))
if (!existsSync(OURS)) console.error('dist is not built, its import is not measured: npm run build')

const times = present.map((): number[] => [])
for (let round = 0; round < ROUNDS; round += 1)
  present.forEach(([, file], at) => times[at]?.push(importTime(file)))
const figure = (all: readonly number[]): string =>
  `${median(all).toFixed(1)} ms (median of ${ROUNDS}; least ${Math.min(...all).toFixed(1)} ms)`
if (present.length > 0) {
  printFigures(
    'cluster: import in a fresh process, processor time',
    present.map(([name], at) => [name, figure(times[at] ?? [])]),
  )
}
