import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { WebSocket } from 'ws'

export const chromium: string = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Whether Chromium can run here. In CI it must. */
export const hasChromium: boolean = existsSync(chromium) || process.env.CI !== undefined

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']

interface Reply {
  readonly id?: number
  readonly method?: string
  readonly result?: { readonly result?: { readonly value?: string } }
  readonly error?: { readonly message: string }
}

/**
 * Opens a page with a module in it, which calls `report(value)` or fails. Returns the value.
 * @throws Error with what the page threw
 */
export async function runInChromium(code: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-browser-'))
  const page = join(folder, 'page.html')
  writeFileSync(page, pageWith(code))
  const flags = [...FLAGS, '--remote-debugging-port=0', `--user-data-dir=${join(folder, 'profile')}`]
  const browser = spawn(chromium, [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise((resolve) => browser.once('exit', resolve))
  try {
    let said = ''
    const address = await new Promise<string>((resolve, reject) => {
      browser.once('exit', () => reject(new Error(`Chromium has ended: ${said}`)))
      browser.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const [, port] = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said) ?? []
        if (port !== undefined) resolve(`http://127.0.0.1:${port}/json`)
      })
    })
    return JSON.parse(await outcomeOf(address, pathToFileURL(page).href)) as unknown
  } finally {
    browser.kill('SIGKILL')
    await ended
    await removed(folder)
  }
}

/**
 * Removes the folder of a browser, whose helper processes end a little later and write until then. The
 * retries of `rmSync` do not look for new files.
 */
async function removed(folder: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return rmSync(folder, { recursive: true, force: true })
    } catch (error) {
      if (tries === 100) throw error
      await setTimeout(100)
    }
  }
}

/** A page whose `outcome` is a promise of what its module reports, as JSON. */
function pageWith(code: string): string {
  const script = `
    window.outcome = new Promise((resolve, reject) => {
      window.report = (value) => resolve(JSON.stringify(value))
      window.addEventListener('error', ({ message }) => reject(new Error(message)))
      window.addEventListener('unhandledrejection', ({ reason }) => reject(reason))
    })`
  const module = code.replaceAll('</script', '<\\/script')
  const head = `<!doctype html><meta charset="utf-8"><script>${script}</script>`
  return `${head}<script type="module">${module}</script>`
}

interface Target {
  readonly type: string
  readonly webSocketDebuggerUrl: string
}

/** Opens the page over Chromium's debugging protocol, and asks it when it is loaded. */
async function outcomeOf(address: string, page: string): Promise<string> {
  let tab: Target | undefined
  while (tab === undefined) {
    const targets = (await (await fetch(address)).json()) as readonly Target[]
    tab = targets.find(({ type }) => type === 'page')
  }
  const socket = new WebSocket(tab.webSocketDebuggerUrl, { maxPayload: 2 ** 28 })
  const send = (id: number, method: string, params: object = {}): void =>
    socket.send(JSON.stringify({ id, method, params }))
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.on('error', reject)
      socket.on('open', () => {
        send(1, 'Page.enable')
        send(2, 'Page.navigate', { url: page })
      })
      socket.on('message', (data: Buffer) => {
        const { id, method, result, error } = JSON.parse(data.toString()) as Reply
        const value = result?.result?.value
        if (method === 'Page.loadEventFired')
          send(3, 'Runtime.evaluate', {
            expression: 'window.outcome',
            awaitPromise: true,
            returnByValue: true,
          })
        else if (id === 3 && typeof value === 'string') resolve(value)
        else if (id === 3 || error !== undefined)
          reject(new Error(error?.message ?? `the page failed: ${JSON.stringify(result)}`))
      })
    })
  } finally {
    socket.close()
  }
}
