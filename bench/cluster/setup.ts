/**
 * `npx tsx bench/cluster/setup.ts`: installs @ngrok/webernetes below .cache/bench, never into the project,
 * and bundles it there, since its files load in no plain Node (extensionless imports). Without it the
 * benchmarks of the cluster run alone and say so.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { rolldown } from 'rolldown'
import { BUNDLE, CACHE, VERSION } from './webernetes.js'

mkdirSync(CACHE, { recursive: true })
const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts']
execFileSync('npm', ['install', '--prefix', CACHE, ...flags, `@ngrok/webernetes@${VERSION}`], {
  stdio: 'inherit',
})
const build = await rolldown({
  input: `${CACHE}/node_modules/@ngrok/webernetes/dist/index.js`,
  cwd: CACHE,
  platform: 'node',
})
await build.write({ file: BUNDLE, format: 'esm' })
await build.close()
