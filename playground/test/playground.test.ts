import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Learner, openStage, type Stage } from './browser.js'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

const POOL = 'gke-standard-cluster-1-default-pool-bdf36b75'
const DRAIN = `kubectl drain ${POOL}-dlzj --ignore-daemonsets --force --delete-emptydir-data`

test('the page has at most 1.3 MB gzipped, and its shell comes later', () => {
  const assets = fileURLToPath(new URL('../dist/assets/', import.meta.url))
  const page = readFileSync(fileURLToPath(new URL('../dist/index.html', import.meta.url)), 'utf8')
  const sizes = readdirSync(assets).map((name) => ({
    isFirst: page.includes(name),
    size: gzipSync(readFileSync(assets + name)).length,
  }))
  const first = sizes.filter(({ isFirst }) => isFirst).reduce((sum, { size }) => sum + size, 0)
  const later = sizes.filter(({ isFirst }) => !isFirst).reduce((sum, { size }) => sum + size, 0)
  console.log(`page: ${first} bytes gzipped, later: ${later}`)
  expect(first).toBeLessThan(1_300_000)
  expect(later).toBeGreaterThan(300_000)
})

describe('a learner with a keyboard', () => {
  let learner: Learner
  beforeAll(async () => {
    const start = performance.now()
    learner = await Learner.open(stage)
    console.log(`ready after ${Math.round(performance.now() - start)} ms`)
  })
  afterAll(() => learner.close())

  test('drains a node, and an element of a pod moves to another', async () => {
    const before = await learner.nodesOf('php-apache')
    expect(before).toContain(`${POOL}-dlzj`)
    await learner.page.evaluate((node) => {
      const pod = document.querySelector(`[data-node="${node}"] [data-pod^="php-apache"]`)
      pod?.setAttribute('data-test', 'moved')
    }, `${POOL}-dlzj`)
    expect(await learner.types(DRAIN)).toContain(`${POOL}-dlzj drained`)
    await expect.poll(() => learner.nodesOf('php-apache')).not.toContain(`${POOL}-dlzj`)
    const moved = learner.page.locator(`[data-node]:not([data-node="${POOL}-dlzj"]) [data-test=moved]`)
    await expect.poll(() => moved.count()).toBe(1)
    await expect.poll(() => moved.getAttribute('data-pod')).toMatch(/^php-apache/)
    const drained = learner.page.locator(`[data-node="${POOL}-dlzj"]`)
    await expect.poll(() => drained.getAttribute('data-cordoned')).toBe('true')
  })

  test('rewinds with the slider, and goes on from there', async () => {
    const { page } = learner
    const after = (await learner.deed()).traceHash
    await learner.tabTo('.timeline input')
    await page.keyboard.press('Home')
    const drained = page.locator(`[data-node="${POOL}-dlzj"]`)
    await expect.poll(() => drained.getAttribute('data-cordoned')).toBe('false')
    await expect.poll(() => learner.nodesOf('php-apache')).toContain(`${POOL}-dlzj`)
    await page.keyboard.press('End')
    await expect.poll(() => drained.getAttribute('data-cordoned')).toBe('true')
    await page.keyboard.press('Home')
    await learner.tabTo('.branch')
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await learner.deed()).actions.length).toBe(0)
    await learner.types(`k cordon ${POOL}-rct0`)
    const other = page.locator(`[data-node="${POOL}-rct0"]`)
    await expect.poll(() => other.getAttribute('data-cordoned')).toBe('true')
    await expect.poll(() => drained.getAttribute('data-cordoned')).toBe('false')
    expect((await learner.deed()).traceHash).not.toBe(after)
  })

  test('sees a prompt that follows cd and ssh, and what Tab and the cursor keys complete', async () => {
    await learner.types('cd /etc/kubernetes')
    await expect.poll(() => learner.screen()).toMatch(/root@control-plane:\/etc\/kubernetes#$/m)
    await learner.types(`ssh ${POOL}-x5j5`)
    await expect.poll(() => learner.screen()).toContain(`root@${POOL}-x5j5:~#`)
    await learner.types('exit')
    await learner.page.keyboard.type('k get configm')
    await learner.page.keyboard.press('Tab')
    await expect.poll(() => learner.screen()).toMatch(/k get configmaps ?$/m)
    await learner.page.keyboard.type('-n kube-system\n')
    await expect.poll(() => learner.printed()).toContain('kube-root-ca.crt')
    await learner.page.keyboard.press('ArrowUp')
    await expect.poll(() => learner.screen()).toMatch(/# k get configmaps -n kube-system ?$/m)
    await learner.page.keyboard.press('Control+C')
  })

  test('watches pods and follows logs while time moves, until Ctrl+C', async () => {
    const { page } = learner
    await learner.types('kubectl run once --image=busybox --restart=Never -- sleep 60')
    await learner.types('kubectl get pods -w')
    await expect.poll(() => learner.screen()).toMatch(/once\s+1\/1\s+Running/)
    await page.getByRole('button', { name: 'Jump' }).press('Enter')
    await expect.poll(() => learner.screen()).toMatch(/once\s+0\/1\s+Completed/)
    await page.locator('.xterm-helper-textarea').focus()
    await page.keyboard.press('Control+C')
    expect(await learner.types('echo still here')).toBe('still here')
    await learner.types("kubectl run talk --image=busybox -- sh -c 'sleep 30; echo hello; sleep 9999'")
    await learner.types('k logs -f talk')
    await page.getByRole('button', { name: 'Jump' }).press('Enter')
    await expect.poll(() => learner.printed()).toBe('hello')
    await page.locator('.xterm-helper-textarea').focus()
    await page.keyboard.press('Control+C')
    expect(await learner.types('pwd')).toBe('/etc/kubernetes')
  })

  test('edits a file with vi, and an object with kubectl edit', async () => {
    const { page } = learner
    await page.keyboard.type('vi note.txt\n')
    const area = page.locator('dialog textarea')
    await area.waitFor()
    await page.keyboard.insertText('안녕, vi')
    await page.keyboard.press('Control+s')
    await area.waitFor({ state: 'detached' })
    expect(await learner.types('cat note.txt')).toBe('안녕, vi')
    await learner.types('kubectl create deployment web --image=nginx')
    await page.keyboard.type('kubectl edit deployment web\n')
    await area.waitFor()
    await area.fill((await area.inputValue()).replace('replicas: 1', 'replicas: 3'))
    await page.keyboard.press('Control+s')
    await expect.poll(() => learner.printed()).toContain('deployment.apps/web edited')
    await page.getByRole('button', { name: 'Settle' }).press('Enter')
    await expect.poll(async () => (await learner.nodesOf('web-')).length).toBe(3)
  })

  test('types Hangul whole, in the terminal and in the line beside it', async () => {
    const { page } = learner
    await page.locator('.xterm-helper-textarea').focus()
    await page.keyboard.type('echo ')
    const session = await page.context().newCDPSession(page)
    const compose = (text: string): Promise<unknown> =>
      session.send('Input.imeSetComposition', {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      })
    for (const text of ['ㅎ', '하', '한']) await compose(text)
    await session.send('Input.insertText', { text: '한' })
    for (const text of ['ㄱ', '그', '글']) await compose(text)
    await session.send('Input.insertText', { text: '글' })
    await expect.poll(() => learner.screen()).toMatch(/# echo 한글 ?$/m)
    await page.keyboard.press('Enter')
    await expect.poll(() => learner.printed()).toBe('한글')
    await page.locator('#command').focus()
    await page.keyboard.insertText('echo 안녕하세요')
    await page.keyboard.press('Enter')
    await expect.poll(() => learner.printed()).toBe('안녕하세요')
  })

  test('gives a link that opens the same trace, and leaves the work of who opens it alone', async () => {
    await learner.page.getByRole('button', { name: '+1 s' }).press('Enter')
    await learner.types('kubectl get pods')
    await learner.page.getByRole('button', { name: 'Share' }).press('Enter')
    await expect.poll(() => learner.page.url()).toContain('#s=')
    const guest = await Learner.open(stage, new URL(learner.page.url()).hash)
    await expect.poll(() => guest.page.locator('.says').innerText()).toContain('same trace hash')
    expect(await guest.deed()).toEqual({ traceHash: '', actions: [] })
    await guest.close()
  })

  test('asks the scheduler why', async () => {
    const { page } = learner
    await learner.tabTo('[data-pod^="web-"] button')
    await page.keyboard.press('Enter')
    await page.locator('.inspector').getByRole('button', { name: 'Explain' }).press('Enter')
    const table = page.locator('#panel-scheduler table')
    await expect.poll(() => table.innerText()).toContain('NodeResourcesFit ×1')
    await expect.poll(() => table.innerText()).toMatch(/rct0.*rejected: NodeUnschedulable/)
  })
})
