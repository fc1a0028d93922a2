import { deflateRawSync } from 'node:zlib'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Learner, openStage, type Stage } from './browser.js'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

const linkOf = (deed: object): string =>
  `#s=${deflateRawSync(JSON.stringify(deed), { level: 9 }).toString('base64url')}`

const PLACE = { kind: 'free', nodes: 1, seed: 1 }
/** Virtual time that no browser can play while somebody looks. */
const ENDLESS = { place: PLACE, actions: [{ do: 'advance', ms: 1e15 }] }
const WORK = 'kubectl create namespace mine'

/** A learner who has done something. */
async function withWork(): Promise<{ readonly learner: Learner; readonly context: BrowserContext }> {
  const learner = await Learner.open(stage)
  await learner.types(WORK)
  await expect.poll(async () => (await learner.deed()).actions.length).toBe(1)
  return { learner, context: learner.page.context() }
}

/** Opens the page again, as a learner would who has closed one that does not respond. */
async function openedAgain(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(stage.address)
  await page.waitForSelector('html[data-ready]')
  return page
}

const kept = (page: Page): Promise<string> =>
  page.evaluate(() => localStorage.getItem('simcluster-playground') ?? '')

const said = (page: Page): Promise<string> => page.locator('.says').innerText()

/** Gives a file to the page's import. */
const imports = (page: Page, text: string): Promise<void> =>
  page
    .locator('input[type=file]')
    .setInputFiles({ name: 'progress.json', mimeType: 'application/json', buffer: Buffer.from(text) })

const progressOf = (deed: object): string => JSON.stringify({ format: 1, language: 'en', solved: [], deed })

test('refuses a link of 100 MB when inflated, one of 10,001 actions, and one of a million nodes', async () => {
  const waits = Array.from({ length: 10_001 }, () => ({ do: 'settle' }))
  for (const deed of [
    { place: PLACE, actions: [], padding: 'a'.repeat(100_000_000) },
    { place: PLACE, actions: waits },
    { place: { ...PLACE, nodes: 1_000_000 }, actions: [] },
  ]) {
    const guest = await Learner.open(stage, linkOf(deed))
    await expect.poll(() => said(guest.page)).toBe('This link cannot be read.')
    await guest.close()
  }
})

test('refuses a file of more than 8 MB, one of 10,001 actions, and one without actions', async () => {
  const { learner } = await withWork()
  const before = await kept(learner.page)
  for (const deed of [
    { place: PLACE, actions: [], padding: 'a'.repeat(10_000_000) },
    { place: PLACE, actions: Array.from({ length: 10_001 }, () => ({ do: 'settle' })) },
    { place: PLACE, actions: 'none' },
    { place: { kind: 'lesson', id: 'none' }, actions: [] },
  ]) {
    await learner.page.locator('.says').evaluate((element) => (element.textContent = ''))
    await imports(learner.page, progressOf(deed))
    await expect.poll(() => said(learner.page)).toBe('This is not a progress file.')
    expect(await kept(learner.page)).toBe(before)
  }
  await learner.close()
})

test('imports a file, and keeps what is done after it', async () => {
  const learner = await Learner.open(stage, linkOf({ place: PLACE, actions: [] }))
  await imports(learner.page, progressOf({ place: PLACE, actions: [{ do: 'advance', ms: 1000 }] }))
  await expect.poll(async () => (await learner.deed()).actions.length).toBe(1)
  await learner.types(WORK)
  expect((await learner.deed()).actions.map((action) => action['do'])).toEqual(['advance', 'type'])
  await learner.close()
})

test('keeps no session that hangs, of a file or of a link', async () => {
  const { learner, context } = await withWork()
  const before = await kept(learner.page)
  const hanging = await openedAgain(context)
  await imports(hanging, progressOf(ENDLESS))
  const linked = await context.newPage()
  await linked.goto(stage.address + linkOf(ENDLESS), { waitUntil: 'commit' })
  // both pages have begun to play, and nobody hears of an end
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(await linked.evaluate(() => document.documentElement.dataset['ready'])).toBeUndefined()
  const again = await openedAgain(context)
  expect(await kept(again)).toBe(before)
  await expect.poll(() => said(again)).toBe('Back where you left off.')
  expect(learner.faults).toEqual([])
})

/** Opens a page whose kept session hangs, and waits until it has begun to play. */
async function hangs(context: BrowserContext): Promise<void> {
  const page = await openedAgain(context)
  await page.evaluate((text) => localStorage.setItem('simcluster-playground', text), progressOf(ENDLESS))
  const hanging = await context.newPage()
  await hanging.goto(stage.address, { waitUntil: 'commit' })
  await expect.poll(() => page.evaluate(() => localStorage.getItem('simcluster-replaying'))).not.toBeNull()
}

test('opens anew where the kept session has hung, which is kept until something is done', async () => {
  const context = await stage.browser.newContext({ locale: 'en-US' })
  await hangs(context)
  const again = await openedAgain(context)
  await expect.poll(() => said(again)).toContain('Your last session cannot be replayed.')
  expect(await kept(again)).toBe(progressOf(ENDLESS))
  await again.close()
  const third = await openedAgain(context)
  await third.locator('#command').fill(WORK)
  await third.locator('#command').press('Enter')
  await expect.poll(() => kept(third)).toContain(WORK)
  await third.close()
  const fourth = await openedAgain(context)
  await expect.poll(() => said(fourth)).toBe('Back where you left off.')
  await context.close()
})

test('waits for another tab that is still replaying, and opens the same session', async () => {
  const { learner, context } = await withWork()
  const before = await learner.deed()
  // ten seconds of other replays that go on: their mark is renewed all the time
  await learner.page.evaluate(() => {
    const mark = (): void =>
      localStorage.setItem('simcluster-replaying', JSON.stringify({ tab: 'another', time: Date.now() }))
    mark()
    const renewing = setInterval(mark, 500)
    setTimeout(() => {
      clearInterval(renewing)
      localStorage.removeItem('simcluster-replaying')
    }, 12_000)
  })
  const since = Date.now()
  const second = await openedAgain(context)
  expect(Date.now() - since).toBeGreaterThan(10_000)
  await expect.poll(() => said(second)).toBe('Back where you left off.')
  await learner.reload()
  expect(await learner.deed()).toEqual(before)
  await learner.close()
})

test('restores the same session in three tabs at once, and keeps it', async () => {
  const { learner, context } = await withWork()
  const before = await learner.deed()
  const pages = await Promise.all([openedAgain(context), openedAgain(context), openedAgain(context)])
  for (const page of pages) await expect.poll(() => said(page)).toBe('Back where you left off.')
  await learner.reload()
  expect(await learner.deed()).toEqual(before)
  await learner.close()
})

test('leaves the work of who opens a link alone, also while they work in it', async () => {
  const { learner, context } = await withWork()
  const before = await learner.deed()
  const page = await context.newPage()
  await page.goto(
    stage.address + linkOf({ place: PLACE, actions: [{ do: 'type', line: 'kubectl get nodes' }] }),
  )
  await page.waitForSelector('html[data-ready]')
  await page.locator('#command').fill('kubectl create namespace theirs')
  await page.locator('#command').press('Enter')
  await expect.poll(() => page.locator('[role=log]').innerText()).toContain('theirs created')
  await learner.reload()
  expect(await learner.deed()).toEqual(before)
  await learner.close()
})

test('opens in a browser that keeps nothing', async () => {
  const context = await stage.browser.newContext({ locale: 'en-US' })
  const page = await context.newPage()
  await page.addInitScript(() =>
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    }),
  )
  await page.goto(stage.address)
  await page.waitForSelector('html[data-ready]')
  await context.close()
})
