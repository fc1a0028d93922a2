import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What `npm start` prints, with these words behind it. */
function start(...words: readonly string[]): string {
  return execFileSync('npm', ['start', '--silent', ...(words.length === 0 ? [] : ['--', ...words])], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test('npm start plays the chapter on node maintenance, as it was and as it is', () => {
  const text = start()
  for (const said of [
    'v1.13.7-gke.8',
    '--delete-local-data --ignore-daemonsets --force',
    ' evicted\n',
    ' drained\n',
    'Ready,SchedulingDisabled',
    ' uncordoned\n',
    'NotReady',
    'v1.35.0',
    'MIN AVAILABLE',
  ])
    expect(text).toContain(said)
  expect(text.match(/^\$ kubectl /gm)?.length).toBeGreaterThan(20)
})

test('npm start -- --list tells all chapters, and npm start -- chapter N plays one', () => {
  expect(start('--list').match(/^[1-9] {2}.+ \(.+\)$/gm)).toHaveLength(9)
  const text = start('chapter', '5', '--version', 'v1.35')
  expect(text).toContain('=== Chapter 5: Role-based access control, Kubernetes 1.35 ===')
  expect(text).toContain('$ kubectl ')
})
