import { afterAll, beforeAll, expect, test } from 'vitest'
import { Learner, openStage, type Stage } from './browser.js'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

const press = (learner: Learner, name: string): Promise<void> =>
  learner.page.getByRole('button', { name, exact: true }).first().press('Enter')

async function jump(learner: Learner, by: string): Promise<void> {
  await learner.page.locator('#jump').fill(by)
  await learner.page.locator('.jump').press('Enter')
}

test('a node whose network is cut is unknown until it is repaired, and a drained one is empty', async () => {
  const learner = await Learner.open(stage, '#free/2')
  const { page } = learner
  await learner.types('kubectl create deployment web --image=nginx --replicas=4')
  await press(learner, 'Settle')
  const node = page.locator('[data-node="node-1"]')
  await node.locator('.of-node').press('Enter')
  await press(learner, 'Cut network')
  await jump(learner, '2m')
  await expect.poll(() => node.getAttribute('data-ready')).toBe('false')
  await expect.poll(() => node.locator('[data-state=unknown]').count()).toBe(2)
  await press(learner, 'Repair network')
  await jump(learner, '1m')
  await expect.poll(() => node.getAttribute('data-ready')).toBe('true')
  await expect.poll(() => node.locator('[data-state=good]').count()).toBe(2)
  await press(learner, 'drain')
  await expect.poll(() => learner.printed()).toContain('node/node-1 drained')
  await expect.poll(() => node.locator('[data-pod]').count()).toBe(0)
  await learner.close()
})

test('two instants that a learner chooses are compared, and moments are named', async () => {
  const learner = await Learner.open(stage, '#free/2')
  const { page } = learner
  const timeline = page.locator('.timeline input')
  await learner.types('kubectl run first --image=nginx')
  await press(learner, 'Settle')
  await timeline.press('Home')
  await press(learner, 'Compare from here')
  await timeline.press('End')
  await learner.types('kubectl run second --image=nginx')
  await page.locator('[data-node="node-2"] .of-node').press('Enter')
  await press(learner, 'Power off')
  await page.locator('.changed summary').press('Enter')
  await expect.poll(() => page.locator('.told').innerText()).toMatch(/first is new[^]*second is new/)
  await press(learner, 'End comparison')
  await expect.poll(() => page.locator('.told').textContent()).not.toContain('first is new')
  await timeline.press('ArrowLeft')
  await timeline.press('ArrowRight')
  await timeline.press('ArrowLeft')
  await press(learner, '한국어')
  await page.locator('.timeline input').press('End')
  const said = page.locator('.timeline input')
  await expect.poll(() => said.getAttribute('aria-valuetext')).toContain('node-2 노드의 전원이 나갑니다')
  await learner.close()
})

test('the scheduler desk shows what each plugin gives with its weight, and names a tie', async () => {
  const learner = await Learner.open(stage, '#free/2')
  const { page } = learner
  await learner.types('kubectl run web --image=nginx')
  await page.locator('#tab-scheduler').press('Enter')
  await page.locator('.desk:visible').getByRole('button', { name: 'Explain' }).press('Enter')
  const heads = page.locator('.desk:visible thead th')
  await expect.poll(() => heads.allInnerTexts()).toContain('TaintToleration ×3')
  const rows = await page.locator('.desk:visible tbody tr').allInnerTexts()
  expect(rows).toHaveLength(2)
  for (const row of rows) {
    const [, total = '', ...weighted] = row.split('\t')
    const sum = weighted.reduce((all, each) => all + Number.parseInt(each, 10), 0)
    expect(sum).toBe(Number(total))
  }
  await expect.poll(() => page.locator('.desk:visible').innerText()).toMatch(/A tie: node-1, node-2/)
  await learner.close()
})

test('the scheduler desk of a cluster without pods says what to do, and a figure what its colours mean', async () => {
  const learner = await Learner.open(stage, '#free/1')
  const { page } = learner
  await page.locator('#tab-scheduler').press('Enter')
  const desk = page.locator('#panel-scheduler')
  await expect.poll(() => desk.innerText()).toContain('There is no pod to explain. Create one')
  await expect.poll(() => desk.getByRole('button', { name: 'Explain' }).isDisabled()).toBe(true)
  await learner.types('kubectl run web --image=nginx')
  await expect.poll(() => desk.innerText()).not.toContain('There is no pod')
  await expect.poll(() => desk.getByRole('button', { name: 'Explain' }).isDisabled()).toBe(false)
  await page.locator('#tab-figures').press('Enter')
  const figure = page.locator('[data-figure=grace]')
  await figure.locator('summary').press('Enter')
  await expect.poll(() => figure.locator('.tones .waits').innerText()).toBe('Terminating')
  await learner.close()
})

test('each of the eight figures draws, and each of its sliders changes what it draws', async () => {
  const learner = await Learner.open(stage)
  const { page } = learner
  await page.locator('#tab-figures').press('Enter')
  const figures = page.locator('.figure')
  await expect.poll(() => figures.count()).toBe(8)
  for (const figure of await figures.all()) {
    await figure.locator('summary').press('Enter')
    const shown = figure.locator('.shown')
    await expect.poll(() => shown.locator('.span, img, li').count()).toBeGreaterThan(0)
    for (const slider of await figure.locator('input[type=range]').all()) {
      // a longer grace than a program needs is no different: one of both ends is
      const drawn = new Set([await shown.innerHTML()])
      for (const key of ['Home', 'End']) {
        await slider.press(key)
        const end = (await slider.getAttribute(key === 'Home' ? 'min' : 'max')) ?? ''
        await expect.poll(() => slider.locator('+ output').innerText()).toBe(end)
        drawn.add(await shown.innerHTML())
      }
      expect({ slider: await slider.getAttribute('id'), isStill: drawn.size === 1 }).toMatchObject({
        isStill: false,
      })
    }
    await figure.locator('summary').press('Enter')
  }
  await learner.close()
})

test('desks and practice speak Korean on a Korean page, and a place that is opened shows its cluster', async () => {
  const learner = await Learner.open(stage, '?lang=ko#free/1', { locale: 'ko-KR' })
  const { page } = learner
  await learner.types('kubectl run web --image=nginx')
  await page.locator('#tab-practice').press('Enter')
  for (let number = 1; number <= 4; number++) {
    await page.locator('.choice input').first().check()
    await page.locator('.question').getByRole('button', { name: '답하기' }).press('Enter')
    const said = (): Promise<string> => page.locator('.outcome strong').innerText()
    await expect.poll(said).toMatch(/^(?:맞았습니다!|아닙니다\. 정답은 (?:예|아니요)입니다\.)$/)
    await press(learner, '다음 문제')
  }
  await page.locator('#tab-policies').press('Enter')
  await page
    .locator('#manifests')
    .fill(
      'kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nmetadata: { name: a }\nspec: { podSelector: { matchLabels: { app: x } } }',
    )
  await press(learner, '비교')
  await page.locator('.matrix').waitFor()
  const columns = await page.locator('.matrix thead th').allInnerTexts()
  expect(columns).toEqual(['default/web', '노드 node-1', '클러스터 외부'])
  const cells = await page.locator('.matrix td button').allInnerTexts()
  expect(cells).toContain('모든 포트')
  expect(cells.join()).not.toMatch(/[A-Za-z]/)
  await page.evaluate(() => (location.hash = '#lesson/budget'))
  await page.locator('.goals li').first().waitFor()
  await page.locator('.nodes').waitFor()
  await learner.close()
})
