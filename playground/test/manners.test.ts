import { afterAll, beforeAll, expect, test } from 'vitest'
import { Learner, openStage, type Stage } from './browser.js'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

const tourOf = (learner: Learner): Promise<string | undefined> =>
  learner.page.evaluate(() => document.documentElement.dataset['tour'])

test('a button that is pressed twice at once plays one step', async () => {
  const learner = await Learner.open(stage, '#chapter/1')
  const { page } = learner
  await page.evaluate(() => {
    const next = document.querySelector<HTMLElement>('.next')
    next?.click()
    next?.click()
  })
  await expect.poll(() => page.locator('.step.played').count()).toBe(1)
  await page.locator('.next').press('Enter')
  await expect.poll(() => page.locator('.step.played').count()).toBe(2)
  expect((await learner.deed()).actions).toHaveLength(2)
  await learner.close()
})

test('time cannot be moved in the past, and the page shows it', async () => {
  const learner = await Learner.open(stage, '#free/1')
  const { page } = learner
  await learner.types('kubectl create namespace mine')
  const movers = page.locator('.clock button:disabled')
  await expect.poll(() => movers.count()).toBe(0)
  await page.locator('.timeline input').press('Home')
  await expect.poll(() => movers.allInnerTexts()).toEqual(['+1 s', 'Play', 'Jump', 'Settle'])
  await page.getByRole('button', { name: 'Go on from here' }).press('Enter')
  await expect.poll(() => movers.count()).toBe(0)
  await learner.close()
})

test('the page is drawn while the pods of a lost node move', async () => {
  const learner = await Learner.open(stage, '#free/2')
  const { page } = learner
  await learner.types('kubectl create deployment web --image=nginx --replicas=100')
  await page.getByRole('button', { name: 'Settle' }).press('Enter')
  await page.locator('[data-node="node-1"] button').first().press('Enter')
  await page.locator('.power-off').press('Enter')
  const times = await page.evaluate(
    () =>
      new Promise<readonly string[]>((resolve) => {
        const now = document.querySelector<HTMLOutputElement>('.now')
        const shown = new Set<string>()
        const look = (): void => {
          shown.add(now?.value ?? '')
          if (/00:07:\d\d$/.test(now?.value ?? '')) resolve([...shown])
          else requestAnimationFrame(look)
        }
        look()
        document.querySelector<HTMLElement>('.clock button.jump')?.click()
      }),
  )
  // the first and the last are there also if all is done at once
  expect(times.length).toBeGreaterThan(3)
  await expect.poll(() => learner.nodesOf('web-')).toContain('node-2')
  await learner.close()
})

test.for(['#lesson/budget/abc', '#lesson/no-such-lesson', '#chapter/99', '#free/1000', '#exam/ckx/1'])(
  'an address that names no place says so: %s',
  async (address) => {
    const learner = await Learner.open(stage, address)
    const said = (): Promise<string> => learner.page.locator('.says').innerText()
    await expect.poll(said).toBe('This link cannot be read.')
    await learner.page.evaluate(() => (location.hash = '#free/2'))
    await expect.poll(() => learner.page.locator('.node').count()).toBe(2)
    await learner.page.evaluate((hash) => (location.hash = hash), address)
    await expect.poll(said).toBe('This link cannot be read.')
    await learner.close()
  },
)

test('the tour leads nobody into crashing the cluster of a lesson or an exam', async () => {
  const learner = await Learner.open(stage, '#lesson/budget')
  await expect.poll(() => tourOf(learner)).toBe('')
  await learner.page.locator('.tour').waitFor({ state: 'hidden' })
  await learner.page.evaluate(() => (location.hash = '#free/2'))
  await expect.poll(() => tourOf(learner)).toBe('node')
  await learner.page.locator('#tab-exam').press('Enter')
  await learner.page.getByRole('button', { name: 'Start CKA', exact: true }).press('Enter')
  await learner.page.locator('.tasks [aria-current]').waitFor()
  await expect.poll(() => tourOf(learner)).toBe('')
  await learner.close()
})

test('advice names the buttons of the page, not words to type', async () => {
  const learner = await Learner.open(stage, '#lesson/forgotten-cordon')
  const { page } = learner
  const hints = page.locator('.hints')
  await learner.types('kubectl uncordon node-2')
  await expect.poll(() => page.locator('.verdict').innerText()).toContain('Solved!')
  await page.getByRole('button', { name: 'Hint' }).press('Enter')
  await expect.poll(() => hints.innerText()).toContain('press Check')
  await page.getByRole('button', { name: '한국어' }).press('Enter')
  await expect.poll(() => hints.innerText()).toMatch(/확인.*누르세요/)
  await learner.close()
})

test('the tour goes on after a reload, and in another language', async () => {
  const learner = await Learner.open(stage)
  const { page } = learner
  await page.locator('.of-node').first().press('Enter')
  await page.getByRole('button', { name: 'Power off' }).press('Enter')
  await expect.poll(() => tourOf(learner)).toBe('jump')
  await learner.reload()
  await expect.poll(() => tourOf(learner)).toBe('jump')
  await page.getByRole('button', { name: '한국어' }).press('Enter')
  await expect.poll(() => page.locator('.tour').innerText()).toContain('✓ 노드 고장 내기')
  await expect.poll(() => tourOf(learner)).toBe('jump')
  await learner.close()
})

test('another language changes nothing of what was typed', async () => {
  const learner = await Learner.open(stage, '#free/1')
  await learner.types('kubectl create namespace mine')
  const shown = /kubectl create namespace mine\nnamespace\/mine created\nroot@control-plane:~#\s*$/
  await expect.poll(() => learner.screen()).toMatch(shown)
  await learner.page.getByRole('button', { name: '한국어' }).press('Enter')
  await learner.page.waitForSelector('html[lang=ko]')
  await expect.poll(() => learner.screen()).toMatch(shown)
  expect(await learner.types('kubectl get namespace mine -o name')).toBe('namespace/mine')
  await learner.close()
})

test.for([320, 720])('nothing is wider than a page of %i pixels, on any tab', async (width) => {
  const learner = await Learner.open(stage, '#lesson/budget', { viewport: { width, height: 600 } })
  const { page } = learner
  for (const pane of ['guide', 'cluster'])
    for (const tab of {
      guide: ['chapters', 'lessons', 'practice', 'exam'],
      cluster: ['cluster', 'scheduler', 'policies', 'figures'],
    }[pane] ?? []) {
      await page.locator(`.to-${pane}`).press('Enter')
      await page.locator(`#tab-${tab}`).press('Enter')
      await page.locator(`#panel-${tab}`).waitFor()
      const wide = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth)
      await expect.poll(wide, { message: tab }).toBe(width)
    }
  await learner.close()
})

const SIZES = [
  [390, 844],
  [768, 1024],
  [1440, 900],
] as const

test.for(
  SIZES.flatMap(([width, height]) => (['en-US', 'ko-KR'] as const).map((l) => [width, height, l] as const)),
)(
  'every button of every tab has 24 pixels for a finger, and its text, at %i x %i in %s',
  async ([width, height, locale]) => {
    const learner = await Learner.open(stage, '#lesson/budget', { viewport: { width, height }, locale })
    const { page } = learner
    const faults: string[] = []
    for (const [pane, tabs] of [
      ['guide', ['chapters', 'lessons', 'practice', 'exam']],
      ['cluster', ['cluster', 'scheduler', 'policies', 'figures']],
    ] as const)
      for (const tab of tabs) {
        if (width < 960) await page.locator(`.to-${pane}`).press('Enter')
        await page.locator(`#tab-${tab}`).press('Enter')
        if (tab === 'cluster') await page.locator('.of-node').first().press('Enter')
        if (tab === 'scheduler') await page.locator('#panel-scheduler form button').press('Enter')
        await page.locator(`#panel-${tab}`).waitFor()
        await learner.isDrawn()
        for (const each of await cramped(learner)) faults.push(`${tab}: ${each}`)
      }
    expect([...new Set(faults)]).toEqual([])
    await learner.close()
  },
)

test.for([390, 720, 960, 1440])('looking back cuts nothing, at %i pixels', async (width) => {
  const learner = await Learner.open(stage, '#free/2', { viewport: { width, height: 900 } })
  const { page } = learner
  if (width <= 960) await page.locator('.to-cluster').press('Enter')
  const { actions } = await learner.deed()
  for (const name of ['Settle', '+1 s']) await page.getByRole('button', { name }).press('Enter')
  await expect.poll(async () => (await learner.deed()).actions.length).toBeGreaterThan(actions.length)
  await page.locator('.timeline input').press('Home')
  await page.locator('.branch').waitFor()
  expect(await cramped(learner)).toEqual([])
  expect(await page.locator('.timeline input').evaluate((each) => each.offsetWidth)).toBeGreaterThan(100)
  await learner.close()
})

/** Controls that are too small, or whose text does not fit. */
const cramped = ({ page }: Learner): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, summary, select, input[type=range], h1, [role=tab]')]
      .filter((each) => each.checkVisibility() && each.closest('.xterm') === null)
      .flatMap((each) => {
        const { width, height, right } = each.getBoundingClientRect()
        const name = `${each.tagName}.${each.className} ${each.innerText.slice(0, 20)}`
        const isWide = each.closest('.wide, .tour') === null && right > innerWidth
        const isCut = each.tagName !== 'INPUT' && each.scrollWidth > each.clientWidth + 1
        return [
          ...(each.tagName !== 'H1' && (width < 24 || height < 24)
            ? [`${name} is ${width} x ${height}`]
            : []),
          ...(isWide || isCut ? [`${name} is cut`] : []),
        ]
      }),
  )

test('the prompt below a long output is wholly in the terminal, however high that is', async () => {
  const learner = await Learner.open(stage, '#free/1')
  const { page } = learner
  await learner.types('kubectl get nodes -o yaml')
  const bottom = async (selector: string): Promise<number> => {
    const box = await page.locator(selector).last().boundingBox()
    return (box?.y ?? Number.NaN) + (box?.height ?? Number.NaN)
  }
  // a row has 15 to 20 pixels
  for (let height = 240; height < 260; height += 3) {
    await page.evaluate((to) => document.documentElement.style.setProperty('--terminal', `${to}px`), height)
    await expect.poll(() => page.locator('.xterm-rows > div').last().innerText()).toContain('root@')
    await expect
      .poll(async () => (await bottom('.xterm-rows > div')) - (await bottom('.xterm-box')))
      .toBeLessThanOrEqual(0)
  }
  await learner.close()
})
