import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { preview } from 'vite'
import { expect } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const pictures = fileURLToPath(new URL('../../.cache/playground/', import.meta.url))

const axe = readFileSync(
  fileURLToPath(new URL('../node_modules/axe-core/axe.min.js', import.meta.url)),
  'utf8',
)

/** What axe-core finds on a page as it is now. */
export async function complaintsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = await (
      window as unknown as { readonly axe: { run: () => Promise<{ violations: readonly Violation[] }> } }
    ).axe.run()
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(' | ')}`,
    )
  })
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** Built pages in Chromium. */
export interface Stage {
  readonly address: string
  readonly browser: Browser
  readonly close: () => Promise<void>
}

/** Serves what was built into `dist` of a folder. Default: the playground. */
export async function openStage(folder: string = root): Promise<Stage> {
  const server = await preview({
    root: folder,
    configFile: false,
    base: './',
    logLevel: 'error',
    preview: { port: 0, host: '127.0.0.1' },
  })
  const address = server.resolvedUrls?.local[0]
  if (address === undefined) throw new Error('the preview has no address')
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  return {
    address,
    browser,
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}

interface Kept {
  readonly traceHash: string
  readonly actions: readonly Readonly<Record<string, unknown>>[]
}

/** A page that a learner has open. Errors of the page and requests to other origins fail the test. */
export class Learner {
  readonly page: Page
  /** Errors, and addresses elsewhere that were asked. */
  readonly faults: string[] = []

  private constructor(page: Page, address: string) {
    this.page = page
    page.on('pageerror', (error) => this.faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text())
    })
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(address) && !/^(?:data|blob):/.test(url)) this.faults.push(url)
    })
  }

  static async open(
    { browser, address }: Stage,
    hash = '',
    options: BrowserContextOptions = {},
  ): Promise<Learner> {
    const context = await browser.newContext({
      locale: 'en-US',
      viewport: { width: 1440, height: 900 },
      ...options,
    })
    const learner = new Learner(await context.newPage(), address)
    await learner.page.goto(address + hash)
    await learner.isReady()
    return learner
  }

  async isReady(): Promise<void> {
    await this.page.waitForSelector('html[data-ready]')
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.isReady()
  }

  async close(): Promise<void> {
    expect(this.faults).toEqual([])
    await this.page.context().close()
  }

  /** Puts the focus on something by the Tab key alone. */
  async tabTo(selector: string): Promise<void> {
    const isAt = (wanted: string): Promise<boolean> =>
      this.page.evaluate((each) => document.activeElement?.matches(each) === true, wanted)
    // the terminal keeps Tab for itself
    if (await isAt('.xterm-helper-textarea')) await this.page.keyboard.press('Shift+Tab')
    for (let count = 0; count < 400; count++) {
      if (await isAt(selector)) return
      if (await isAt('.xterm-helper-textarea')) await this.page.locator('#command').focus()
      else await this.page.keyboard.press('Tab')
    }
    throw new Error(`Tab does not lead to ${selector}`)
  }

  /** Types a line into the terminal once the prompt is there, and waits until the command has been noted. */
  async types(line: string): Promise<string> {
    await expect.poll(() => this.page.locator('[data-busy]').count()).toBe(0)
    await this.page.locator('.xterm-helper-textarea').focus()
    const before = await this.#actions()
    await this.page.keyboard.type(`${line}\n`)
    await expect.poll(() => this.#actions()).toBeGreaterThan(before)
    return this.printed()
  }

  /** What the last command has printed, as a screen reader is told. */
  async printed(): Promise<string> {
    return (await this.page.locator('[role=log]').innerText()).trimEnd()
  }

  /** The lines on the screen of the terminal. */
  async screen(): Promise<string> {
    const rows = await this.page.locator('.xterm-rows > div').allInnerTexts()
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n')
  }

  /** How many commands have been noted. Time that passes is not counted. */
  async #actions(): Promise<number> {
    return (await this.deed()).actions.filter((action) => action['do'] !== 'advance').length
  }

  /** Waits until what was asked of the cluster is done and drawn. */
  async isDrawn(): Promise<void> {
    await this.page.waitForSelector('html:not([data-moving])')
  }

  /** What the browser keeps of the session once the page has drawn: it is written then. */
  async deed(): Promise<Kept> {
    await this.isDrawn()
    return this.kept()
  }

  /** What the browser keeps of the session now. */
  kept(): Promise<Kept> {
    return this.page.evaluate(() => {
      const text = localStorage.getItem('simcluster-playground') ?? '{}'
      return (JSON.parse(text) as { deed?: never }).deed ?? { traceHash: '', actions: [] }
    })
  }

  /** Names of the nodes on which pods with a prefix are shown, once the page has drawn. */
  async nodesOf(prefix: string): Promise<readonly string[]> {
    await this.isDrawn()
    return this.page.evaluate(
      (start) =>
        [...document.querySelectorAll<HTMLElement>('[data-pod]')]
          .filter((each) => each.dataset['pod']?.startsWith(start))
          .map((each) => each.closest<HTMLElement>('[data-node]')?.dataset['node'] ?? ''),
      prefix,
    )
  }

  /** Keeps a picture for people to look at: .cache/playground. */
  async photograph(name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true })
    await this.page.screenshot({ path: `${pictures}${name}.png` })
  }
}
