import { afterEach, expect, test, vi } from 'vitest'
import { untilStopped } from '../../src/cli/until-stopped.js'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** Tells whether a server has stopped after its parent has changed. */
async function stopsWithoutParent(): Promise<boolean> {
  vi.useFakeTimers()
  const parent = vi.spyOn(process, 'ppid', 'get').mockReturnValue(40)
  const state = { stopped: false }
  void untilStopped().then(() => (state.stopped = true))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(state.stopped).toBe(false)
  parent.mockReturnValue(1)
  await vi.advanceTimersByTimeAsync(1_000)
  return state.stopped
}

test('a server stops with the npx that started it, whose shell keeps the signal', async () => {
  vi.stubEnv('npm_lifecycle_event', 'npx')
  vi.stubEnv('npm_lifecycle_script', "'simcluster'")
  expect(await stopsWithoutParent()).toBe(true)
})

test('a server outlives a shell that started it, and another program of npx', async () => {
  vi.stubEnv('npm_lifecycle_event', 'start')
  vi.stubEnv('npm_lifecycle_script', 'simcluster serve &')
  expect(await stopsWithoutParent()).toBe(false)
  vi.stubEnv('npm_lifecycle_event', 'npx')
  vi.stubEnv('npm_lifecycle_script', "'vitest'")
  expect(await stopsWithoutParent()).toBe(false)
})
