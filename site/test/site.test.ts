import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsOf, type Learner, openStage, type Stage } from '../../playground/test/browser.js'

type Page = Learner['page']

let stage: Stage
beforeAll(async () => {
  stage = await openStage(fileURLToPath(new URL('../.vitepress', import.meta.url)))
})
afterAll(() => stage.close())

/** One page of each kind. */
const PAGES = [
  'index.html',
  'ko/index.html',
  'course/1.html',
  'ko/course/7.html',
  'guide/testing.html',
  'ko/guide/start.html',
  'guide/options.html',
  'guide/decisions/site.html',
  'examples/backup-ts.html',
  'papers/CONTRIBUTING.html',
  'api/index.html',
  'api/netpol.html',
  'play.html',
  'ko/play.html',
]

async function visit(
  colorScheme: 'light' | 'dark',
  width: number,
  look: (page: Page, path: string) => Promise<void>,
  paths: readonly string[] = PAGES,
): Promise<readonly string[]> {
  const context = await stage.browser.newContext({ colorScheme, viewport: { width, height: 900 } })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  for (const path of paths) {
    await page.goto(stage.address + path)
    // VitePress has made the page live: until then buttons do nothing
    await page.waitForFunction(() => '__vue_app__' in (document.getElementById('app') ?? {}))
    await look(page, path)
  }
  await context.close()
  return faults
}

test.for(['light', 'dark'] as const)('axe finds nothing on pages of each kind, %s', async (theme) => {
  const found: string[] = []
  const faults = await visit(theme, 1440, async (page, path) => {
    found.push(...(await complaintsOf(page)).map((each) => `${path}: ${each}`))
  })
  expect({ found, faults }).toEqual({ found: [], faults: [] })
})

test('every link between pages leads to a heading that is there', () => {
  const folder = fileURLToPath(new URL('../.vitepress/dist/', import.meta.url))
  const texts = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.html') && !path.startsWith('playground'))
      .map((path) => [path, readFileSync(folder + path, 'utf8')]),
  )
  const found = (text: string, what: RegExp): readonly string[] =>
    Array.from(text.matchAll(what), ([, value = '']) => value.replaceAll('&amp;', '&'))
  const anchors = new Map([...texts].map(([path, text]) => [path, new Set(found(text, / id="([^"]+)"/g))]))
  const broken = [...texts].flatMap(([path, text]) =>
    found(text, /<a [^>]*href="([^"]+)"/g).filter((href) => {
      const { origin, pathname, hash } = new URL(href, `http://site/${path}`)
      const page = decodeURIComponent(pathname.slice(1)).replace(/(?<=^|\/)$/, 'index.html')
      if (origin !== 'http://site' || page.startsWith('playground') || !page.endsWith('.html')) return false
      return !anchors.has(page) || (hash !== '' && !anchors.get(page)?.has(decodeURIComponent(hash.slice(1))))
    }),
  )
  expect(broken).toEqual([])
})

test('no page is wider than a telephone, Hangul is upright, and Korean words are whole', async () => {
  const faults = await visit('light', 390, async (page, path) => {
    expect(path + (await page.evaluate(() => document.documentElement.scrollWidth))).toBe(`${path}390`)
    if (!path.startsWith('ko/')) return
    const slanted = await page.evaluate(() =>
      [...document.querySelectorAll('body *')].flatMap((each) => {
        const own = [...each.childNodes].map((node) => (node.nodeType === 3 ? node.textContent : '')).join('')
        return /[가-힣]/.test(own) && getComputedStyle(each).fontStyle !== 'normal' ? [own] : []
      }),
    )
    expect(slanted).toEqual([])
    expect(await page.evaluate(() => getComputedStyle(document.body).wordBreak)).toBe('keep-all')
  })
  expect(faults).toEqual([])
})

test('a step of a chapter runs on its page, also a changed one, after the steps before it', async () => {
  const run = async (page: Page, path: string): Promise<void> => {
    const isKorean = path.startsWith('ko/')
    const cells = await page.locator('.live').allInnerTexts()
    const cell = page.locator('.live').nth(cells.findIndex((text) => text.includes('kubectl drain')))
    await cell.locator('.live-row button').press('Enter')
    await expect.poll(() => cell.locator('.live-output').allInnerTexts()).toHaveLength(1)
    expect(await cell.locator('.live-output').innerText()).toContain('cordoned')
    const picture = cell.locator('img')
    expect(await picture.getAttribute('alt')).toBe(isKorean ? '지금의 클러스터' : 'The cluster now')
    await cell.locator('textarea').fill('kubectl get nodes --no-headers | grep -c SchedulingDisabled')
    await cell.locator('textarea').press('Enter')
    await expect.poll(() => cell.locator('.live-output').innerText()).toBe('1')
  }
  expect(await visit('light', 1440, run, ['course/1.html', 'ko/course/1.html'])).toEqual([])
})

test('"open this lesson" leads to the lesson in the playground, in the language of the page', async () => {
  const open = async (page: Page, path: string): Promise<void> => {
    const isKorean = path.startsWith('ko/')
    const link = page.getByRole('link', { name: isKorean ? '이 실습 열기' : 'Open this lesson' }).first()
    const lesson = /#lesson\/(.+)$/.exec((await link.getAttribute('href')) ?? '')?.[1]
    await link.press('Enter')
    await page.waitForSelector('html[data-ready]')
    expect(new URL(page.url()).hash).toBe(`#lesson/${lesson}`)
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(isKorean ? 'ko' : 'en')
    expect(await page.locator('.goals li').count()).toBeGreaterThan(0)
  }
  expect(await visit('light', 1440, open, ['course/1.html', 'ko/course/7.html'])).toEqual([])
})
