import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { expect, inject, test } from 'vitest'
import { expectRollout, type Outcome } from '../package/outcome.js'

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Bundles the scenario and the packed package into one module, as an application's build would. */
async function bundle(): Promise<string> {
  const consumer = inject('consumer')
  const entry = join(consumer, 'browser.mjs')
  writeFileSync(
    entry,
    `
    import * as simcluster from 'simcluster'
    import { play } from './scenario.mjs'
    document.getElementById('result').textContent = JSON.stringify(play(simcluster))
  `,
  )
  const output = await build({
    root: consumer,
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2023',
      rollupOptions: { input: entry, output: { format: 'es', inlineDynamicImports: true } },
    },
  })
  const [result] = [output].flat()
  if (!result || !('output' in result)) throw new Error('vite built nothing')
  expect(result.output).toHaveLength(1)
  return result.output[0].code
}

/** Loads a page with the module in it and reads what the page says at last. */
function open(code: string, folder: string): string {
  const page = join(folder, 'page.html')
  const report =
    `window.onerror = (message) => { document.getElementById('result').textContent = 'error: ' + ` +
    'message }'
  const script = code.replaceAll('</script', '<\\/script')
  writeFileSync(
    page,
    `<!doctype html><pre id="result">nothing ran</pre><script>${report}</script><script ` +
      `type="module">${script}</script>`,
  )
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    `--user-data-dir=${join(folder, 'profile')}`,
  ]
  const args = [...flags, '--timeout=60000', '--dump-dom', pathToFileURL(page).href]
  const dom = execFileSync(chromium, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 28,
  })
  const text = /<pre id="result">([^<]*)<\/pre>/.exec(dom)?.[1] ?? 'no result in the page'
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

test('the core plays the same rollout in Chromium as in Node', async (context) => {
  if (!existsSync(chromium) && !process.env.CI)
    context.skip(`${chromium} is missing: apt-get install chromium`)
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-browser-'))
  try {
    const text = open(await bundle(), folder)
    expect(text).toMatch(/^\{/)
    const outcome = JSON.parse(text) as Outcome
    expectRollout(outcome)
    const script =
      `import * as simcluster from 'simcluster'; import { play } from './scenario.mjs'; ` +
      'console.log(JSON.stringify(play(simcluster)))'
    const inNode = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: inject('consumer'),
      encoding: 'utf8',
    })
    expect(outcome).toEqual(JSON.parse(inNode))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
