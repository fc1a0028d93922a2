import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsOf, Learner, openStage, type Stage } from './browser.js'

let stage: Stage
let learner: Learner
beforeAll(async () => {
  stage = await openStage()
  learner = await Learner.open(stage)
})
afterAll(async () => {
  await learner.close()
  await stage.close()
})

const verdict = (): Promise<string> => learner.page.locator('.verdict').innerText()
const press = (name: string): Promise<void> =>
  learner.page.getByRole('button', { name, exact: true }).press('Enter')

test('a chapter is played step by step, and its moments have names', async () => {
  const { page } = learner
  const next = page.getByRole('button', { name: 'Next step' })
  await next.press('Enter')
  await expect.poll(() => learner.printed()).toContain('v1.35.2')
  await next.press('Enter')
  await expect.poll(() => page.locator('.step.played').count()).toBe(2)
  await page.locator('.timeline input').press('ArrowLeft')
  await expect.poll(() => page.locator('.moment').innerText()).toContain('moment 2 of 3: kubectl get node')
  // the number comes first, since a short row cuts the end
  expect(await page.locator('.moment').innerText()).toMatch(/^moment 2 of 3/)
  await expect.poll(() => page.locator('.step.played').count()).toBe(1)
  await page.locator('.timeline input').press('End')
})

test('time passes at a speed until it is paused', async () => {
  const now = (): Promise<string> => learner.page.locator('.now').innerText()
  const before = await now()
  await learner.page.locator('select[aria-label=Speed]').selectOption('600')
  await press('Play')
  await expect.poll(now).not.toBe(before)
  await press('Pause')
  const { traceHash } = await learner.deed()
  await learner.reload()
  expect((await learner.deed()).traceHash).toBe(traceHash)
})

test('the page fits a telephone', async () => {
  const { page } = learner
  await page.setViewportSize({ width: 390, height: 800 })
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await learner.photograph('telephone')
  await page.setViewportSize({ width: 1440, height: 900 })
})

test('a lesson is checked, gives hints, is solved, and begins anew', async () => {
  const { page } = learner
  await learner.tabTo('#tab-chapters')
  await page.keyboard.press('ArrowRight')
  await learner.tabTo('#panel-lessons [data-lesson=wrong-namespace] button')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Forbidden despite a role and a binding' }).waitFor()
  await press('Check')
  await expect.poll(verdict).toContain('Not solved yet.')
  await press('Hint')
  await expect.poll(() => page.locator('.hints li').count()).toBe(1)
  await press('한국어')
  await expect.poll(verdict).toContain('아직 해결되지 않았습니다.')
  await expect.poll(() => page.locator('.hints li').count()).toBe(1)
  await press('English')
  await learner.types('kubectl create role reader -n office --verb=get,list --resource=pods')
  await learner.types('kubectl create rolebinding jane -n office --role=reader --user=jane')
  await press('Check')
  await expect.poll(verdict).toMatch(/Solved![^]*forgot -n office/)
  await press('Reset')
  await page.locator('.verdict:empty').waitFor({ state: 'attached' })
  await press('Check')
  await expect.poll(verdict).toContain('Not solved yet.')
})

test('progress is kept on reload, and moves to another browser in a file', async () => {
  const { page } = learner
  await learner.types('kubectl create namespace mine')
  const { traceHash } = await learner.deed()
  await learner.reload()
  expect((await learner.deed()).traceHash).toBe(traceHash)
  expect(await learner.types('kubectl get namespace mine -o name')).toBe('namespace/mine')
  const kept = await learner.deed()
  const download = page.waitForEvent('download')
  await page.locator('.menu summary').press('Enter')
  await press('Export progress')
  const file = await (await download).path()
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ format: 1, solved: ['wrong-namespace'] })
  const other = await Learner.open(stage)
  await other.page.locator('input[type=file]').setInputFiles(file)
  await expect.poll(() => other.page.locator('.says').innerText()).toBe('Progress imported.')
  await expect.poll(async () => (await other.deed()).traceHash).toBe(kept.traceHash)
  await other.page.locator('#tab-lessons').press('Enter')
  await other.page.getByText('✓ solved').first().waitFor({ state: 'attached' })
  await other.close()
})

test('policies are tried on a fork: a matrix, proofs, and the connections that change', async () => {
  const { page } = learner
  await learner.types('kubectl run web --image=nginx --labels=app=web --port=80')
  await learner.types('kubectl run db --image=redis --labels=app=db --port=6379')
  await press('Settle')
  const { actions, traceHash } = await learner.deed()
  expect(actions.at(-1)).toEqual({ do: 'settle' })
  await page.locator('#tab-policies').press('Enter')
  await page.locator('#manifests').fill(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db }
spec:
  podSelector: { matchLabels: { app: db } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: api } } }] }]
`)
  await press('Compare')
  const changes = page.locator('.changes')
  await expect.poll(() => changes.innerText()).toContain('closed: default/web → default/db (all ports)')
  const cell = page.locator('.matrix td.denied button').first()
  await cell.press('Enter')
  const proof = (): Promise<string> => page.locator('dialog .proof').innerText()
  await expect.poll(proof).toContain('NetworkPolicy default/db')
  const picture = page.locator('dialog img')
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)))
    .toBeGreaterThan(100)
  await expect.poll(() => picture.getAttribute('alt')).toContain('default/db')
  await learner.photograph('proof')
  await page.keyboard.press('Escape')
  await page.locator('#manifests').fill(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: looker, namespace: default }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get, list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ann, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: looker }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: ann }]
`)
  await press('Compare')
  await expect.poll(() => changes.innerText()).toContain('opened: User ann: list pods -n default')
  await page.locator('.matrix td.allowed button').first().press('Enter')
  await expect.poll(proof).toContain('looker')
  await page.keyboard.press('Escape')
  expect((await learner.deed()).traceHash).toBe(traceHash)
})

/** What axe-core finds on each tab of the page. */
async function complaints(): Promise<readonly string[]> {
  const { page } = learner
  const found: string[] = []
  for (const tab of [
    'chapters',
    'lessons',
    'practice',
    'exam',
    'scheduler',
    'policies',
    'figures',
    'cluster',
  ]) {
    await page.locator(`#tab-${tab}`).press('Enter')
    await page.locator(`#panel-${tab}`).waitFor()
    found.push(...(await complaintsOf(page)).map((each) => `${tab}: ${each}`))
  }
  return found
}

test('axe finds nothing, in both languages, light and dark', async () => {
  const { page } = learner
  for (const language of ['en', 'ko'])
    for (const theme of ['light', 'dark']) {
      await page.waitForSelector(`html[lang=${language}]`)
      expect({ language, theme, complaints: await complaints() }).toEqual({ language, theme, complaints: [] })
      await learner.photograph(`${language}-${theme}`)
      await press(language === 'en' ? 'Dark mode' : '다크 모드')
      if (theme === 'dark' && language === 'en') await press('한국어')
    }
})

test('nothing moves for those who want it so', async () => {
  const still = await Learner.open(stage, '', { reducedMotion: 'reduce' })
  await still.types('kubectl run web --image=nginx')
  await expect.poll(() => still.nodesOf('web')).toHaveLength(1)
  expect(await still.page.evaluate(() => document.getAnimations().length)).toBe(0)
  await still.close()
})
