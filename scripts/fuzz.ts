/**
 * `npm run fuzz -- [--seconds N] [--only DECODER]`: plays mutations of test/fuzz/corpus, led by coverage, on
 * the decoders of test/fuzz/decoders.ts for some seconds (10 by default) with jazzer.js, which `npm run
 * e2e:setup` installs. Ends with 1 if one throws, hangs for 10 s or takes 1 GB; the input is then in
 * .cache/fuzz. What is new stays in .cache/fuzz-corpus, from where the next run goes on.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'
import { bundling } from './bundling.js'
import { decoders } from '../test/fuzz/decoders.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const jazzer = `${root}.ci/tools/node_modules/@jazzer.js/core/dist/cli.js`
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { seconds: { type: 'string', default: '10' }, only: { type: 'string' } },
})
if (!existsSync(jazzer)) {
  console.error('jazzer.js is not there: npm run e2e:setup')
  process.exit(process.env['CI'] === undefined ? 0 : 1)
}

const names = Object.keys(decoders).filter((name) => values.only === undefined || name === values.only)
if (names.length === 0) throw new Error(`--only: there are ${Object.keys(decoders).join(', ')}`)

/** The decoders as CommonJS, which jazzer.js instruments: one program, whose start takes some seconds. */
const build = await rolldown({
  input: { decoders: `${root}test/fuzz/decoders.ts` },
  cwd: root,
  platform: 'node',
  logLevel: 'silent',
  transform: bundling.transform,
  external: (id) => id.startsWith('node:'),
})
await build.write({ dir: `${root}.cache/fuzz`, format: 'cjs', entryFileNames: '[name].cjs' })
await build.close()

/** The first byte of an input chooses its decoder. */
writeFileSync(
  `${root}.cache/fuzz/fuzz.cjs`,
  `const { decoders } = require('./decoders.cjs')
const chosen = ${JSON.stringify(names)}.map((name) => decoders[name])
exports.fuzz = (bytes) => bytes.length > 0 && chosen[bytes[0] % chosen.length](bytes.subarray(1))
`,
)

const corpus = `${root}.cache/fuzz-corpus/${values.only ?? 'all'}`
mkdirSync(corpus, { recursive: true })
for (const [at, name] of names.entries()) {
  const folder = `${root}test/fuzz/corpus/${name}`
  for (const file of readdirSync(folder)) {
    const input = Buffer.concat([Buffer.from([at]), readFileSync(`${folder}/${file}`)])
    writeFileSync(`${corpus}/${name}-${file}`, input)
  }
}

const limits = [`-max_total_time=${values.seconds}`, '-timeout=10', '-rss_limit_mb=1000', '-max_len=4096']
const { status, stderr } = spawnSync(
  process.execPath,
  [jazzer, `${root}.cache/fuzz/fuzz.cjs`, '-i', '.cache/fuzz/', corpus, '--', ...limits],
  { cwd: `${root}.cache/fuzz`, encoding: 'utf8', maxBuffer: 2 ** 28 },
)
if (status !== 0) console.error(stderr.split('\n').slice(-40).join('\n'))
const [coverage = ''] = /cov: \d+(?!.*cov: )/s.exec(stderr) ?? []
console.log(`${names.length} decoders, ${coverage}: ${/Done .*/.exec(stderr)?.[0] ?? `ended with ${status}`}`)
process.exit(status === 0 ? 0 : 1)
