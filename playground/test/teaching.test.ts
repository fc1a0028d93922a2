import { afterAll, beforeAll, expect, test } from 'vitest'
import { Learner, openStage, type Stage } from './browser.js'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

const POOL = 'gke-standard-cluster-1-default-pool-bdf36b75'

const press = (learner: Learner, name: string): Promise<void> =>
  learner.page.getByRole('button', { name, exact: true }).first().press('Enter')

async function jump(learner: Learner, by: string): Promise<void> {
  await learner.page.locator('#jump').fill(by)
  await press(learner, 'Jump')
}

test('a new visitor presses what is outlined: a crash, a look back, a lesson', async () => {
  const learner = await Learner.open(stage)
  const { page } = learner
  const tour = page.getByRole('region', { name: 'Three challenges' })
  /** Presses the first of what the page outlines. */
  const pressOutlined = async (step: string, key = 'Enter'): Promise<void> => {
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['tour'])).toBe(step)
    const outlined = await page.evaluateHandle(() =>
      [...document.querySelectorAll('main *')].find(
        (each) => each.checkVisibility() && getComputedStyle(each).animationName === 'pointed',
      ),
    )
    const element = outlined.asElement()
    if (element === null) throw new Error(`nothing is outlined for ${step}`)
    await element.press(key)
  }
  await pressOutlined('node')
  await pressOutlined('power')
  await expect.poll(() => tour.innerText()).toContain('✓ Crash a node')
  await pressOutlined('jump')
  await expect.poll(() => page.locator('.node[data-ready=false]').count()).toBe(1)
  await expect.poll(() => page.locator('.told').textContent()).toMatch(/replaces/)
  await pressOutlined('slider', 'Home')
  await expect.poll(() => tour.innerText()).toContain('✓ Rewind')
  await press(learner, 'Open the lesson')
  await page.getByRole('heading', { name: 'The day after the maintenance' }).waitFor()
  await pressOutlined('why')
  await pressOutlined('cordoned')
  await pressOutlined('uncordon')
  await expect
    .poll(() => page.locator('.verdict').innerText())
    .toMatch(/Solved!\s+Solved in 1 command; best: 1/)
  await expect.poll(() => page.locator('.goals .open').count()).toBe(0)
  await expect.poll(() => tour.innerText()).toContain('You can now break, rewind and repair')
  await press(learner, 'Begin the course')
  await page.getByRole('heading', { name: '1. Node maintenance' }).waitFor()
  await tour.waitFor({ state: 'hidden' })
  await learner.close()
})

test('on a telephone the tour leads to the cluster, and steps print below themselves', async () => {
  const learner = await Learner.open(stage, '', { viewport: { width: 390, height: 844 } })
  const { page } = learner
  await expect
    .poll(() => page.locator('.to-cluster').evaluate((each) => getComputedStyle(each).animationName))
    .toBe('pointed')
  await press(learner, 'Next step')
  await expect
    .poll(() => page.locator('.printed').allInnerTexts())
    .toEqual([expect.stringContaining('v1.35.2')])
  await press(learner, 'Cluster')
  await page.locator('.node').first().waitFor()
  await page.setViewportSize({ width: 768, height: 1024 })
  for (const pane of ['Guide', 'Cluster']) {
    await press(learner, pane)
    await page.locator('.xterm-box').waitFor()
    await expect.poll(() => page.locator('aside').isVisible()).toBe(pane === 'Guide')
    await expect.poll(() => page.locator('.node').first().isVisible()).toBe(pane === 'Cluster')
  }
  await learner.close()
})

test('pods of a dead node are unknown, ghosts stay where pods were, and what changed is told', async () => {
  const learner = await Learner.open(stage)
  const { page } = learner
  const dead = page.locator(`[data-node="${POOL}-rct0"]`)
  await dead.locator('.of-node').press('Enter')
  await press(learner, 'Power off')
  await jump(learner, '2m')
  await expect.poll(() => dead.locator('[data-pod^=fluentd]').getAttribute('data-state')).toBe('unknown')
  await jump(learner, '6m')
  await page.locator('.changed summary').press('Enter')
  await expect.poll(() => page.locator('.told').innerText()).toMatch(/php-apache-\S+ replaces php-apache-/)
  await expect.poll(() => page.locator('.tick.bad').count()).toBeGreaterThan(0)
  await learner.types(`kubectl delete pod -l run=php-apache --field-selector spec.nodeName=${POOL}-x5j5`)
  await expect.poll(() => page.locator(`[data-node="${POOL}-x5j5"] .ghost`).count()).toBeGreaterThan(0)
  await press(learner, 'Power on')
  await jump(learner, '2m')
  await expect.poll(() => dead.locator('[data-pod^=fluentd]').getAttribute('data-state')).toBe('good')
  await learner.close()
})

test('the inspector shows YAML, events, logs, owners and why, and its buttons type commands', async () => {
  const learner = await Learner.open(stage, '#free/2')
  const { page } = learner
  await learner.types('kubectl create deployment web --image=nginx')
  await learner.types('kubectl create deployment bad --image=ngnix:nope')
  await press(learner, 'Settle')
  const inspector = page.locator('.inspector')
  await page.locator('[data-pod^="web-"] button').first().press('Enter')
  await expect.poll(() => inspector.innerText()).toMatch(/ReplicaSet web-\S+ ← Deployment web/)
  const sight = (name: string): Promise<void> => inspector.getByRole('tab', { name }).press('Enter')
  await sight('YAML')
  await expect.poll(() => inspector.innerText()).toContain('image: nginx')
  await sight('Events')
  await expect.poll(() => inspector.innerText()).toMatch(/\d+s {2}Scheduled\n {2}Successfully assigned /)
  await page.locator('[data-pod^="bad-"] .why').press('Enter')
  await expect.poll(() => inspector.innerText()).toMatch(/ngnix:nope/)
  await page.locator('[data-node="node-1"] .of-node').press('Enter')
  await inspector.getByRole('button', { name: 'cordon', exact: true }).press('Enter')
  await expect.poll(() => learner.printed()).toBe('node/node-1 cordoned')
  await inspector.getByRole('button', { name: 'uncordon' }).waitFor()
  await inspector.getByRole('button', { name: 'Close' }).press('Enter')
  await expect.poll(() => inspector.count()).toBe(0)
  await learner.close()
})

test('the focus and a press that has begun outlive what changes in the cluster meanwhile', async () => {
  const learner = await Learner.open(stage, '#free/2')
  const { page } = learner
  await learner.types('kubectl create deployment web --image=nginx --replicas=2')
  const step = async (): Promise<void> => {
    const before = await page.locator('.now').innerText()
    await page.evaluate(() => document.querySelector<HTMLElement>('.clock button')?.click())
    await expect.poll(() => page.locator('.now').innerText()).not.toBe(before)
  }
  for (const selector of ['[data-node="node-1"] .of-node', '[data-pod^="web-"] button']) {
    await page.locator(selector).first().focus()
    await step()
    await step()
    await learner.isDrawn()
    expect(await page.evaluate((each) => document.activeElement?.matches(each), selector)).toBe(true)
  }
  const box = await page.locator('[data-node="node-2"] .of-node').boundingBox()
  if (box === null) throw new Error('node-2 is not shown')
  await page.mouse.move(box.x + 10, box.y + 5)
  await page.mouse.down()
  await step()
  await page.mouse.up()
  await expect.poll(() => page.locator('.inspector h3').innerText()).toBe('node-2')
  await learner.close()
})

test('what was done is kept when the page goes before it has drawn', async () => {
  const learner = await Learner.open(stage, '#free/1')
  const { page } = learner
  await page.evaluate(() => {
    window.requestAnimationFrame = () => 0
    document.querySelector<HTMLElement>('.clock button')?.click()
  })
  await expect.poll(() => page.locator('html').getAttribute('data-moving')).toBe('page')
  expect((await learner.kept()).actions).toEqual([])
  await learner.reload()
  await expect.poll(async () => (await learner.deed()).actions).toEqual([{ do: 'advance', ms: 1000 }])
  await learner.close()
})

test('namespaces are frames and a filter, and Services have arrows', async () => {
  const learner = await Learner.open(stage, '#free/2')
  const { page } = learner
  await learner.types('kubectl create namespace shop')
  await learner.types('kubectl create deployment web --image=nginx --replicas=2 -n shop --port=80')
  await learner.types('kubectl expose deployment web -n shop')
  await press(learner, 'Settle')
  await expect.poll(() => page.locator('.arrows path').count()).toBe(2)
  await page.locator('.service').press('Enter')
  await expect.poll(() => page.locator('.arrows path').count()).toBe(0)
  await page.locator('select[aria-label=Namespaces]').selectOption('namespace shop')
  await expect
    .poll(() => page.locator('.frame').evaluateAll((all) => all.map((each) => each.dataset['namespace'])))
    .toEqual(expect.arrayContaining(['shop']))
  await expect.poll(() => page.locator('.frame[data-namespace=kube-system]').count()).toBe(0)
  await learner.close()
})

test('the terminal is cut to the moment that is looked at', async () => {
  const learner = await Learner.open(stage, '#free/1')
  const { page } = learner
  await learner.types('kubectl create namespace first')
  await learner.types('kubectl create namespace second')
  await page.locator('.timeline input').press('ArrowLeft')
  await expect.poll(() => learner.screen()).toContain('namespace/first created')
  await expect.poll(() => learner.screen()).not.toContain('second')
  await page.locator('.timeline input').press('End')
  await expect.poll(() => learner.screen()).toContain('namespace/second created')
  await learner.close()
})

test('a typed line counts as the step that it does, and another does not', async () => {
  const learner = await Learner.open(stage, '#chapter/1')
  const { page } = learner
  await learner.types('k get pods')
  await learner.isDrawn()
  expect(await page.locator('.step.played').count()).toBe(0)
  await learner.types('k get nodes -o wide')
  await expect.poll(() => page.locator('.step.played').count()).toBe(1)
  await expect.poll(() => page.locator('.where').innerText()).toMatch(/^step 2 of \d+$/)
  await learner.reload()
  await expect.poll(() => page.locator('.step.played').count()).toBe(1)
  await learner.close()
})

test('a prediction is asked before the step, and compared after it', async () => {
  const learner = await Learner.open(stage, '#chapter/6')
  const { page } = learner
  const next = page.getByRole('button', { name: 'Next step' })
  const isAsked = (): Promise<boolean> =>
    page.evaluate(() => document.activeElement?.matches('.guess') === true)
  for (let count = 0; count < 20 && !(await isAsked()); count++) {
    const before = await page.locator('.step.played').count()
    await next.press('Enter')
    await expect
      .poll(async () => (await isAsked()) || (await page.locator('.step.played').count()) > before)
      .toBe(true)
  }
  await page.keyboard.type('1000')
  for (
    let count = 0;
    count < 5 && (await page.locator('.revealed strong').allInnerTexts()).join('') === '';
    count++
  ) {
    const before = await page.locator('.step.played').count()
    await next.press('Enter')
    await expect.poll(() => page.locator('.step.played').count()).toBeGreaterThan(before)
  }
  await expect.poll(() => page.locator('.revealed strong').first().innerText()).toContain('You were right!')
  await learner.close()
})

test('a lesson has an address with its seed; undo takes back what was done last', async () => {
  const learner = await Learner.open(stage, '#lesson/forgotten-cordon/7')
  const { page } = learner
  await expect.poll(() => page.locator('#seed').inputValue()).toBe('7')
  await learner.types('kubectl create namespace mine')
  await press(learner, 'Undo')
  await expect.poll(async () => (await learner.deed()).actions.length).toBe(0)
  await page.locator('#seed').fill('3')
  await press(learner, 'Draw another')
  await expect.poll(() => new URL(page.url()).hash).toBe('#lesson/forgotten-cordon/3')
  await page.evaluate(() => (location.hash = '#chapter/4'))
  await page.getByRole('heading', { name: /^4\. / }).waitFor()
  await page.evaluate(() => (location.hash = '#lesson/no-such-lesson'))
  await expect.poll(() => page.locator('.says').innerText()).toBe('This link cannot be read.')
  await learner.close()
})

test('an exam has tasks on clusters of their own, flags, a timer, and a report with partial credit', async () => {
  const learner = await Learner.open(stage)
  const { page } = learner
  await page.locator('#tab-exam').press('Enter')
  await press(learner, 'Start CKA')
  await page.locator('.tasks [aria-current]').waitFor()
  await expect.poll(() => page.locator('.left').innerText()).toMatch(/^1(?:19|20):\d\d$/)
  await expect.poll(() => page.getByRole('button', { name: 'Hint' }).count()).toBe(0)
  await press(learner, 'Flag')
  await page.getByRole('button', { name: /^Task 1, \d+%, flagged/ }).waitFor()
  await learner.types('kubectl create namespace of-task-one')
  await press(learner, 'Next task')
  await page.getByRole('button', { name: /^Task 2/, pressed: undefined }).waitFor()
  await expect.poll(() => page.locator('.tasks [aria-current]').innerText()).toBe('2')
  expect(await learner.types('kubectl get namespace of-task-one')).toContain('not found')
  await page.getByRole('button', { name: /^Task 1,/ }).press('Enter')
  await expect.poll(() => page.locator('.tasks [aria-current]').innerText()).toContain('1')
  expect(await learner.types('kubectl get namespace of-task-one -o name')).toBe('namespace/of-task-one')
  expect(await learner.types('kubectl config current-context')).toBe('k8s-c1')
  await page.keyboard.type('kubectl config use-context k8s-c2 && kubectl get namespace of-task-one\n')
  await expect.poll(() => page.locator('.tasks [aria-current]').innerText()).toBe('2')
  expect(await learner.types('kubectl config current-context')).toBe('k8s-c2')
  await press(learner, 'Finish')
  await expect.poll(() => page.locator('.report').innerText(), { timeout: 30_000 }).toMatch(/0 of 100 points/)
  await expect.poll(() => page.locator('.grades > li').count()).toBeGreaterThan(10)
  await page.locator('.grades summary').first().press('Enter')
  await expect.poll(() => page.locator('.grades pre').first().innerText()).toMatch(/^\$ /)
  await learner.close()
})

test('practice asks without end, proves the answer, and keeps the score', async () => {
  const learner = await Learner.open(stage)
  const { page } = learner
  await page.locator('#tab-practice').press('Enter')
  const score = page.locator('.score')
  for (let number = 1; number <= 3; number++) {
    await page.locator('.choice input').first().check()
    await page.locator('.question').getByRole('button', { name: 'Answer' }).press('Enter')
    await expect.poll(() => score.innerText()).toMatch(new RegExp(` of ${number} right`))
    await expect.poll(() => page.locator('.question .outcome pre').innerText()).not.toBe('')
    await press(learner, 'Next question')
  }
  await page.locator('select[aria-label=Practice]').selectOption('scheduler')
  await expect.poll(() => page.locator('.choice').count()).toBe(4)
  await learner.close()
})

test('the policy desk takes clean YAML, and shows no old result below an error', async () => {
  const learner = await Learner.open(stage, '#free/1')
  const { page } = learner
  await learner.types('kubectl run web --image=nginx --labels=app=web')
  await learner.types(
    `echo '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"deny"},"spec":{"podSelector":{}}}' | kubectl apply -f -`,
  )
  await page.locator('#tab-policies').press('Enter')
  await press(learner, 'Load from the cluster')
  const text = page.locator('#manifests')
  await expect
    .poll(() => text.inputValue())
    .toMatch(
      /^apiVersion: networking.k8s.io\/v1\nkind: NetworkPolicy\nmetadata:\n {2}name: deny\n {2}namespace: default\nspec:/,
    )
  await press(learner, 'Compare')
  await page.locator('.matrix').waitFor()
  await text.fill('kind: Nothing')
  await expect.poll(() => page.locator('.matrix').count()).toBe(0)
  await press(learner, 'Compare')
  await page.locator('.desk .error').waitFor()
  await expect.poll(() => page.locator('.matrix').count()).toBe(0)
  await learner.close()
})

test('splitters move by keys, the terminal folds, and a telephone shows one part at a time', async () => {
  const learner = await Learner.open(stage)
  const { page } = learner
  const aside = page.locator('aside')
  const before = await aside.evaluate((each) => each.offsetWidth)
  await page.getByRole('separator', { name: 'Width of the guide' }).press('ArrowRight')
  await expect.poll(() => aside.evaluate((each) => each.offsetWidth)).toBe(before + 24)
  await press(learner, 'Collapse the terminal')
  await page.locator('.xterm-box').waitFor({ state: 'hidden' })
  await press(learner, 'Collapse the terminal')
  await page.setViewportSize({ width: 390, height: 844 })
  await aside.waitFor()
  await press(learner, 'Terminal')
  await aside.waitFor({ state: 'hidden' })
  await page.locator('.xterm-box').waitFor()
  await learner.photograph('telephone-terminal')
  await learner.close()
})

test('a figure is simulated anew when its slider moves', async () => {
  const learner = await Learner.open(stage)
  const { page } = learner
  await page.locator('#tab-figures').press('Enter')
  const figure = (name: string): ReturnType<typeof page.locator> => page.locator(`[data-figure=${name}]`)
  const set = (id: string, value: number): Promise<void> =>
    page.locator(`#figure-${id}`).evaluate((input: HTMLInputElement, to) => {
      input.value = String(to)
      input.dispatchEvent(new Event('input'))
    }, value)
  const spans = (name: string): Promise<readonly (string | null)[]> =>
    figure(name)
      .locator('.span')
      .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))
  for (const name of ['grace', 'backOff', 'peers', 'toleration'])
    await figure(name).locator('summary').press('Enter')
  const joined = async (name: string): Promise<string> => (await spans(name)).join()
  await expect.poll(() => joined('grace')).toMatch(/Terminating: \d+ s – 1[5-7] s/)
  await set('grace-needs', 60)
  await expect.poll(() => joined('grace')).toMatch(/Terminating: \d+ s – 3[5-7] s/)
  await expect
    .poll(async () => (await spans('backOff')).filter((text) => text?.startsWith('CrashLoopBackOff')).length)
    .toBeGreaterThan(5)
  await expect.poll(() => figure('peers').locator('.good').count()).toBe(1)
  await set('peers-items', 2)
  await expect.poll(() => figure('peers').locator('.good').count()).toBe(3)
  await expect.poll(() => joined('toleration')).toMatch(/NotReady: 5\d s|NotReady: 1:0\d/)
  await learner.close()
})
