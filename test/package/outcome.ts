import { expect } from 'vitest'

/** What scenario.mjs's `play` gives. */
export interface Outcome {
  readonly pods: readonly { readonly name: string; readonly node: string; readonly phase: string }[]
  readonly traceHash: string
}

/** Three different pods of one Deployment, all running. */
export function expectRollout(outcome: Outcome): void {
  expect(outcome.pods).toHaveLength(3)
  expect(outcome.pods.map(({ phase }) => phase)).toEqual(['Running', 'Running', 'Running'])
  expect(new Set(outcome.pods.map(({ name }) => name)).size).toBe(3)
  for (const { name } of outcome.pods) expect(name).toMatch(/^web-[a-z0-9]{5,10}-[a-z0-9]{5}$/)
}
