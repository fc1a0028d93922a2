import { afterAll, beforeAll, expect, test } from 'vitest'
import { Learner, openStage, type Stage } from './browser.js'

let stage: Stage
let learner: Learner
beforeAll(async () => {
  stage = await openStage()
  learner = await Learner.open(stage, '#free/2')
})
afterAll(async () => {
  await learner.close()
  await stage.close()
})

/** The last line on the screen that is not empty. */
const lastLine = async (): Promise<string> => (await learner.screen()).trimEnd().split('\n').at(-1) ?? ''

test('Ctrl+D leaves a shell in a container, and one that ssh has opened, and nothing else', async () => {
  const { keyboard } = learner.page
  await learner.types('kubectl run box -it --rm --image=busybox -- sh')
  await expect.poll(lastLine).toBe('/ #')
  await keyboard.type('echo half')
  await keyboard.press('Home')
  await keyboard.press('Control+d')
  await expect.poll(lastLine).toBe('/ # cho half')
  await keyboard.press('Control+u')
  await keyboard.press('Control+e')
  await keyboard.press('Control+u')
  await keyboard.press('Control+d')
  await expect.poll(lastLine).toMatch(/^root@control-plane:~#/)
  await expect.poll(() => learner.printed()).toContain('pod "box" deleted')
  await learner.types('ssh node-1')
  await keyboard.press('Control+d')
  await expect.poll(() => learner.printed()).toContain('Connection to node-1 closed.')
  const { actions } = await learner.deed()
  await keyboard.press('Control+d')
  await keyboard.type('history\n')
  await expect.poll(() => learner.printed()).toMatch(/ ssh node-1\n +3 +history$/)
  expect((await learner.deed()).actions).toHaveLength(actions.length)
})

test('Ctrl+R searches the history backwards', async () => {
  const { keyboard } = learner.page
  for (const line of ['echo one', 'echo two', 'pwd']) await learner.types(line)
  await keyboard.type('kept')
  await keyboard.press('Control+r')
  await expect.poll(lastLine).toBe("(reverse-i-search)`': kept")
  await keyboard.type('cho')
  await expect.poll(lastLine).toBe("(reverse-i-search)`cho': echo two")
  await keyboard.press('Control+r')
  await expect.poll(lastLine).toBe("(reverse-i-search)`cho': echo one")
  await keyboard.type('x')
  await expect.poll(lastLine).toBe("(failed reverse-i-search)`chox': echo one")
  await keyboard.press('Control+g')
  await expect.poll(lastLine).toMatch(/# kept$/)
  await keyboard.press('Control+u')
  await keyboard.press('Control+r')
  await keyboard.type('echo')
  await keyboard.press('Control+r')
  await keyboard.press('Enter')
  await expect.poll(() => learner.printed()).toBe('one')
  // what was searched for last, and an edit of what was found
  await keyboard.press('Control+r')
  await keyboard.press('Control+r')
  await keyboard.press('Control+e')
  await keyboard.type('!')
  await expect.poll(lastLine).toMatch(/# echo one!$/)
  await keyboard.press('Alt+Backspace')
  await expect.poll(lastLine).toMatch(/# echo$/)
  await keyboard.press('Control+c')
})

test('watch redraws what kubectl prints as time passes, until Ctrl+C', async () => {
  const { page } = learner
  await learner.types('kubectl create deployment web --image=nginx')
  await page.keyboard.type('watch -n 5 "kubectl get pods | grep web"\n')
  await expect
    .poll(() => learner.screen())
    .toMatch(/^Every 5\.0s: kubectl get pods \| grep web +control-plane: /)
  await expect.poll(() => learner.screen()).toMatch(/\nweb-\S+ +0\/1/)
  await expect.poll(() => learner.screen()).not.toContain('root@')
  await page.getByRole('button', { name: '+1 s' }).press('Enter')
  await page.getByRole('button', { name: 'Jump' }).press('Enter')
  await expect.poll(() => learner.screen()).toMatch(/\nweb-\S+ +1\/1 +Running/)
  await page.locator('.timeline input').press('Home')
  await expect.poll(() => learner.screen()).not.toContain('Every')
  await page.locator('.timeline input').press('End')
  await expect.poll(() => learner.screen()).toMatch(/^Every 5\.0s/)
  await page.locator('.xterm-helper-textarea').focus()
  await page.keyboard.press('Control+c')
  await expect.poll(() => learner.screen()).not.toContain('Every')
  await expect.poll(() => learner.screen()).toMatch(/# watch -n 5 "kubectl get pods \| grep web"\nroot@/)
  expect(await learner.types('echo still here')).toBe('still here')
})

test('watch -d reverses what has changed on the screen, and -g ends by itself', async () => {
  const { page } = learner
  const reversed = async (): Promise<string> =>
    (await page.locator('.xterm-rows .xterm-bg-257').allInnerTexts()).join('')
  await page.keyboard.type('watch -t -d kubectl get nodes -o name\n')
  await expect.poll(() => learner.screen()).toMatch(/^node\/node-1\nnode\/node-2\n/)
  expect(await reversed()).toBe('')
  await page.keyboard.press('Control+c')
  await learner.types('kubectl create deployment other --image=nginx --replicas=0')
  await page.keyboard.type('watch -t -d kubectl get deployment other\n')
  await expect.poll(() => learner.screen()).toMatch(/^NAME[^]*other +0\/0/)
  await page.getByRole('button', { name: 'Jump' }).press('Enter')
  await expect.poll(reversed).toMatch(/\d/)
  await page.locator('.xterm-helper-textarea').focus()
  await page.keyboard.press('Control+c')
  await page.keyboard.type('watch -g kubectl get deployment other\n')
  await expect.poll(() => learner.screen()).toMatch(/^Every 2\.0s[^]*other +0\/0/)
  await page.getByRole('button', { name: 'Jump' }).press('Enter')
  await expect.poll(() => learner.screen()).toMatch(/watch -g kubectl get deployment other\nroot@/)
})
